// AWS's published tests of the query protocol from the server's side; see protocol-vectors.test.ts.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import type { CaseOutcome } from './protocol-case.ts'
import { runQueryError, runQueryInput, runQueryOutput } from './query-case.ts'
import type { QueryCase } from './query-case.ts'
import { QUERY_EXCLUSIONS } from './query-exclusions.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const vectors = join(process.env['CARILLON_VECTORS'] ?? join(root, '../shared/vectors'), 'protocol')
const hasVectors = existsSync(vectors)
/** Cases that apply; fewer would mean that something was not found. */
const APPLYING_CASES_MIN = 36

type Kind = 'input' | 'output'
type Suite = Pick<QueryCase, 'shapes' | 'metadata'> & {
  readonly cases: readonly Omit<QueryCase, 'shapes' | 'metadata'>[]
}

function readCases(kind: Kind): QueryCase[] {
  if (!hasVectors) return []
  const suites = JSON.parse(readFileSync(join(vectors, `${kind}-query.json`), 'utf8')) as Suite[]
  return suites.flatMap(({ shapes, metadata, cases }) =>
    cases.map((one) => ({ ...one, shapes, metadata })),
  )
}

function run(kind: Kind, testCase: QueryCase): CaseOutcome {
  if (kind === 'input') return runQueryInput(testCase)
  return testCase.errorCode === undefined ? runQueryOutput(testCase) : runQueryError(testCase)
}

function passes(kind: Kind, testCase: QueryCase): boolean {
  try {
    const { actual, expected } = run(kind, testCase)
    expect(actual).toEqual(expected)
    return true
  } catch {
    return false
  }
}

const cases = { input: readCases('input'), output: readCases('output') }
const excluded = {
  input: new Set(QUERY_EXCLUSIONS.flatMap(({ inputs }) => inputs)),
  output: new Set(QUERY_EXCLUSIONS.flatMap(({ outputs }) => outputs)),
}

describe('the published tests of the query protocol', () => {
  test('are at hand', ({ skip }) => {
    const missing = `no ${vectors}: set CARILLON_VECTORS to the folder that holds protocol/`
    if (!hasVectors && process.env['CI'] !== 'true') skip(missing)
    expect(hasVectors ? 'at hand' : missing).toBe('at hand')
    const all = [...cases.input, ...cases.output].length
    const left = all - excluded.input.size - excluded.output.size
    expect(left).toBeGreaterThanOrEqual(APPLYING_CASES_MIN)
  })

  describe.each(['input', 'output'] as const)('%s', (kind) => {
    const applying = cases[kind].filter(({ id }) => !excluded[kind].has(id))

    test.each(applying.map((testCase) => [testCase.id, testCase] as const))(
      '%s',
      (_id, testCase) => {
        const { actual, expected } = run(kind, testCase)
        expect(actual).toEqual(expected)
      },
    )

    test.runIf(hasVectors)('no case is excluded that exists not or would pass', () => {
      const needless = [...excluded[kind]].filter((id) => {
        const testCase = cases[kind].find((one) => one.id === id)
        return testCase === undefined || passes(kind, testCase)
      })
      expect(needless).toEqual([])
    })
  })
})
