// Properties of the policy engine over generated policies and requests. fast-check prints the seed
// of a failure.
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { compilePolicy } from '../../src/policies/iam/compile-policy.ts'
import { decideAccess } from '../../src/policies/iam/evaluate.ts'
import { MalformedPolicy } from '../../src/policies/iam/malformed-policy.ts'
import { parsePolicyJson, type JsonValue } from '../../src/policies/iam/policy-json.ts'
import type { RequestFacts } from '../../src/policies/iam/request-context.ts'
import { PolicyCache } from '../../src/policies/iam/policy-cache.ts'
import { Pattern, wildcardTokens } from '../../src/policies/iam/wildcard.ts'
import { alice, APP, policyText, requestFor, session } from './iam-policies.ts'
import type { StatementText } from './iam-policies.ts'

const RUNS = { numRuns: 500 }

const action = fc.constantFrom('*', 'chime:*', 'chime:Send*', 'chime:SendChannelMessage', 'iam:*')
const resource = fc.constantFrom(
  '*',
  `${APP}/*`,
  `${APP}/channel/*`,
  `${APP}/channel/lobby`,
  `${APP}/user/\${aws:username}`,
  `${APP}/user/\${aws:PrincipalTag/user}`,
  `${APP}/user/al?ce`,
)
const condition = fc.constantFrom(
  {},
  { StringEquals: { 'aws:username': 'alice' } },
  { StringNotEquals: { 'aws:username': '${aws:PrincipalTag/user}' } },
  { StringLikeIfExists: { 'aws:RequestTag/team': 'r*' } },
  { 'ForAllValues:StringEquals': { 'aws:TagKeys': ['team'] } },
  { 'ForAnyValue:StringEquals': { 'aws:TagKeys': ['team'] } },
  { IpAddress: { 'aws:SourceIp': '192.0.2.0/24' } },
)
const one = <Value>(value: fc.Arbitrary<Value>) => fc.array(value, { minLength: 1, maxLength: 3 })
const statement = fc.oneof(
  fc.record({
    Effect: fc.constantFrom('Allow', 'Allow', 'Deny'),
    Action: one(action),
    Resource: one(resource),
    Condition: condition,
  }),
  fc.record({
    Effect: fc.constantFrom('Allow', 'Allow', 'Deny'),
    NotAction: one(action),
    NotResource: one(resource),
    Condition: condition,
  }),
)
const statements = fc.array(statement, { minLength: 1, maxLength: 6 })
/** Fewer, as a session policy has at most 2,048 characters. */
const sessionStatements = fc.array(statement, { minLength: 1, maxLength: 3 })
const facts: fc.Arbitrary<Partial<RequestFacts>> = fc.record({
  principal: fc.constantFrom(alice, session),
  remoteAddress: fc.constantFrom('192.0.2.7', '::1'),
  requestTags: fc.constantFrom(undefined, new Map([['team', 'red']]), new Map([['team', 'blue']])),
  tagKeys: fc.constantFrom(undefined, ['team'], ['team', 'other']),
})
const request = fc
  .record({
    action: fc.constantFrom('SendChannelMessage', 'DeleteChannel'),
    resource: fc.constantFrom('*', `${APP}/channel/lobby`, `${APP}/user/alice`, `${APP}/user/*`),
    facts,
  })
  .map((made) => requestFor(made.action, made.resource, made.facts))

function decide(
  texts: readonly StatementText[],
  sessionTexts: readonly StatementText[] | undefined,
  asked: ReturnType<typeof requestFor>,
) {
  const identity = [compilePolicy(policyText(...texts), 'identity')]
  const sessionPolicy = sessionTexts && compilePolicy(policyText(...sessionTexts), 'session')
  return decideAccess(identity, sessionPolicy, asked)
}

test('adding a Deny never allows', () => {
  fc.assert(
    fc.property(statements, statement, request, (texts, added, asked) => {
      const before = decide(texts, undefined, asked).allowed
      const after = decide([...texts, { ...added, Effect: 'Deny' }], undefined, asked).allowed
      expect(after && !before).toBe(false)
    }),
    RUNS,
  )
})

test('adding an Allow never denies', () => {
  fc.assert(
    fc.property(statements, statement, request, (texts, added, asked) => {
      const before = decide(texts, undefined, asked).allowed
      const after = decide([...texts, { ...added, Effect: 'Allow' }], undefined, asked).allowed
      expect(before && !after).toBe(false)
    }),
    RUNS,
  )
})

test('widening the Resource of an Allow never denies', () => {
  fc.assert(
    fc.property(statements, request, (texts, asked) => {
      const widened = texts.map((text) =>
        text.Effect === 'Allow' && 'Resource' in text ? { ...text, Resource: ['*'] } : text,
      )
      const before = decide(texts, undefined, asked).allowed
      expect(before && !decide(widened, undefined, asked).allowed).toBe(false)
    }),
    RUNS,
  )
})

test('removing a session policy never denies', () => {
  fc.assert(
    fc.property(statements, sessionStatements, request, (texts, sessionTexts, asked) => {
      const before = decide(texts, sessionTexts, asked).allowed
      expect(before && !decide(texts, undefined, asked).allowed).toBe(false)
    }),
    RUNS,
  )
})

