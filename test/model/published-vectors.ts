// AWS's published protocol tests from the server's side: what a client must send is read as the
// same input, what a client must be able to read is what the server writes. The vectors lie beside
// the checkout and are not part of it.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import type { CaseOutcome } from './protocol-case.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const vectors = join(process.env['CARILLON_VECTORS'] ?? join(root, '../shared/vectors'), 'protocol')
const hasVectors = existsSync(vectors)

const KINDS = ['input', 'output'] as const
type VectorKind = (typeof KINDS)[number]

interface Vectors<Case> {
  /** The files are `<kind>-<protocol>.json`. */
  readonly protocol: string
  /** Cases that apply; fewer would mean that something was not found. */
  readonly applyingMin: number
  /** Ids of cases that do not apply. */
  readonly excluded: Readonly<Record<VectorKind, ReadonlySet<string>>>
  /** What a case of a suite shares with the others of it. */
  readonly shared: readonly (keyof Case)[]
  run(kind: VectorKind, testCase: Case): CaseOutcome
}

/** Runs them all, and holds that nothing is excluded without need. */
export function describeVectors<Case extends { readonly id: string }>(vectorsOf: Vectors<Case>) {
  const { protocol, applyingMin, excluded } = vectorsOf
  const cases = { input: readCases('input'), output: readCases('output') }

  function readCases(kind: VectorKind): Case[] {
    if (!hasVectors) return []
    const text = readFileSync(join(vectors, `${kind}-${protocol}.json`), 'utf8')
    const suites = JSON.parse(text) as (Case & { readonly cases: readonly Case[] })[]
    return suites.flatMap((suite) => {
      const shared = Object.fromEntries(vectorsOf.shared.map((name) => [name, suite[name]]))
      return suite.cases.map((one) => ({ ...one, ...shared }))
    })
  }

  function passes(kind: VectorKind, testCase: Case): boolean {
    try {
      const { actual, expected } = vectorsOf.run(kind, testCase)
      expect(actual).toEqual(expected)
      return true
    } catch {
      return false
    }
  }

  describe(`the published tests of the protocol ${protocol}`, () => {
    test('are at hand', ({ skip }) => {
      const missing = `no ${vectors}: set CARILLON_VECTORS to the folder that holds protocol/`
      if (!hasVectors && process.env['CI'] !== 'true') skip(missing)
      expect(hasVectors ? 'at hand' : missing).toBe('at hand')
      const all = [...cases.input, ...cases.output].length
      const left = all - excluded.input.size - excluded.output.size
      expect(left).toBeGreaterThanOrEqual(applyingMin)
    })

    describe.each(KINDS)('%s', (kind) => {
      const applying = cases[kind].filter(({ id }) => !excluded[kind].has(id))

      test.each(applying.map((testCase) => [testCase.id, testCase] as const))(
        '%s',
        (_id, testCase) => {
          const { actual, expected } = vectorsOf.run(kind, testCase)
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
}
