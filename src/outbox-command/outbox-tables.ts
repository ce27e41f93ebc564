// Dead letters and destinations as tables for a person. Nothing in them is cut: what stands there
// is copied into the next command.
import { formatCount, formatSpan } from '../terminal/numbers.ts'
import { padEnd, padStart, printable, widthOf } from '../terminal/text-width.ts'
import type { Document } from './outbox-client.ts'

interface Column {
  readonly heading: string
  readonly isNumber?: true
  readonly textOf: (document: Document) => string
}

const GAP = '  '

/** Of dead letters; `nowMs` is what ages are counted to. */
export function drawDeadLetters(letters: readonly Document[], nowMs: number): readonly string[] {
  return drawTable(
    [
      { heading: 'ID', isNumber: true, textOf: (each) => textOf(each['entryId']) },
      { heading: 'KIND', textOf: (each) => textOf(each['kind']) },
      { heading: 'TARGET', textOf: (each) => textOf(each['target']) || '–' },
      { heading: 'CHANNEL', textOf: (each) => channelIdOf(textOf(each['channelArn'])) },
      { heading: 'AGE', textOf: (each) => ageOf(each['createdAt'], nowMs) },
      { heading: 'GIVEN UP', textOf: (each) => `${ageOf(each['diedAt'], nowMs)} ago` },
      { heading: 'ATTEMPTS', isNumber: true, textOf: (each) => textOf(each['attemptsCount']) },
      { heading: 'REASON', textOf: (each) => textOf(each['failure']) },
    ],
    letters,
  )
}

/** Of destinations that something waits for. */
export function drawDestinations(destinations: readonly Document[]): readonly string[] {
  return drawTable(
    [
      { heading: 'KIND', textOf: (each) => textOf(each['kind']) },
      { heading: 'TARGET', textOf: (each) => textOf(each['target']) || '–' },
      { heading: 'WAITING', isNumber: true, textOf: (each) => countOf(each['waitingCount']) },
      { heading: 'OLDEST', textOf: (each) => spanOf(each['oldestAgeMs']) },
      {
        heading: 'CIRCUIT',
        textOf: (each) => (each['isCircuitOpen'] === true ? 'open' : 'closed'),
      },
      { heading: 'LAST FAILURE', textOf: (each) => textOf(each['lastFailure']) || '–' },
    ],
    destinations,
  )
}

function drawTable(columns: readonly Column[], documents: readonly Document[]): readonly string[] {
  const drawn = columns.map((column) => drawColumn(column, documents))
  return [undefined, ...documents].map((_, row) =>
    drawn
      .map((cells) => cells[row] ?? '')
      .join(GAP)
      .trimEnd(),
  )
}

/** The heading and a cell for each document, all of the same width. */
function drawColumn(
  { heading, isNumber, textOf: cellOf }: Column,
  documents: readonly Document[],
): readonly string[] {
  const texts = [heading, ...documents.map((each) => printable(cellOf(each)))]
  const width = texts.reduce((widest, text) => Math.max(widest, widthOf(text)), 0)
  return texts.map((text) => (isNumber === true ? padStart(text, width) : padEnd(text, width)))
}

function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
}

function countOf(value: unknown): string {
  return typeof value === 'number' ? formatCount(value) : ''
}

/** What is different from channel to channel. */
function channelIdOf(arn: string): string {
  return arn.split('/channel/').at(1) ?? '–'
}

function ageOf(instant: unknown, nowMs: number): string {
  const since = Date.parse(textOf(instant))
  return Number.isNaN(since) ? '–' : formatSpan(Math.max(0, nowMs - since))
}

function spanOf(spanMs: unknown): string {
  return typeof spanMs === 'number' && spanMs >= 0 ? formatSpan(spanMs) : '–'
}
