// How full sub-channels are, drawn: a bar for one, or a cell each for very many.
import { minimumMembershipsOf } from '../domain/sub-channel-placement.ts'
import type { ElasticChannelConfiguration } from '../domain/channel.ts'
import { piece, type Line, type Style } from './line.ts'

const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉']
const HEIGHTS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇']
const FULL_CELL = '█'
/** Where the minimum is, beyond the end of the bar and within it; the target is the end of all. */
const MINIMUM_MARK = '┊'
const MINIMUM_REACHED = '▒'
const TARGET_MARK = '│'

/** `bad` below the minimum; a full one is as good as any. */
export function styleOfFill(count: number, configuration: ElasticChannelConfiguration): Style {
  return count < minimumMembershipsOf(configuration) ? 'bad' : 'good'
}

/** A bar of `columns` and a mark behind it: its end is the target. */
export function barOf(
  count: number,
  configuration: ElasticChannelConfiguration,
  columns: number,
): Line {
  const target = configuration.targetMembershipsPerSubChannel
  const eighths = eighthsOf(count, target, columns)
  const bar = FULL_CELL.repeat(Math.floor(eighths / 8)) + (EIGHTHS[eighths % 8] ?? '')
  const cells = Array.from(bar.padEnd(columns))
  const minimumAt = Math.floor((minimumMembershipsOf(configuration) / target) * columns)
  if (minimumAt < columns) {
    cells[minimumAt] = cells[minimumAt] === FULL_CELL ? MINIMUM_REACHED : MINIMUM_MARK
  }
  return [
    piece(cells.slice(0, bar.length).join(''), styleOfFill(count, configuration)),
    piece(cells.slice(bar.length).join(''), 'dim'),
    piece(TARGET_MARK, 'dim'),
  ]
}

/** Eighths of a cell: even the first member is seen, and only a full one looks full. */
function eighthsOf(count: number, target: number, columns: number): number {
  const eighthsMax = columns * 8
  if (count <= 0) return 0
  if (count >= target) return eighthsMax
  return Math.min(eighthsMax - 1, Math.max(1, Math.round((count / target) * eighthsMax)))
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

/** Only a full one looks full. */
function cellOf(
  count: number,
  { targetMembershipsPerSubChannel: target }: ElasticChannelConfiguration,
): string {
  if (count <= 0) return '·'
  if (count >= target) return FULL_CELL
  return HEIGHTS[Math.floor((count / target) * HEIGHTS.length)] ?? ''
}
