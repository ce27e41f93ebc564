// The list of channels: the elastic ones with what is in them, then the others that most listen to.
import type { ChannelOverview, ElasticChannelOverview, ServerOverview } from '../domain/overview.ts'
import { piece, type Line } from './line.ts'
import { formatCount } from '../terminal/numbers.ts'
import { padEnd, padStart, printable } from '../terminal/text-width.ts'
import type { View } from './view.ts'

/** Columns of the numbers, with a blank in front. */
const SUB_CHANNELS_COLUMNS = 17
const MEMBERS_COLUMNS = 12
const FILL_COLUMNS = 7
const CONNECTED_COLUMNS = 11
const NAME_COLUMNS_MIN = 12
const NAME_COLUMNS_MAX = 48
const MARK_COLUMNS = 2
const NUMBER_COLUMNS =
  SUB_CHANNELS_COLUMNS + MEMBERS_COLUMNS + FILL_COLUMNS + CONNECTED_COLUMNS + MARK_COLUMNS

interface Row {
  readonly line: Line
  readonly channel: ChannelOverview | undefined
}

/** At most `rows` lines, those around the cursor. */
export function drawChannels(
  view: View,
  overview: ServerOverview,
  columns: number,
  rows: number,
): readonly Line[] {
  const nameColumns = Math.min(
    NAME_COLUMNS_MAX,
    Math.max(NAME_COLUMNS_MIN, columns - NUMBER_COLUMNS),
  )
  const all: Row[] = [
    headingOf(overview, nameColumns),
    ...overview.elasticChannels.map((channel) => elasticRow(view, channel, nameColumns)),
    ...(overview.elasticChannels.length === 0 ? [note('There is no elastic channel.')] : []),
    ...plainRows(view, overview, nameColumns),
  ]
  const cursorAt = all.findIndex(({ channel }) => channel?.channelArn === view.cursorArn)
  const start = Math.max(0, Math.min(cursorAt - Math.floor(rows / 2), all.length - rows))
  return all.slice(start, start + rows).map(({ line }) => line)
}

function headingOf({ hasMoreElasticChannels }: ServerOverview, nameColumns: number): Row {
  const title = hasMoreElasticChannels ? 'Elastic channels (the first)' : 'Elastic channels'
  const text =
    padEnd(title, nameColumns + MARK_COLUMNS) +
    padStart('sub-channels', SUB_CHANNELS_COLUMNS) +
    padStart('members', MEMBERS_COLUMNS) +
    padStart('fill', FILL_COLUMNS) +
    padStart('connected', CONNECTED_COLUMNS)
  return { line: [piece(text, 'title')], channel: undefined }
}

function elasticRow(view: View, channel: ElasticChannelOverview, nameColumns: number): Row {
  const { configuration, subChannelsCount, regularMembershipsCount } = channel
  const places = subChannelsCount * configuration.targetMembershipsPerSubChannel
  const fill = places === 0 ? '–' : `${Math.floor((regularMembershipsCount / places) * 100)} %`
  const open = `${formatCount(subChannelsCount)} of ${formatCount(configuration.maximumSubChannels)}`
  const numbers =
    padStart(open, SUB_CHANNELS_COLUMNS) +
    padStart(formatCount(regularMembershipsCount), MEMBERS_COLUMNS) +
    padStart(fill, FILL_COLUMNS)
  return rowOf(view, channel, nameColumns, numbers)
}

function plainRows(view: View, { plainChannels }: ServerOverview, nameColumns: number): Row[] {
  if (plainChannels.length === 0) return []
  const blank = ' '.repeat(SUB_CHANNELS_COLUMNS + MEMBERS_COLUMNS + FILL_COLUMNS)
  return [
    { line: [piece('Other channels, those most listen to', 'title')], channel: undefined },
    ...plainChannels.map((channel) => rowOf(view, channel, nameColumns, blank)),
  ]
}

function rowOf(view: View, channel: ChannelOverview, nameColumns: number, numbers: string): Row {
  const { channelArn, name, sessionsCount } = channel
  const isChosen = channelArn === view.chosenArn
  const text =
    padEnd(printable(name), nameColumns) +
    numbers +
    padStart(formatCount(sessionsCount), CONNECTED_COLUMNS)
  const style = channelArn === view.cursorArn ? 'chosen' : 'plain'
  return { line: [piece(isChosen ? '▸ ' : '  '), piece(text, style)], channel }
}

function note(text: string): Row {
  return { line: [piece(`  ${text}`, 'dim')], channel: undefined }
}
