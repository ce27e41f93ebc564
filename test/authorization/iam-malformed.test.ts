// Documents that are refused: each with the place and the rule, and nothing is ever skipped.
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { compilePolicy, policyCharactersCount } from '../../src/policies/iam/compile-policy.ts'
import {
  conditionKeyOf,
  SUPPORTED_KEYS,
  type PolicyKind,
} from '../../src/policies/iam/condition-keys.ts'
import { operators } from '../../src/policies/iam/operators.ts'
import { MalformedPolicy } from '../../src/policies/iam/malformed-policy.ts'
import { policyText } from './iam-policies.ts'

function refusalOf(text: string, kind: PolicyKind = 'identity'): string {
  try {
    compilePolicy(text, kind)
  } catch (error) {
    if (error instanceof MalformedPolicy) return error.message
    throw error
  }
  throw new Error(`accepted: ${text}`)
}

const inCondition = (Condition: unknown) => policyText({ Condition })

/** A policy that is as long as its Id makes it. */
function policyWithId(id: string) {
  const statement = { Effect: 'Allow', Action: '*', Resource: '*' }
  return { Id: id, Version: '2012-10-17', Statement: [statement] }
}

describe('documents', () => {
  test.each([
    ['', 'not JSON'],
    ['{', 'not JSON'],
    ['[]', 'must be a JSON object'],
    ['null', 'must be a JSON object'],
    ['{"Statement":[]} x', 'not JSON'],
    ["{'Statement':[]}", 'not JSON'],
    ['{"Statement":[],}', 'not JSON'],
    ['{"Id":"\\x","Statement":[]}', 'not JSON'],
    ['{"Id":"a\nb"}', 'not JSON'],
    ['{"Id":"unfinished\\', 'not JSON'],
    ['{"Id":01}', 'not JSON'],
    ['{}', 'Statement: it is missing'],
    ['{"Statement":[]}', 'Statement: it must not be an empty list'],
    ['{"Statement":["x"]}', 'Statement[0]: it must be an object'],
    ['{"Version":"2013-01-01","Statement":{}}', 'at Version'],
    ['{"Version":null,"Statement":{}}', 'at Version'],
    ['{"Id":7,"Statement":{}}', 'at Id'],
    ['{"version":"2012-10-17","Statement":{}}', 'at version'],
    [
      '{"Statement":{"Effect":"Deny","Effect":"Allow","Action":"*","Resource":"*"}}',
      'key "Effect" twice',
    ],
    ['{"Statement":{"\\u0045ffect":"Deny","Effect":"Allow"}}', 'key "Effect" twice'],
    ['['.repeat(100_000), 'longer than 10240 characters'],
    ['['.repeat(10_000), 'nested deeper'],
    [' '.repeat(131_073), 'longer than'],
  ])('%.60s', (text, expected) => {
    expect(refusalOf(text)).toContain(expected)
  })

  test('are counted without white space, and refused one character past the bound', () => {
    for (const [kind, max] of [
      ['identity', 10_240],
      ['session', 2_048],
    ] as const) {
      const frame = policyCharactersCount(JSON.stringify(policyWithId('')))
      const fitting = JSON.stringify(policyWithId('i'.repeat(max - frame)), null, 8)
      expect(policyCharactersCount(fitting)).toBe(max)
      expect(compilePolicy(fitting, kind).statements).toHaveLength(1)
      const long = JSON.stringify(policyWithId('i'.repeat(max - frame + 1)))
      expect(refusalOf(long, kind)).toBe(`The policy is longer than ${max} characters`)
    }
  })

  test('hold at most 200 statements', () => {
    const short = '{"Effect":"Deny","Action":"*","Resource":"*"}'
    const of = (count: number) => `{"Statement":[${Array(count).fill(short).join(',')}]}`
    expect(compilePolicy(of(200), 'identity').statements).toHaveLength(200)
    expect(refusalOf(of(201))).toContain('more than 200 statements')
  })

  test('may be of the older version, and hold one statement without a list', () => {
    const Statement = { Sid: '', Effect: 'Allow', Action: 's3:*', Resource: '*' }
    expect(
      compilePolicy(JSON.stringify({ Id: 'x', Statement }), 'identity').statements,
    ).toHaveLength(1)
  })
})

