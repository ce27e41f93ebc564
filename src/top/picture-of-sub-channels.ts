// The sub-channels of one elastic channel: a bar for each as far as there is room, and before that,
// where there is not, a cell for each of them all.
import type { ElasticChannelConfiguration } from '../domain/channel.ts'
import type {
  ChosenChannelOverview,
  ElasticChannelOverview,
  SubChannelOverview,
} from '../domain/overview.ts'
import { minimumMembershipsOf } from '../domain/sub-channel-placement.ts'
import { barOf, cellsOf } from './bars.ts'
import { piece, type Line } from './line.ts'
import { formatCount, formatCounted } from '../terminal/numbers.ts'
import { padEnd, padStart, printable } from '../terminal/text-width.ts'
import type { ShownSubChannels, View } from './view.ts'

interface Drawn {
  readonly lines: readonly Line[]
  readonly shown: ShownSubChannels
}

/** An id is told from the others by its beginning. */
const ID_COLUMNS = 8
const SESSIONS_COLUMNS = 6
const GAP_COLUMNS = 3
const BAR_COLUMNS_MIN = 14
const BAR_COLUMNS_MAX = 48
/** The part of the height that cells may take. */
const CELLS_SHARE = 0.5
/** Rows of bars that cells leave in any case. */
const BAR_ROWS_MIN = 2

export function drawSubChannels(
  view: View,
  { columns, rows }: { readonly columns: number; readonly rows: number },
): Drawn {
  const chosen = view.latest?.chosen
  const nothing = { shownCount: 0, listedCount: 0 }
  if (chosen === undefined || chosen.channel.channelArn !== view.chosenArn) {
    return { lines: absenceOf(view), shown: nothing }
  }
  const { channel } = chosen
  if (!('configuration' in channel)) {
    const heading = [piece(printable(channel.name), 'title')]
    return { lines: [heading, [piece('Not an elastic channel.', 'dim')]], shown: nothing }
  }
  const heading = headingOf(channel, chosen, view)
  const left = Math.max(0, rows - heading.length)
  const { subChannels } = chosen
  const { configuration } = channel
  const grid = gridOf(configuration, columns)
  const fits = Math.ceil(subChannels.length / grid.across) <= left
  const cells = fits ? [] : drawCells(subChannels, configuration, columns, left)
  const barRows = left - cells.length
  const first = fits ? 0 : Math.min(view.firstShown, Math.max(0, subChannels.length - 1))
  const shown = inOrder(subChannels, view).slice(first, first + barRows * grid.across)
  const bars = drawBars(shown, configuration, grid)
  return {
    lines: [...heading, ...cells, ...bars],
    shown: { shownCount: shown.length, listedCount: subChannels.length },
  }
}

function inOrder(
  subChannels: readonly SubChannelOverview[],
  { order }: View,
): readonly SubChannelOverview[] {
  if (order === 'oldest') return subChannels
  return subChannels.toSorted(
    (left, right) => left.regularMembershipsCount - right.regularMembershipsCount,
  )
}

function absenceOf({ chosenArn, answered }: View): readonly Line[] {
  if (chosenArn === undefined) return []
  // Between the choice and the answer to it, nothing is known.
  if (answered?.channelArn !== chosenArn) return [[piece('…', 'dim')]]
  return [[piece(`There is no channel ${printable(chosenArn)}.`, 'dim')]]
}

