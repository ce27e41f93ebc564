// The whole picture as lines, from what is being looked at and the size of the terminal: the
// server, its channels, and the sub-channels of one of them.
import { DEAD_LETTERS_COUNTED_MAX, type OutboxOverview } from '../domain/outbox-overview.ts'
import type { ServerOverview } from '../domain/overview.ts'
import { drawChannels } from './picture-of-channels.ts'
import { drawSubChannels } from './picture-of-sub-channels.ts'
import { piece, widthOfLine, type Line, type Piece } from './line.ts'
import { formatBytes, formatCount, formatMs, formatRate, formatSpan } from '../terminal/numbers.ts'
import { ratesBetween, type Rates } from './rates.ts'
import type { ShownSubChannels, View } from './view.ts'

export interface Size {
  readonly columns: number
  readonly rows: number
}

export interface Picture {
  /** At most as many as the terminal has rows. */
  readonly lines: readonly Line[]
  readonly shown: ShownSubChannels
}

/** The part of the height that the list of channels may take. */
const CHANNELS_SHARE = 0.4
/** A heading and a few rows; below that nobody can choose. */
const CHANNEL_ROWS_MIN = 4
/** An event loop that is as late as this is felt by everybody. */
const LATE_MS = 50
const VERY_LATE_MS = 250
/** What may wait for slow sockets before it is worth a look: a few full queues. */
const MANY_BYTES = 8_000_000
/** Between two figures. */
const GAP = piece('   ')
const KEYS = 'j/k choose · Enter show · PgUp/PgDn page · s sort · q quit'

/** `hasKeys` where somebody may press one. */
export function drawPicture(view: View, size: Size, hasKeys: boolean): Picture {
  const { latest } = view
  const title = titleOf(view, size.columns)
  const trouble = troubleOf(view)
  if (latest === undefined) {
    const lines = [title, ...trouble].slice(0, size.rows)
    return { lines, shown: { shownCount: 0, listedCount: 0 } }
  }
  const rates = ratesBetween(view.before, latest)
  const head = [title, ...trouble, ...drawServer(latest, rates, size.columns), []]
  const foot = hasKeys ? [[piece(KEYS, 'dim')]] : []
  const left = size.rows - head.length - foot.length
  const channelRows = Math.max(CHANNEL_ROWS_MIN, Math.floor(left * CHANNELS_SHARE))
  const channels = drawChannels(view, latest, size.columns, channelRows)
  const rest = Math.max(0, left - channels.length - 1)
  const { lines, shown } = drawSubChannels(view, { columns: size.columns, rows: rest })
  const below = lines.length === 0 ? [] : [[], ...lines]
  const body = [...head, ...channels, ...below].slice(0, Math.max(0, size.rows - foot.length))
  if (!hasKeys) return { lines: body, shown }
  // At the bottom, wherever the rest ends.
  const gap = Array.from({ length: Math.max(0, size.rows - body.length - foot.length) }, () => [])
  return { lines: [...body, ...gap, ...foot], shown }
}

function titleOf({ endpoint, latest }: View, columns: number): Line {
  const left = [
    piece('carillon top', 'title'),
    piece(`  ${endpoint}`),
    ...(latest === undefined ? [] : [piece(`  up ${formatSpan(latest.uptimeMs)}`)]),
    ...(latest?.isDraining === true ? [piece('  draining', 'bad')] : []),
  ]
  if (latest === undefined) return left
  const time = timeOf(latest)
  const gap = columns - widthOfLine(left) - time.length
  return gap < 2 ? left : [...left, piece(' '.repeat(gap)), piece(time, 'dim')]
}

function troubleOf({ trouble, latest }: View): readonly Line[] {
  if (trouble === undefined) return []
  const since = latest === undefined ? '' : ` Below is what was so at ${timeOf(latest)}.`
  return [[piece(`${trouble}.${since}`, 'bad')]]
}

