// The table that a comparison ends with, and the sentences under it: where this server does not
// lead.

export interface Row {
  readonly name: string
  readonly keeps: string
  readonly isOurs: boolean
  /** Messages read by members, a second, with several messages under way. */
  readonly deliveredPerSecond: number
  /** From a send until the last member has read it, with one message under way. */
  readonly p50Ms: number
  readonly p99Ms: number
  readonly kilobytesPerMember: number | undefined
}

interface Column {
  readonly title: string
  readonly text: (row: Row) => string
}

const COLUMNS: readonly Column[] = [
  { title: 'server', text: (row) => row.name },
  { title: 'keeps', text: (row) => row.keeps },
  {
    title: 'delivered/s',
    text: (row) => Math.round(row.deliveredPerSecond).toLocaleString('en-US'),
  },
  { title: 'p50 ms', text: (row) => row.p50Ms.toFixed(1) },
  { title: 'p99 ms', text: (row) => row.p99Ms.toFixed(1) },
  { title: 'KB a member', text: (row) => row.kilobytesPerMember?.toFixed(1) ?? '' },
]

/** What is compared: in which figure `ours` leads, and by how much. */
const FIGURES = [
  {
    title: 'delivered/s',
    lead: (ours: Row, its: Row) => ours.deliveredPerSecond / its.deliveredPerSecond,
  },
  { title: 'p99', lead: (ours: Row, its: Row) => its.p99Ms / ours.p99Ms },
  {
    title: 'memory',
    lead: (ours: Row, its: Row) =>
      (its.kilobytesPerMember ?? NaN) / (ours.kilobytesPerMember ?? NaN),
  },
] as const

/** A Markdown table. */
export function comparisonTable(rows: readonly Row[]): string {
  const cells = [
    COLUMNS.map(({ title }) => title),
    ...rows.map((row) => COLUMNS.map(({ text }) => text(row))),
  ]
  const widths = COLUMNS.map((_, index) => Math.max(...cells.map((line) => line[index]!.length)))
  const lines = cells.map((line) => line.map((cell, index) => cell.padEnd(widths[index]!)))
  const rule = widths.map((width) => '-'.repeat(width))
  return [lines[0]!, rule, ...lines.slice(1)].map((line) => `| ${line.join(' | ')} |`).join('\n')
}

/** One line for each other server: how many times as good `ours` is, figure by figure. */
export function comparisons(ours: Row, rows: readonly Row[]): string[] {
  return rows
    .filter((row) => !row.isOurs)
    .map((row) => {
      const parts = FIGURES.map(({ title, lead }) => {
        const times = lead(ours, row)
        return `${title} ${times.toFixed(2)} ×${times < 1 ? ' (behind)' : ''}`
      })
      return `${ours.name} against ${row.name}: ${parts.join(', ')}`
    })
}
