// AWS's published rest-json protocol tests from the server's side: what a client must send is read
// as the same input, what a client must be able to read is what the server writes. The vectors lie
// beside the checkout and are not part of it.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { runErrorCase, runInputCase, runOutputCase } from './protocol-case.ts'
import type { CaseOutcome, ProtocolCase } from './protocol-case.ts'
import { PROTOCOL_EXCLUSIONS } from './protocol-exclusions.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const vectors = join(process.env['CARILLON_VECTORS'] ?? join(root, '../shared/vectors'), 'protocol')
const hasVectors = existsSync(vectors)
/** Cases that apply; fewer would mean that something was not found. */
const APPLYING_CASES_MIN = 105

type Kind = 'input' | 'output'

interface Suite {
  readonly shapes: ProtocolCase['shapes']
  readonly cases: readonly Omit<ProtocolCase, 'shapes'>[]
}

function readCases(kind: Kind): ProtocolCase[] {
  if (!hasVectors) return []
  const suites = JSON.parse(
    readFileSync(join(vectors, `${kind}-rest-json.json`), 'utf8'),
  ) as Suite[]
  return suites.flatMap(({ shapes, cases }) => cases.map((one) => ({ ...one, shapes })))
}

function run(kind: Kind, testCase: ProtocolCase): CaseOutcome {
  if (kind === 'input') return runInputCase(testCase)
  return testCase.errorCode === undefined ? runOutputCase(testCase) : runErrorCase(testCase)
}

function passes(kind: Kind, testCase: ProtocolCase): boolean {
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
  input: new Set(PROTOCOL_EXCLUSIONS.flatMap(({ inputs }) => inputs)),
  output: new Set(PROTOCOL_EXCLUSIONS.flatMap(({ outputs }) => outputs)),
}

describe('the published rest-json protocol tests', () => {
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
