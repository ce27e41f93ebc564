// How full sub-channels are, drawn: a bar for one, or a cell each for very many.
import { minimumMembershipsOf } from '../domain/sub-channel-placement.ts'
import type { ElasticChannelConfiguration } from '../domain/channel.ts'
import { piece, type Line, type Style } from './line.ts'

const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉']
const HEIGHTS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█']
const FULL_CELL = '█'
/** Where the minimum is, as long as the bar does not reach it; and the target, at the end. */
const MINIMUM_MARK = '┊'
const TARGET_MARK = '│'

/** `bad` below the minimum, `warning` when nobody more fits, else `good`. */
export function styleOfFill(count: number, configuration: ElasticChannelConfiguration): Style {
  if (count < minimumMembershipsOf(configuration)) return 'bad'
  return count >= configuration.targetMembershipsPerSubChannel ? 'warning' : 'good'
}

/** A bar of `columns` and a mark behind it: its end is the target. */
export function barOf(
  count: number,
  configuration: ElasticChannelConfiguration,
  columns: number,
): Line {
  const target = configuration.targetMembershipsPerSubChannel
  const eighthsMax = columns * 8
  // Even the first member is seen, and only a full one looks full.
  const filled =
    count >= target || count <= 0
      ? Math.min(1, Math.max(0, count)) * eighthsMax
      : Math.min(eighthsMax - 1, Math.max(1, Math.round((count / target) * eighthsMax)))
  const bar = FULL_CELL.repeat(Math.floor(filled / 8)) + (EIGHTHS[filled % 8] ?? '')
  const rest = Array.from({ length: columns - bar.length }, () => ' ')
  const minimumAt = Math.min(
    columns - 1,
    Math.floor((minimumMembershipsOf(configuration) / target) * columns),
  )
  if (minimumAt >= bar.length) rest[minimumAt - bar.length] = MINIMUM_MARK
  return [
    piece(bar, styleOfFill(count, configuration)),
    piece(rest.join(''), 'dim'),
    piece(TARGET_MARK, 'dim'),
  ]
}

/**
 * Cells for `counts` in lines of `columns`, at most `rowsMax` of them; where they are too many, a
 * cell stands for several of which it shows the emptiest, because that is the one to look at.
 */
export function cellsOf(
  counts: readonly number[],
  configuration: ElasticChannelConfiguration,
  columns: number,
  rowsMax: number,
): { readonly lines: readonly Line[]; readonly perCell: number } {
  const cellsMax = Math.max(1, columns * rowsMax)
  const perCell = Math.max(1, Math.ceil(counts.length / cellsMax))
  const lines: Line[] = []
  for (let row = 0; row * columns * perCell < counts.length; row += 1) {
    const line = []
    for (let column = 0; column < columns; column += 1) {
      const start = (row * columns + column) * perCell
      const together = counts.slice(start, start + perCell)
      if (together.length === 0) break
      const least = Math.min(...together)
      line.push(piece(cellOf(least, configuration), styleOfFill(least, configuration)))
    }
    lines.push(line)
  }
  return { lines, perCell }
}

function cellOf(
  count: number,
  { targetMembershipsPerSubChannel: target }: ElasticChannelConfiguration,
) {
  if (count === 0) return '·'
  const height = Math.min(HEIGHTS.length - 1, Math.floor((count / target) * HEIGHTS.length))
  return HEIGHTS[height] ?? FULL_CELL
}