function headingOf(
  { name, configuration, ...channel }: ElasticChannelOverview,
  { subChannels, nextToken }: ChosenChannelOverview,
  { places, order }: View,
): readonly Line[] {
  const { targetMembershipsPerSubChannel: target, minimumMembershipPercentage } = configuration
  const minimum = minimumMembershipsOf(configuration)
  const counts = subChannels.map(({ regularMembershipsCount }) => regularMembershipsCount)
  const full = counts.filter((count) => count >= target).length
  const below = counts.filter((count) => count < minimum).length
  const isPart = nextToken !== undefined || places.length > 0
  const ofThese = isPart ? `of these ${formatCount(counts.length)} ` : ''
  return [
    [
      piece(printable(name), 'title'),
      piece(`  ${formatCounted(channel.subChannelsCount, 'sub-channel')}`),
      piece(`  ${formatCounted(channel.regularMembershipsCount, 'member')}`),
      piece(`  ${formatCount(channel.sessionsCount)} connected`),
    ],
    [
      piece(`target ${formatCount(target)}`, 'dim'),
      piece(
        `  minimum ${formatCount(minimum)} (${minimumMembershipPercentage} %)  ${ofThese}`,
        'dim',
      ),
      piece(`full ${formatCount(full)}`, 'dim'),
      piece('  '),
      piece(`below minimum ${formatCount(below)}`, below > 0 ? 'bad' : 'dim'),
      piece(`  ${order} first`, 'dim'),
    ],
  ]
}

interface Grid {
  readonly across: number
  readonly barColumns: number
  readonly countColumns: number
}

/** Bars beside one another, as many as are still bars. */
function gridOf(
  { targetMembershipsPerSubChannel }: ElasticChannelConfiguration,
  columns: number,
): Grid {
  const countColumns = formatCount(targetMembershipsPerSubChannel).length
  const besideBar = ID_COLUMNS + countColumns + SESSIONS_COLUMNS + GAP_COLUMNS + 6
  const across = Math.max(1, Math.floor((columns + GAP_COLUMNS) / (besideBar + BAR_COLUMNS_MIN)))
  const room = Math.floor((columns + GAP_COLUMNS) / across) - besideBar
  const barColumns = Math.min(BAR_COLUMNS_MAX, Math.max(BAR_COLUMNS_MIN, room))
  return { across, barColumns, countColumns }
}

function drawCells(
  subChannels: readonly SubChannelOverview[],
  configuration: ElasticChannelConfiguration,
  columns: number,
  rows: number,
): readonly Line[] {
  const rowsMax = Math.min(Math.floor(rows * CELLS_SHARE), rows - BAR_ROWS_MIN)
  if (rowsMax < 1) return []
  const counts = subChannels.map(({ regularMembershipsCount }) => regularMembershipsCount)
  const { lines, perCell } = cellsOf(counts, configuration, columns, Math.max(1, rowsMax - 1))
  const meaning =
    perCell === 1 ? 'a cell for each' : `a cell for every ${perCell}, the emptiest of them`
  return rowsMax === 1 ? lines : [...lines, [piece(meaning, 'dim')]]
}

function drawBars(
  subChannels: readonly SubChannelOverview[],
  configuration: ElasticChannelConfiguration,
  grid: Grid,
): readonly Line[] {
  const lines: Line[] = []
  for (let start = 0; start < subChannels.length; start += grid.across) {
    const together = subChannels.slice(start, start + grid.across)
    lines.push(
      together.flatMap((subChannel, index) => [
        ...(index === 0 ? [] : [piece(' '.repeat(GAP_COLUMNS))]),
        ...drawSubChannel(subChannel, configuration, grid),
      ]),
    )
  }
  return lines
}

function drawSubChannel(
  {
    subChannelId,
    regularMembershipsCount,
    moderatorMembershipsCount,
    sessionsCount,
  }: SubChannelOverview,
  configuration: ElasticChannelConfiguration,
  { barColumns, countColumns }: Grid,
): Line {
  const id = Array.from(printable(subChannelId)).slice(0, ID_COLUMNS).join('')
  const moderators = moderatorMembershipsCount > 0 ? `+${moderatorMembershipsCount}` : ''
  return [
    piece(`${padEnd(id, ID_COLUMNS)} `, 'dim'),
    ...barOf(regularMembershipsCount, configuration, barColumns),
    piece(padStart(formatCount(regularMembershipsCount), countColumns)),
    piece(padEnd(moderators, 3), 'dim'),
    piece(
      `●${padEnd(formatCount(sessionsCount), SESSIONS_COLUMNS)}`,
      sessionsCount > 0 ? 'plain' : 'dim',
    ),
  ]
}
