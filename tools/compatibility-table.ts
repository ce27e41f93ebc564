// Renders docs/compatibility.md: what was proved of each operation, and where we differ knowingly.
// Run it after the conformance results changed; a test holds the page against its sources.
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { EVIDENCES, NOT_DONE_YET } from '../test/conformance/kit/evidence.ts'
import type { Evidence } from '../test/conformance/kit/evidence.ts'

const projectDirectory = fileURLToPath(new URL('..', import.meta.url))
export const compatibilityPage = `${projectDirectory}docs/compatibility.md`

interface Result {
  readonly operation: string
  readonly case: string
  readonly evidence: Evidence
  readonly outcome: string
}

interface Departure {
  readonly rule: string
  readonly evidence: string
  readonly what: string
  readonly why: string
}

interface ModelDeviation {
  readonly model: string
  readonly paths: readonly string[]
  readonly what: string
  readonly why: string
  readonly evidence: string
}

/** The page as it should be. */
export function renderCompatibilityPage(): string {
  const results = readText('test/conformance/results.jsonl')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Result)
  const messaging = operationsOf('messaging')
  const identity = operationsOf('identity').filter((name) => !messaging.includes(name))
  const operations = [...messaging, ...identity]
  const others = [...new Set(results.map(({ operation }) => operation))].filter(
    (name) => !operations.includes(name),
  )
  const done = operations.filter((name) => !isNotDone(results, name)).length
  return [
    '# Compatibility',
    '',
    '<!-- Made by tools/compatibility-table.ts from the conformance results: do not edit. -->',
    '',
    `${done} of the ${operations.length} operations of the messaging and identity APIs are done` +
      ' (the three tag operations, which both APIs have, count once). The others answer 501 and say so.',
    'Each number counts cases that passed against this server, by how sure the rule behind them is:',
    '',
    '| evidence | the rule stands in |',
    '| --- | --- |',
    '| model | the service model: members, constraints, statuses, errors |',
    "| doc | AWS's documents |",
    "| code | AWS's own clients and sample code, or what stock clients were recorded to send |",
    '| field | reports about the live service |',
    '| inferred | what follows from the above without being said |',
    '| proposed | our ruling where the sources are silent or contradict each other |',
    '',
    'Nothing here was run against AWS. Whoever has an account can run the same cases there:',
    '`CARILLON_REMOTE=true`, see `test/conformance/kit/world.ts`.',
    '',
    '## Messaging',
    '',
    ...table(results, messaging),
    '',
    '## Identity',
    '',
    ...table(results, identity),
    '',
    '## Sessions and other clients',
    '',
    ...table(results, others),
    '',
    ...differences(),
  ].join('\n')
}

/** What we do otherwise, with the reasons. */
function differences(): string[] {
  return [
    '## Where we differ knowingly',
    '',
    '| about | what we do | why | evidence of the rule |',
    '| --- | --- | --- | --- |',
    ...(readJson('docs/departures.json') as readonly Departure[]).map(
      ({ rule, what, why, evidence }) => rowOf([rule, what, why, evidence]),
    ),
    '',
    '## Where we read the models otherwise',
    '',
    '| model | what we do | why | evidence |',
    '| --- | --- | --- | --- |',
    ...(readJson('models/deviations.json') as readonly ModelDeviation[]).map(
      ({ model, what, why, evidence }) => rowOf([model, what, why, evidence]),
    ),
    '',
  ]
}

function table(results: readonly Result[], operations: readonly string[]): string[] {
  return [
    `| operation | ${EVIDENCES.join(' | ')} | passed |`,
    `| --- |${' --: |'.repeat(EVIDENCES.length + 1)}`,
    ...operations.map((name) => {
      if (isNotDone(results, name)) {
        return `| ${name} |${' |'.repeat(EVIDENCES.length)} not done yet: answers 501 |`
      }
      const own = results.filter(({ operation }) => operation === name)
      const passed = own.filter(({ outcome }) => outcome === 'passed')
      const counts = EVIDENCES.map((wanted) => passed.filter(({ evidence }) => evidence === wanted))
      const total =
        passed.length === own.length ? `${own.length}` : `${passed.length} of ${own.length}`
      return rowOf([name, ...counts.map(({ length }) => (length === 0 ? '' : `${length}`)), total])
    }),
  ]
}

function isNotDone(results: readonly Result[], name: string): boolean {
  const own = results.filter(({ operation }) => operation === name)
  return own.every((result) => result.case.endsWith(NOT_DONE_YET))
}

function operationsOf(service: string): readonly string[] {
  const { operations } = readJson(`models/${service}.json`) as { operations: object }
  return Object.keys(operations).toSorted()
}

function rowOf(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
}

function readJson(path: string): unknown {
  return JSON.parse(readText(path))
}

function readText(path: string): string {
  return readFileSync(`${projectDirectory}${path}`, 'utf8')
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(compatibilityPage, renderCompatibilityPage())
}
