// Policies that are made to be expensive, by whoever may choose one: an end user chooses its own
// session policy, and often its tags. Not whether policies decide rightly: see iam-evaluation.
import { performance } from 'node:perf_hooks'
import { expect, test } from 'vitest'
import {
  compilePolicy,
  ROLE_POLICY_CHARACTERS_MAX,
  SESSION_POLICY_CHARACTERS_MAX,
} from '../../src/policies/iam/compile-policy.ts'
import { MalformedPolicy } from '../../src/policies/iam/malformed-policy.ts'
import { Pattern, wildcardTokens } from '../../src/policies/iam/wildcard.ts'
import { isAllowed, policyText, session } from './iam-policies.ts'

const ARN_CHARACTERS_MAX = 1_600
/** What one decision may take: machines differ by less than the bound from what it was before. */
const DECISIONS = 20
const DECISIONS_MS_MAX = 1_500

const CHANNEL = 'arn:aws:chime:us-east-1:210987654321:app-instance/one/channel/'
const longArn = `${CHANNEL}${'a'.repeat(ARN_CHARACTERS_MAX - CHANNEL.length - 1)}b`
const tags = new Map(Array.from({ length: 50 }, (_each, at) => [`k${at}`, 'a'.repeat(256)]))
const hostile = { principal: { ...session, tags } }

/** As many of `resource` as a policy of `charactersMax` can hold. */
function filled(resource: string, charactersMax: number): string {
  const room = charactersMax - policyText({ Resource: [] }).length
  const count = Math.floor(room / (resource.length + 3))
  return policyText({ Resource: Array.from({ length: count }, () => resource) })
}

function msFor(decide: () => void): number {
  const startedAt = performance.now()
  for (let decision = 0; decision < DECISIONS; decision += 1) decide()
  return performance.now() - startedAt
}

test.each([
  ['a value that nearly stands everywhere', 'arn:*:*:*:*:*?${aws:PrincipalTag/k1}c*'],
  ['two of them at a distance', 'arn:*:*:*:*:*${aws:PrincipalTag/k1}?c${aws:PrincipalTag/k2}*'],
  ['several runs of them', 'arn:*:*:*:*:*?${aws:PrincipalTag/k1}*?${aws:PrincipalTag/k2}c*z'],
])('wildcards around variables cost little: %s', (_name, resource) => {
  for (const charactersMax of [SESSION_POLICY_CHARACTERS_MAX, ROLE_POLICY_CHARACTERS_MAX]) {
    const text = filled(resource, charactersMax)
    expect(isAllowed(text, hostile, longArn)).toBe(false)
    expect(msFor(() => isAllowed(text, hostile, longArn))).toBeLessThan(DECISIONS_MS_MAX)
  }
})

// Neither the size of a policy nor anything before its parser counts white space.
test.each([
  ['behind the name of a variable', '${aws:username', 'x}'],
  ['before the comma of a fallback', '${aws:username', ", 'x' x}"],
  ['behind the comma of a fallback', '${aws:username,', 'x}'],
  ['within a name', '${aws:', 'username}'],
])('white space costs little: %s', (_name, before, after) => {
  const text = policyText({ Resource: `${CHANNEL}${before}${' '.repeat(100_000)}${after}` })
  const startedAt = performance.now()
  expect(() => compilePolicy(text, 'identity')).toThrow(MalformedPolicy)
  expect(performance.now() - startedAt).toBeLessThan(DECISIONS_MS_MAX)
})

test.each([
  ['${aws:username}', 'alice'],
  ['${ aws:username }', 'alice'],
  ["${aws:PrincipalTag/none, 'all ice'}", 'all ice'],
  ["${  aws:PrincipalTag/none  ,  ''  }", ''],
])('the variable %s has a value', (variable, value) => {
  const text = policyText({ Resource: `${CHANNEL}a-${variable}` })
  expect(isAllowed(text, {}, `${CHANNEL}a-${value}`)).toBe(true)
})

test.each([
  "${aws:PrincipalTag/none,'}'}",
  "${'aws:username'}",
  '${aws:username,}',
  "${,'x'}",
  "${aws:username,'x','y'}",
  "${aws:username 'x'}",
  '${}',
])('the variable %s is malformed', (variable) => {
  const text = policyText({ Resource: `${CHANNEL}a-${variable}` })
  expect(() => compilePolicy(text, 'identity')).toThrow(MalformedPolicy)
})

const matches = (pattern: string, text: string) =>
  new Pattern(wildcardTokens(pattern)).matches(text)

test('a pattern with a wildcard in the middle matches where its definition says', () => {
  // Literals that overlap themselves: the next try begins within the last one.
  expect(matches('*aab?aab*', 'aaaab_aaab_aabaab_aab')).toBe(true)
  expect(matches('*aab?aab*', 'aaaab__aab__aab')).toBe(false)
  expect(matches('*a?a?b*', 'aaaaab')).toBe(true)
  expect(matches('*a?a?b*', 'aabaab')).toBe(true)
  expect(matches('*a?a?b*', 'aabbaab')).toBe(false)
  expect(matches('x*a?a*y', 'xaay')).toBe(false)
  expect(matches('x*a?a*y', 'xaaay')).toBe(true)
  expect(matches('x*?*y', 'xy')).toBe(false)
  expect(matches('x*??a*y', 'x__ay')).toBe(true)
  expect(matches('x*??a*y', 'x_ay')).toBe(false)
})
