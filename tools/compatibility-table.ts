// Renders docs/compatibility.md: what was proved of each operation, and where we differ knowingly.
// Run it after the conformance results changed; a test holds the page against its sources.
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { EVIDENCES } from '../test/conformance/kit/evidence.ts'
import type { Evidence } from '../test/conformance/kit/evidence.ts'

const projectDirectory = fileURLToPath(new URL('..', import.meta.url))
/** Errors that the models list and this server has no reason to answer. */
const UNANSWERED = 'docs/unanswered-errors.json'
export const compatibilityPage = `${projectDirectory}docs/compatibility.md`

interface Result {
  readonly operation: string
  readonly case: string
  readonly evidence: Evidence
  readonly outcome: string
  readonly errors?: readonly string[]
}

/** An error that a model lists and this server never answers. */
interface UnansweredError {
  readonly error: string
  readonly operations: readonly string[]
  readonly why: string
}

interface Departure {
  readonly rule: string
  /** Those that it concerns; absent when it concerns all, or what is no operation. */
  readonly operations?: readonly string[]
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
  const results = readResults()
  const messaging = operationsOf('messaging')
  const identity = operationsOf('identity').filter((name) => !messaging.includes(name))
  const iam = operationsOf('iam')
  const sts = operationsOf('sts')
  const operations = [...messaging, ...identity, ...iam, ...sts]
  const others = [...new Set(results.map(({ operation }) => operation))].filter(
    (name) => !operations.includes(name),
  )
  return [
    '# Compatibility',
    '',
    '<!-- Made by tools/compatibility-table.ts from the conformance results: do not edit. -->',
    '',
    'All operations of the messaging and identity APIs are served (51 and 30; the three tag' +
      ' operations, which both APIs have, count once here), with the parts of IAM and STS that' +
      ' access control needs. The last columns say how many of the errors that the model lists for' +
      ' the operation some case made it answer, and which of the departures below concern it.',
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
    ...table(results, 'messaging', messaging),
    '',
    '## Identity',
    '',
    ...table(results, 'identity', identity),
    '',
    '## IAM',
    '',
    ...table(results, 'iam', iam),
    '',
    '## STS',
    '',
    ...table(results, 'sts', sts),
    '',
    '## Sessions and other clients',
    '',
    ...table(results, undefined, others),
    '',
    ...differences(),
  ].join('\n')
}

/** What we do otherwise, with the reasons. */
function differences(): string[] {
  return [
    '## Where we differ knowingly',
    '',
    '| | about | what we do | why | evidence of the rule |',
    '| --: | --- | --- | --- | --- |',
    ...readDepartures().map(({ rule, what, why, evidence }, index) =>
      rowOf([`${index + 1}`, rule, what, why, evidence]),
    ),
    '',
    '## Errors that the models list and this server never answers',
    '',
    '| error | operations | why |',
    '| --- | --- | --- |',
    ...(readJson(UNANSWERED) as readonly UnansweredError[]).map(({ error, operations, why }) =>
      rowOf([error, operations.join(', '), why]),
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

function table(
  results: readonly Result[],
  service: string | undefined,
  operations: readonly string[],
): string[] {
  const more = service === undefined ? [] : ['errors listed and answered', 'departures']
  return [
    rowOf(['operation', ...EVIDENCES, 'passed', ...more]),
    `| --- |${' --: |'.repeat(EVIDENCES.length + 1 + more.length)}`,
    ...operations.map((name) => {
      const own = results.filter(({ operation }) => operation === name)
      const passed = own.filter(({ outcome }) => outcome === 'passed')
      const counts = EVIDENCES.map((wanted) => passed.filter(({ evidence }) => evidence === wanted))
      const total =
        passed.length === own.length ? `${own.length}` : `${passed.length} of ${own.length}`
      return rowOf([
        name,
        ...counts.map(({ length }) => (length === 0 ? '' : `${length}`)),
        total,
        ...(service === undefined
          ? []
          : [answeredText(results, service, name), departuresText(name)]),
      ])
    }),
  ]
}

/** The numbers of the departures that name the operation. */
function departuresText(operation: string): string {
  return readDepartures()
    .flatMap(({ operations = [] }, index) => (operations.includes(operation) ? [index + 1] : []))
    .join(', ')
}

function readDepartures(): readonly Departure[] {
  return readJson('docs/departures.json') as readonly Departure[]
}

function answeredText(results: readonly Result[], service: string, operation: string): string {
  const listed = listedErrors(service, operation)
  const left = unansweredOf(results, service, operation).length
  return `${listed.length - left} of ${listed.length}`
}

/** The errors that the model lists for an operation and no passed case has seen it answer. */
function unansweredOf(results: readonly Result[], service: string, operation: string): string[] {
  const seen = new Set(
    results
      .filter((result) => result.operation === operation && result.outcome === 'passed')
      .flatMap(({ errors = [] }) => errors),
  )
  return listedErrors(service, operation).filter((error) => !seen.has(error))
}

/** Every listed error of the Chime APIs that no case exercised, as `Operation Error`. */
export function unansweredErrors(): string[] {
  const results = readResults()
  const messaging = operationsOf('messaging')
  const identity = operationsOf('identity').filter((name) => !messaging.includes(name))
  return [
    ...messaging.map((name) => ['messaging', name] as const),
    ...identity.map((name) => ['identity', name] as const),
  ].flatMap(([service, name]) =>
    unansweredOf(results, service, name).map((error) => `${name} ${error}`),
  )
}

/** Those of them that this server never answers, with the reason, as `Operation Error`. */
export function neverAnsweredErrors(): string[] {
  return (readJson(UNANSWERED) as readonly UnansweredError[]).flatMap(({ error, operations }) =>
    operations.map((name) => `${name} ${error}`),
  )
}

function listedErrors(service: string, operation: string): readonly string[] {
  const { operations } = readJson(`models/${service}.json`) as {
    operations: Readonly<Record<string, { errors?: readonly { shape: string }[] }>>
  }
  return (operations[operation]?.errors ?? []).map(({ shape }) => shape)
}

function readResults(): readonly Result[] {
  return readText('test/conformance/results.jsonl')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Result)
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
