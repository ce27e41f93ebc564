// Keeps test/conformance/results.jsonl honest: one line a case with its evidence and outcome. A
// whole run whose lines differ from the committed file fails, in either direction, new and vanished
// cases included; with CARILLON_UPDATE_RESULTS=true it writes the file instead. Runs of some files
// alone, or against AWS, are not compared. Where the suite ran on both stores, the lines of both
// must be the same; a run without PostgreSQL is compared by SQLite's alone.
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs'
import { matchesGlob } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Reporter, TestModule } from 'vitest/node'
import type { ConformanceMark } from './kit/conformance-case.ts'

const folder = fileURLToPath(new URL('.', import.meta.url))
const resultsFile = `${folder}results.jsonl`

/** What clients do, which no store changes: these files run on SQLite alone. */
export const OF_CLIENTS = ['clients/**', 'python/**']

/** Differences that are shown in full; beyond that a count says enough. */
const SHOWN_MAX = 20

export class ResultsReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const ran = modules.filter(({ moduleId }) => moduleId.startsWith(folder))
    const onPostgres = ran.filter(({ project }) => project.name === 'postgres')
    const onSqlite = ran.filter((module) => !onPostgres.includes(module))
    if (!isWhole(onSqlite)) return
    const cases = casesOf(onSqlite)
    if (isWhole(onPostgres, OF_CLIENTS)) {
      compareStores(casesOf(onSqlite.filter(isOfStores)), casesOf(onPostgres.filter(isOfStores)))
    }
    // What was left out, because a tool is missing or by a filter of names, says nothing.
    const leftOut = new Set(cases.filter(({ outcome }) => outcome === 'skipped').map(keyOf))
    const committed = readResults().filter((result) => leftOut.has(keyOf(result)))
    const results = [...cases.filter((result) => !leftOut.has(keyOf(result))), ...committed]
    if (process.env['CARILLON_UPDATE_RESULTS'] === 'true') {
      writeFileSync(
        resultsFile,
        results
          .map((result) => JSON.stringify(result))
          .toSorted()
          .map((line) => `${line}\n`)
          .join(''),
      )
      process.stderr.write(
        '\nWritten. Now make the page of it: node tools/run.mjs tools/compatibility-table.ts\n',
      )
    } else {
      compare(readResults().map(lineOf), results.map(lineOf))
    }
  }
}

function casesOf(modules: readonly TestModule[]): readonly Result[] {
  return modules.flatMap((module) => [...module.children.allTests()].flatMap(resultOf))
}

/** The file says what is true of the product, whatever its store: both must say the same. */
function compareStores(onSqlite: readonly Result[], onPostgres: readonly Result[]): void {
  const [left, right] = [onSqlite, onPostgres].map((cases) => new Set(cases.map(lineOf)))
  const differences = [
    ...[...(left ?? [])]
      .filter((line) => right?.has(line) !== true)
      .map((line) => `sqlite ${line}`),
    ...[...(right ?? [])]
      .filter((line) => left?.has(line) !== true)
      .map((line) => `postgres ${line}`),
  ]
  if (differences.length === 0) return
  process.exitCode = 1
  process.stderr.write(
    `\nThe conformance results differ between the stores in ${differences.length} lines:\n` +
      `${differences.slice(0, SHOWN_MAX).join('\n')}\n`,
  )
}

function compare(committed: readonly string[], lines: readonly string[]): void {
  const differences = [
    ...committed.filter((line) => !lines.includes(line)).map((line) => `- ${line}`),
    ...lines.filter((line) => !committed.includes(line)).map((line) => `+ ${line}`),
  ]
  if (differences.length === 0) return
  process.exitCode = 1
  process.stderr.write(
    `\nThe conformance results differ from test/conformance/results.jsonl in ${differences.length} lines:\n` +
      `${differences.slice(0, SHOWN_MAX).join('\n')}\n` +
      'If that is meant, run again with CARILLON_UPDATE_RESULTS=true and commit the file.\n',
  )
}

function isOfStores({ moduleId }: TestModule): boolean {
  return !OF_CLIENTS.some((pattern) => matchesGlob(moduleId.slice(folder.length), pattern))
}

function isWhole(ran: readonly TestModule[], exclude: readonly string[] = []): boolean {
  if (process.env['CARILLON_REMOTE'] === 'true') return false
  const files = globSync('**/*.test.ts', { cwd: folder, exclude }).map((path) => `${folder}${path}`)
  const loaded = new Set(ran.map(({ moduleId }) => moduleId))
  return files.every((path) => loaded.has(path))
}

interface Result {
  readonly operation: string
  readonly case: string
  readonly evidence: string
  readonly outcome: string
  /** Modelled errors that the operation answered in this case. */
  readonly errors?: readonly string[]
}

function readResults(): Result[] {
  if (!existsSync(resultsFile)) return []
  return readFileSync(resultsFile, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Result)
}

function resultOf(test: {
  meta(): { conformance?: ConformanceMark; errors?: readonly string[] }
  result(): { state: string }
}): Result[] {
  const { conformance: mark, errors } = test.meta()
  if (mark === undefined) return []
  const { operation, section, evidence, title } = mark
  const outcome = test.result().state
  const named = { operation, case: `${section}: ${title}`, evidence, outcome }
  return [errors === undefined ? named : { ...named, errors }]
}

/** What must be the same. Not the errors: where two requests race, either may be refused. */
function lineOf({ operation, case: title, evidence, outcome }: Result): string {
  return JSON.stringify({ operation, case: title, evidence, outcome })
}

function keyOf(result: Result): string {
  return `${result.operation} ${result.case}`
}
