// Keeps test/conformance/results.jsonl honest: one line a case with its evidence and outcome. A whole
// run whose lines differ from the committed file fails, in either direction, new and vanished cases
// included; with CARILLON_UPDATE_RESULTS=true it writes the file instead. Runs of a part (some files,
// some names, or against AWS) are not compared.
import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Reporter, TestModule } from 'vitest/node'
import type { ConformanceMark } from './kit/conformance-case.ts'

const folder = fileURLToPath(new URL('.', import.meta.url))
const resultsFile = `${folder}results.jsonl`

/** Differences that are shown in full; beyond that a count says enough. */
const SHOWN_MAX = 20

export class ResultsReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const ran = modules.filter(({ moduleId }) => moduleId.startsWith(folder))
    const lines = ran
      .flatMap((module) => [...module.children.allTests()].flatMap(lineOf))
      .toSorted()
    if (!isWhole(ran)) return
    if (process.env['CARILLON_UPDATE_RESULTS'] === 'true') {
      writeFileSync(resultsFile, lines.map((line) => `${line}\n`).join(''))
      return
    }
    const committed = readFileSync(resultsFile, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
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
}

function isWhole(ran: readonly TestModule[]): boolean {
  if (process.env['CARILLON_REMOTE'] === 'true') return false
  const files = globSync('**/*.test.ts', { cwd: folder }).map((path) => `${folder}${path}`)
  const loaded = new Set(ran.map(({ moduleId }) => moduleId))
  const everyTestRan = ran.every((module) =>
    [...module.children.allTests()].every((test) => test.result().state !== 'skipped'),
  )
  return files.every((path) => loaded.has(path)) && everyTestRan
}

function lineOf(test: {
  meta(): { conformance?: ConformanceMark }
  result(): { state: string }
}): string[] {
  const mark = test.meta().conformance
  if (mark === undefined) return []
  const { operation, section, evidence, title } = mark
  return [
    JSON.stringify({
      operation,
      case: `${section}: ${title}`,
      evidence,
      outcome: test.result().state,
    }),
  ]
}