describe('statements', () => {
  test.each<[Readonly<Record<string, unknown>>, string]>([
    [{ Effect: 'allow' }, 'Statement[0].Effect'],
    [{ Effect: undefined }, 'Statement[0].Effect'],
    [{ Sid: 'not allowed' }, 'Statement[0].Sid'],
    [{ Sid: 1 }, 'Statement[0].Sid'],
    [{ Actions: '*' }, 'Statement[0].Actions: it is not an element'],
    [{ Action: [] }, 'Statement[0].Action: it must not be an empty list'],
    [{ Action: 'Send' }, 'not service:Action'],
    [{ Action: 'ch*:Send' }, 'not service:Action'],
    [{ Action: 'chime:Send Message' }, 'not service:Action'],
    [{ Action: 1 }, 'must be a string or a list of strings'],
    [{ Action: '*', NotAction: '*' }, 'both Action and NotAction'],
    [{ Resource: '*', NotResource: '*' }, 'both Resource and NotResource'],
    [{ Action: '*', Resource: [] }, 'Statement[0].Resource: it must not be an empty list'],
    [{ Resource: '' }, 'neither "*" nor an ARN'],
    [{ Resource: 'lobby' }, 'neither "*" nor an ARN'],
    [{ Resource: 'arn:aws:chime:*' }, 'neither "*" nor an ARN'],
    [{ Resource: 'arn:aws:chime:us-east-1:${aws:PrincipalAccount}:x' }, 'neither "*" nor an ARN'],
    [{ Resource: '${aws:PrincipalArn}' }, 'neither "*" nor an ARN'],
    [{ Resource: '**' }, 'neither "*" nor an ARN'],
    [{ Resource: 'arn:aws:chime:::user/${aws:username' }, 'variable that is not closed'],
    [{ Resource: 'arn:aws:chime:::user/${}' }, 'malformed variable'],
    [{ Resource: "arn:aws:chime:::user/${aws:username, 'x}" }, 'malformed variable'],
    [{ Resource: 'arn:aws:chime:::user/${aws:PrincipalOrgID}' }, 'aws:PrincipalOrgID'],
    [{ Resource: 'arn:aws:chime:::user/${aws:TagKeys}' }, 'several values'],
    [{ Resource: `arn:aws:chime:::${'${aws:username}'.repeat(17)}` }, 'more than 16 variables'],
    [{ Principal: '*' }, 'trust policies only'],
    [{ NotPrincipal: '*' }, 'trust policies only'],
    [{ Condition: [] }, 'Statement[0].Condition: it must be an object'],
    [{ Condition: { StringEquals: {} } }, 'Statement[0].Condition.StringEquals'],
    [{ Condition: { StringEquals: 'x' } }, 'Statement[0].Condition.StringEquals'],
  ])('%j', (statement, expected) => {
    expect(refusalOf(policyText(statement))).toContain(expected)
  })

  test.each([
    ['{"Effect":"Allow","Resource":"*"}', 'needs Action or NotAction'],
    ['{"Effect":"Allow","Action":"*"}', 'needs Resource or NotResource'],
  ])('%s', (statement, expected) => {
    for (const kind of ['identity', 'session'] as const) {
      expect(refusalOf(`{"Statement":[${statement}]}`, kind)).toContain(expected)
    }
  })

  test('two of one name', () => {
    const text = policyText({ Sid: 'one' }, { Sid: 'two' }, { Sid: 'one' })
    expect(refusalOf(text)).toContain('Statement[2].Sid: it is used twice')
  })
})