test('the order of statements, and of values in them, does not matter', () => {
  fc.assert(
    fc.property(statements, request, (texts, asked) => {
      const turned = texts.toReversed().map((text) =>
        'Resource' in text
          ? { ...text, Action: text.Action.toReversed(), Resource: text.Resource.toReversed() }
          : {
              ...text,
              NotAction: text.NotAction.toReversed(),
              NotResource: text.NotResource.toReversed(),
            },
      )
      expect(decide(turned, undefined, asked)).toEqual(decide(texts, undefined, asked))
    }),
    RUNS,
  )
})

/** The definition of a wildcard, by recursion. */
function matches(pattern: string, text: string): boolean {
  if (pattern === '') return text === ''
  const rest = pattern.slice(1)
  if (pattern[0] === '*')
    return matches(rest, text) || (text !== '' && matches(pattern, text.slice(1)))
  return (
    text !== '' && (pattern[0] === '?' || pattern[0] === text[0]) && matches(rest, text.slice(1))
  )
}

test('wildcards match as their definition says', () => {
  const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?'), maxLength: 8 })
  const text = fc.string({ unit: fc.constantFrom('a', 'b', '*'), maxLength: 10 })
  fc.assert(
    fc.property(pattern, text, (wanted, given) => {
      expect(new Pattern(wildcardTokens(wanted)).matches(given)).toBe(matches(wanted, given))
    }),
    { numRuns: 5_000 },
  )
})

test('wildcards take no time even where expressions would take forever', () => {
  const pattern = new Pattern(wildcardTokens(`${'*a'.repeat(1_000)}*b`))
  expect(pattern.matches('a'.repeat(1_600))).toBe(false)
  expect(new Pattern(wildcardTokens('*?'.repeat(800))).matches('a'.repeat(1_600))).toBe(true)
})

/** As JSON.parse gives it. */
function plain(value: JsonValue): unknown {
  if (value instanceof Map)
    return Object.fromEntries([...value].map(([key, item]) => [key, plain(item)]))
  return Array.isArray(value) ? value.map(plain) : value
}

test('JSON is read as JSON.parse reads it', () => {
  const value = fc.letrec<{ any: unknown }>((tie) => ({
    any: fc.oneof(
      { maxDepth: 3 },
      fc.constantFrom(null, true, false),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.string({ unit: 'binary' }),
      fc.array(tie('any'), { maxLength: 3 }),
      fc.dictionary(fc.string(), tie('any'), { maxKeys: 3, noNullPrototype: true }),
    ),
  })).any
  fc.assert(
    fc.property(value, fc.constantFrom(0, 2), (made, indent) => {
      const text = JSON.stringify(made, null, indent)
      expect(plain(parsePolicyJson(text))).toEqual(JSON.parse(text))
    }),
    RUNS,
  )
})

function outcomeOf(text: string): string {
  try {
    compilePolicy(text, 'identity')
    return 'compiled'
  } catch (error) {
    return error instanceof MalformedPolicy ? 'refused' : String(error)
  }
}

test('a text of any kind compiles or is refused with MalformedPolicy', () => {
  const whole = policyText({
    Resource: `${APP}/user/\${aws:username}`,
    Condition: { Bool: { 'aws:SecureTransport': true } },
  })
  const broken = fc
    .tuple(
      fc.nat({ max: whole.length }),
      fc.nat({ max: 8 }),
      fc.string({
        unit: fc.constantFrom('"', '{', '}', '[', ']', ',', ':', '$', '*', '\\', '0'),
        maxLength: 4,
      }),
    )
    .map(([at, length, put]) => whole.slice(0, at) + put + whole.slice(at + length))
  fc.assert(
    fc.property(fc.oneof(broken, fc.string()), (text) => {
      expect(outcomeOf(text)).toMatch(/^(compiled|refused)$/)
    }),
    { numRuns: 2_000 },
  )
})

/** A policy of its own, mostly white space. */
function padded(n: number): string {
  return `${' '.repeat(100_000)}${policyText({ Sid: `s${n}` })}`
}

test('compiled policies are remembered, by text and kind, within a bound', () => {
  const cache = new PolicyCache()
  const text = policyText({})
  const first = cache.one(text, 'identity')
  expect(cache.one(text, 'identity')).toBe(first)
  expect(cache.one(text, 'session')).not.toBe(first)
  const list = [{ policyName: 'p', document: text }]
  expect(cache.all(list)).toBe(cache.all(list))
  expect(cache.all(list)).toEqual([first])
  // What is asked for in between stays.
  for (let n = 0; n < 30; n += 1) cache.one(padded(n), 'identity')
  expect(cache.one(text, 'identity')).toBe(first)
  for (let n = 30; n < 45; n += 1) cache.one(padded(n), 'identity')
  expect(cache.one(text, 'identity')).toBe(first)
  for (let n = 45; n < 90; n += 1) cache.one(padded(n), 'identity')
  expect(cache.one(text, 'identity')).not.toBe(first)
})