function timeOf({ takenAt }: ServerOverview): string {
  return new Date(takenAt).toLocaleTimeString('en-GB')
}

function drawServer(
  overview: ServerOverview,
  rates: Rates | undefined,
  columns: number,
): readonly Line[] {
  const { sessionsCount, queues, eventLoop, memory } = overview
  const perSecond = rates?.perSecond
  const failed = perSecond?.requestsFailed
  const cores = rates === undefined ? '–' : `${formatCount(rates.cores * 100)} %`
  return [
    [
      figure('sessions', formatCount(sessionsCount)),
      figure('deliveries', formatRate(perSecond?.framesDelivered)),
      figure('messages', formatRate(perSecond?.messagesSent)),
      figure('requests', formatRate(perSecond?.requests)),
      figure('failed', formatRate(failed), (failed ?? 0) > 0 ? 'warning' : 'plain'),
      figure('connects', formatRate(perSecond?.sessionsOpened)),
    ],
    [
      figure('queues: requests', formatCount(queues.requestsInFlight)),
      figure('commits', formatCount(queues.storeTransactions)),
      figure('hub', formatBytes(queues.hubBacklogBytes), manyBytes(queues.hubBacklogBytes)),
      figure(
        'slow sockets',
        formatBytes(queues.sessionQueuedBytes),
        manyBytes(queues.sessionQueuedBytes),
      ),
    ],
    drawOutbox(overview.outbox),
    [
      figure('event loop: p99', formatMs(eventLoop.p99Ms), lateness(eventLoop.p99Ms)),
      figure('max', formatMs(eventLoop.maxMs), lateness(eventLoop.maxMs)),
      figure('CPU', cores),
      figure('memory', formatBytes(memory.rssBytes)),
    ],
    [
      figure('since start: deliveries', formatCount(overview.totals.framesDelivered)),
      figure('messages', formatCount(overview.totals.messagesSent)),
      figure('requests', formatCount(overview.totals.requests)),
      figure('failed', formatCount(overview.totals.requestsFailed)),
    ],
  ].flatMap((all) => flow(all, columns))
}

/** Nothing while nothing waits: most servers have nowhere to deliver anything. */
function drawOutbox(outbox: OutboxOverview | undefined): readonly (readonly Piece[])[] {
  if (outbox === undefined) return []
  const { waitingCount, oldestAgeMs, openCircuitsCount, deadLettersCount } = outbox
  if (waitingCount + openCircuitsCount + deadLettersCount === 0) return []
  const more = deadLettersCount >= DEAD_LETTERS_COUNTED_MAX ? ' or more' : ''
  const dead = formatCount(deadLettersCount) + more
  return [
    figure('outbox: waiting', formatCount(waitingCount)),
    figure('oldest', oldestAgeMs === undefined ? '–' : formatSpan(oldestAgeMs)),
    figure('down', formatCount(openCircuitsCount), openCircuitsCount > 0 ? 'bad' : 'plain'),
    figure('dead letters', dead, deadLettersCount > 0 ? 'warning' : 'plain'),
  ]
}

function figure(name: string, value: string, style: Piece['style'] = 'plain'): readonly Piece[] {
  return [piece(`${name} `, 'dim'), piece(value, style)]
}

/** Figures beside one another, on as many lines as they need. */
function flow(figures: readonly (readonly Piece[])[], columns: number): readonly Line[] {
  const lines: Piece[][] = []
  for (const each of figures) {
    const last = lines.at(-1)
    const isRoom = last !== undefined && widthOfLine([...last, GAP, ...each]) <= columns
    if (isRoom) last.push(GAP, ...each)
    else lines.push([...each])
  }
  return lines
}

function manyBytes(bytes: number): Piece['style'] {
  return bytes >= MANY_BYTES ? 'warning' : 'plain'
}

function lateness(milliseconds: number): Piece['style'] {
  if (milliseconds >= VERY_LATE_MS) return 'bad'
  return milliseconds >= LATE_MS ? 'warning' : 'plain'
}