describe('conditions', () => {
  test.each<[Readonly<Record<string, unknown>>, string]>([
    [{ StringMatches: { 'aws:username': 'x' } }, 'unsupported operator "StringMatches"'],
    [{ BinaryEquals: { 'aws:username': 'x' } }, 'unsupported operator'],
    [{ 'ForSomeValues:StringEquals': { 'aws:username': 'x' } }, 'unsupported operator'],
    [{ StringEqualsIfExistsIfExists: { 'aws:username': 'x' } }, 'unsupported operator'],
    [{ 'ForAllValues:Null': { 'aws:username': 'true' } }, 'Null with something else'],
    [{ NullIfExists: { 'aws:username': 'true' } }, 'Null with something else'],
    [{ Null: { 'aws:username': 'yes' } }, 'must be true or false'],
    [{ StringEquals: { 'aws:TagKeys': 'x' } }, 'without ForAllValues or ForAnyValue'],
    [{ StringEquals: { 'aws:username': [] } }, 'must not be an empty list'],
    [{ StringEquals: { 'aws:username': null } }, 'must be a string, a number'],
    [{ StringEquals: { 'aws:username': { a: 'b' } } }, 'must be a string, a number'],
    [{ StringEquals: { 'aws:MultiFactorAuthPresent': 'true' } }, 'aws:MultiFactorAuthPresent'],
    [{ StringEquals: { 's3:prefix': 'x' } }, 's3:prefix'],
    [{ StringEquals: { 'aws:PrincipalTag/': 'x' } }, 'aws:PrincipalTag/'],
    [{ StringEquals: { 'accounts.example.com:sub': 'x' } }, 'accounts.example.com:sub'],
    [{ NumericLessThan: { 'aws:EpochTime': 'soon' } }, 'must be a number'],
    [{ NumericLessThan: { 'aws:EpochTime': '0x10' } }, 'must be a number'],
    [{ DateLessThan: { 'aws:CurrentTime': 'tomorrow' } }, 'must be a date'],
    [{ DateLessThan: { 'aws:CurrentTime': '2026-13-01' } }, 'must be a date'],
    [{ Bool: { 'aws:SecureTransport': 'maybe' } }, 'must be true or false'],
    [{ IpAddress: { 'aws:SourceIp': '192.0.2.0/33' } }, 'must be an IP address'],
    [{ IpAddress: { 'aws:SourceIp': '192.0.2.0/' } }, 'must be an IP address'],
    [{ IpAddress: { 'aws:SourceIp': '::ffff:192.0.2.0/120' } }, 'must be an IP address'],
    [{ IpAddress: { 'aws:SourceIp': '192.0.2.*' } }, 'must be an IP address'],
    [{ IpAddress: { 'aws:SourceIp': '${aws:PrincipalTag/ip}' } }, 'uses a variable'],
    [{ ArnLike: { 'aws:PrincipalArn': 'alice' } }, 'must be an ARN'],
    [{ ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::${aws:userid}:x' } }, 'must be an ARN'],
  ])('%j', (condition, expected) => {
    expect(refusalOf(inCondition(condition))).toContain(expected)
  })
})

test('the page about policies lists every key and operator', () => {
  const page = readFileSync(new URL('../../docs/iam-policies.md', import.meta.url), 'utf8')
  const keys = SUPPORTED_KEYS.filter((key) => !page.includes(`\`${key}\``))
  expect(keys).toEqual([])
  // Comparisons of dates are the six of numbers.
  const names = [...operators.values()].map(({ name }) => name.replace(/^Date/, 'Numeric'))
  expect(names.filter((name) => !page.includes(`\`${name}\``))).toEqual([])
  for (const key of SUPPORTED_KEYS) {
    expect(conditionKeyOf(key.replace('…', 'x'), 'identity', '').family).toMatch(/^(aws|sts):/)
  }
})
