// `carillon outbox`: shows what waits to leave a server and what was given up, and has dead letters
// tried again or dropped.
import { DEAD_LETTERS_PER_PAGE_MAX } from '../domain/outbox-overview.ts'
import type { ChosenLetters, OutboxTask } from '../domain/outbox-task.ts'
import type { Clock } from '../base/clock.ts'
import type { OperatorClient } from '../operator-client/operator-client.ts'
import { formatCounted } from '../terminal/numbers.ts'
import { printable } from '../terminal/text-width.ts'
import { drawDeadLetters, drawDestinations } from './outbox-tables.ts'
import {
  createOutboxClient,
  entryIdOf,
  OutboxTrouble,
  type Document,
  type OutboxClient,
} from './outbox-client.ts'

export interface OutboxCommandOptions {
  readonly task: OutboxTask
  readonly client: OperatorClient
  /** Puts a question to a person; undefined where there is none. */
  readonly ask: ((question: string) => Promise<boolean>) | undefined
  /** Each takes whole lines. */
  readonly print: (text: string) => void
  readonly complain: (text: string) => void
  readonly clock: Clock
}

/**
 * Done; 1 where the server is away, or some id was not there, or nobody confirmed; 2 where there is
 * nobody to ask.
 */
export type OutboxExitCode = 0 | 1 | 2

/** Of one command: their ids are held in memory. What is left is for the next one. */
const LETTERS_MAX = 1_000_000
const DONE = { retry: 'Tried again', drop: 'Dropped' } as const

/** Does what it is told; resolves with the exit code. */
export async function runOutboxCommand(options: OutboxCommandOptions): Promise<OutboxExitCode> {
  const { task } = options
  const outbox = createOutboxClient(options.client)
  try {
    if (task.name === 'list-dead') return await listDead(options, task, outbox)
    if (task.name === 'list-waiting') return await listWaiting(options, task, outbox)
    return await change(options, task, outbox)
  } catch (error) {
    if (!(error instanceof OutboxTrouble)) throw error
    options.complain(`${printable(error.message)}.\n`)
    return 1
  }
}

async function listDead(
  { print, clock }: OutboxCommandOptions,
  { filter, limit, isJson }: Extract<OutboxTask, { name: 'list-dead' }>,
  outbox: OutboxClient,
): Promise<OutboxExitCode> {
  const letters: Document[] = []
  let isMore = false
  for await (const letter of outbox.listDead(filter)) {
    isMore = letters.length === limit
    if (isMore) break
    letters.push(letter)
  }
  if (isJson) {
    print(linesOf(letters))
    return 0
  }
  const table = letters.length === 0 ? ['No dead letters.'] : drawDeadLetters(letters, clock.now())
  const rest = isMore ? ['… and more: see --limit.'] : []
  print([...table, ...rest].map((line) => `${line}\n`).join(''))
  return 0
}

async function listWaiting(
  { print }: OutboxCommandOptions,
  { filter, isJson }: Extract<OutboxTask, { name: 'list-waiting' }>,
  outbox: OutboxClient,
): Promise<OutboxExitCode> {
  const destinations = await outbox.listDestinations(filter)
  if (isJson) {
    print(linesOf(destinations))
    return 0
  }
  const table = destinations.length === 0 ? ['Nothing waits.'] : drawDestinations(destinations)
  print(table.map((line) => `${line}\n`).join(''))
  return 0
}

/** JSON escapes controls; what else a terminal would act on is escaped here. */
function linesOf(documents: readonly Document[]): string {
  return documents.map((each) => `${escaped(JSON.stringify(each))}\n`).join('')
}

function escaped(json: string): string {
  return json.replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, (character) =>
    Array.from(
      { length: character.length },
      (_, index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`,
    ).join(''),
  )
}

async function change(
  options: OutboxCommandOptions,
  task: Extract<OutboxTask, { name: 'retry' | 'drop' }>,
  outbox: OutboxClient,
): Promise<OutboxExitCode> {
  const { print, complain, ask } = options
  if (task.name === 'drop' && !task.isConfirmed && ask === undefined) {
    complain('carillon: there is no terminal to ask on: say --yes\n')
    return 2
  }
  const entryIds = await chosenIds(task.chosen, outbox)
  if (entryIds.length === 0) {
    print('No dead letters.\n')
    return 0
  }
  if (task.name === 'drop' && !task.isConfirmed) {
    const isSure = await ask?.(`Drop ${formatCounted(entryIds.length, 'dead letter')} for good?`)
    if (isSure !== true) {
      complain('Nothing was dropped.\n')
      return 1
    }
  }
  const changed = await changeInPages(options, task.name, entryIds, outbox)
  // Of all that were listed, some may have been dealt with meanwhile.
  if (!('entryIds' in task.chosen)) return 0
  const missing = entryIds.filter((entryId) => !changed.has(entryId))
  for (const entryId of missing) complain(`There is no dead letter ${entryId}.\n`)
  return missing.length === 0 ? 0 : 1
}

/** In the order in which they were made: so they arrive in it. */
async function chosenIds(chosen: ChosenLetters, outbox: OutboxClient): Promise<readonly number[]> {
  const entryIds = new Set('entryIds' in chosen ? chosen.entryIds : [])
  if (!('entryIds' in chosen)) {
    for await (const letter of outbox.listDead(chosen)) {
      entryIds.add(entryIdOf(letter))
      if (entryIds.size === LETTERS_MAX) break
    }
  }
  return [...entryIds].toSorted((one, other) => one - other)
}

/** Says how many it were, also where it could not go on. */
async function changeInPages(
  { print }: OutboxCommandOptions,
  operation: 'retry' | 'drop',
  entryIds: readonly number[],
  outbox: OutboxClient,
): Promise<ReadonlySet<number>> {
  const changed = new Set<number>()
  try {
    for (let first = 0; first < entryIds.length; first += DEAD_LETTERS_PER_PAGE_MAX) {
      const page = entryIds.slice(first, first + DEAD_LETTERS_PER_PAGE_MAX)
      for (const entryId of await outbox.change(operation, page)) changed.add(entryId)
    }
  } finally {
    print(`${DONE[operation]}: ${formatCounted(changed.size, 'dead letter')}.\n`)
  }
  return changed
}
