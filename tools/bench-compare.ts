// Shows for every figure in bench/results/ the last measurement beside the one before it on the
// same machine, with the spread of their runs: a difference within the spread is noise.
import { readFileSync, readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

interface ResultLine {
  readonly date: string
  readonly commit: string
  readonly machine: { readonly cpu: string; readonly node: string }
  readonly bench: string
  readonly figure: string
  readonly unit: string
  readonly runs: readonly number[]
  readonly median: number
  readonly ratio?: number
  readonly referenceMedian?: number
}

const folder = fileURLToPath(new URL('../bench/results/', import.meta.url))
const lines = readdirSync(folder)
  .filter((name) => name.endsWith('.jsonl'))
  .flatMap((name) => readFileSync(folder + name, 'utf8').split('\n'))
  .filter((line) => line !== '')
  .map((line) => JSON.parse(line) as ResultLine)

const series = Map.groupBy(lines, ({ bench, figure, machine }) =>
  [bench, figure, machine.cpu].join(', '),
)
for (const [title, results] of series) {
  console.log(title)
  for (const result of results.slice(-2)) console.log(`  ${described(result)}`)
}

function described(result: ResultLine): string {
  const scale = result.referenceMedian ?? 1
  const value = result.ratio ?? result.median
  const low = (Math.min(...result.runs) / scale).toPrecision(3)
  const high = (Math.max(...result.runs) / scale).toPrecision(3)
  const unit = result.ratio === undefined ? result.unit : 'of the reference'
  return `${result.date.slice(0, 16)} ${result.commit}: ${value} ${unit} (${low} to ${high})`
}
