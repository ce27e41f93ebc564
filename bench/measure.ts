// What the benches share: statistics, pinning to a core, compiling the C load programs, and the
// line that a measurement leaves in bench/results/. Not a runner: that is bench/run.ts.
import { execFileSync } from 'node:child_process'
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism, cpus, release, tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Runs that a median is taken of. */
export const RUNS_COUNT = 5

/** The core of what is measured, and that of whatever drives it. */
export const SERVER_CORE = 0
export const LOAD_CORE = 1

const root = fileURLToPath(new URL('..', import.meta.url))

/** The middle one; of an even number of values, the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5)
}

/** Linear between neighbours; `share` from 0 (smallest) to 1 (largest). Throws when empty. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  const position = (sorted.length - 1) * share
  const below = sorted[Math.floor(position)]
  const above = sorted[Math.ceil(position)]
  if (below === undefined || above === undefined) throw new Error('no values')
  return below + (above - below) * (position - Math.floor(position))
}

/**
 * The command line that runs `command` on one core only, by `taskset`. On a machine with one core,
 * or without `taskset`, the command itself: the result's `pinned` says which.
 */
export function onCore(core: number, command: string, args: readonly string[]): [string, string[]] {
  return canPin() ? ['taskset', ['-c', String(core), command, ...args]] : [command, [...args]]
}

/** Keeps a process that runs already, with all its threads and those to come, on one core. */
export function pinProcess(pid: number, core: number): void {
  if (canPin()) execFileSync('taskset', ['-acp', String(core), String(pid)], { stdio: 'ignore' })
}

/** Whether `onCore` really pins here. */
function canPin(): boolean {
  const places = (process.env['PATH'] ?? '').split(':')
  return availableParallelism() > 1 && places.some((place) => existsSync(join(place, 'taskset')))
}

/**
 * Compiles one C file of bench/ into a new temporary directory, which is removed at exit, and
 * returns the path of the program. Throws when the machine has no `cc`. `options` follow the
 * source, as libraries must.
 */
export function compileC(source: URL, options: readonly string[] = []): string {
  const directory = temporaryDirectory()
  const program = join(directory, basename(fileURLToPath(source), '.c'))
  const parameters = ['-O2', '-Wall', '-o', program, fileURLToPath(source), ...options]
  execFileSync('cc', parameters, { stdio: 'inherit' })
  return program
}

/** A new directory for this process alone, removed when it exits. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'carillon-bench-'))
  process.on('exit', () => rmSync(directory, { recursive: true, force: true }))
  return directory
}

/** What a measured figure must reach; `atMost` for those where less is better. */
export type Goal = { readonly atLeast: number } | { readonly atMost: number }

export interface BenchResult {
  /** The file under bench/, without `.ts`; also names the file under bench/results/. */
  readonly bench: string
  /** Which figure of that bench, such as `10,000 members`. */
  readonly figure: string
  readonly unit: string
  /** One value per run; the median is what counts. */
  readonly runs: readonly number[]
  /** The same figure of the reference program, run alternately with the above. */
  readonly reference?: { readonly name: string; readonly runs: readonly number[] }
  /** Judged on the ratio where there is a reference, else on the median. */
  readonly goal?: Goal
  /** Anything else worth keeping, such as percentiles. */
  readonly details?: Readonly<Record<string, number | string>>
}

/**
 * Prints one result and appends it, with the date, the commit and the machine, to
 * bench/results/<bench>.jsonl. Returns whether the goal was met (true where there is none).
 */
export function recordResult(result: BenchResult): boolean {
  const measured = median(result.runs)
  const reference = result.reference === undefined ? undefined : median(result.reference.runs)
  const ratio = reference === undefined ? undefined : measured / reference
  const met = meets(ratio ?? measured, result.goal)
  const line = {
    date: new Date().toISOString(),
    commit: commit(),
    machine: machine(),
    ...result,
    median: rounded(measured),
    ...(reference !== undefined && { referenceMedian: rounded(reference) }),
    ...(ratio !== undefined && { ratio: rounded(ratio) }),
    ...(result.goal !== undefined && { met }),
  }
  mkdirSync(join(root, 'bench/results'), { recursive: true })
  appendFileSync(join(root, `bench/results/${result.bench}.jsonl`), `${JSON.stringify(line)}\n`)
  console.log(summary(result, measured, reference, met))
  return met
}

function summary(
  result: BenchResult,
  measured: number,
  reference: number | undefined,
  met: boolean,
): string {
  const parts = [`${result.bench}, ${result.figure}: ${rounded(measured)} ${result.unit}`]
  if (reference !== undefined) {
    parts.push(
      `${result.reference?.name}: ${rounded(reference)}`,
      `ratio ${rounded(measured / reference)}`,
    )
  }
  if (result.goal !== undefined) {
    const [relation, bound] =
      'atLeast' in result.goal ? ['at least', result.goal.atLeast] : ['at most', result.goal.atMost]
    parts.push(`goal ${relation} ${bound} ${met ? 'met' : 'MISSED'}`)
  }
  return parts.join(' | ')
}

function meets(value: number, goal: Goal | undefined): boolean {
  if (goal === undefined) return true
  return 'atLeast' in goal ? value >= goal.atLeast : value <= goal.atMost
}

/** Four significant digits: more would be noise. */
function rounded(value: number): number {
  return Number(value.toPrecision(4))
}

/** The commit, with `+` where the tree differs from it. */
function commit(): string {
  const changed =
    git('status', '--porcelain', '--', 'src', 'bench/*.ts', 'package-lock.json') !== ''
  return git('rev-parse', '--short=12', 'HEAD') + (changed ? '+' : '')
}

function git(...args: string[]): string {
  return execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim()
}

function machine(): Record<string, string | number | boolean> {
  return {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    kernel: release(),
    node: process.version,
    pinned: canPin(),
  }
}
