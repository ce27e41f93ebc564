// Trust policies: who may assume a role, and whether the policy names the caller itself.
import { describe, expect, test } from 'vitest'
import { compilePolicy } from '../../src/policies/iam/compile-policy.ts'
import { claimName } from '../../src/policies/iam/condition-keys.ts'
import { evaluateTrust } from '../../src/policies/iam/evaluate.ts'
import type { TrustCaller } from '../../src/policies/iam/principals.ts'
import { createRequestContext, type RequestFacts } from '../../src/policies/iam/request-context.ts'
import { ACCOUNT, alice, FACTS, session } from './iam-policies.ts'

const root: TrustCaller = { kind: 'root', arn: `arn:aws:iam::${ACCOUNT}:root`, accountId: ACCOUNT }
const provider: TrustCaller = {
  kind: 'federated',
  providerArn: `arn:aws:iam::${ACCOUNT}:oidc-provider/id.example.com/app`,
  url: 'id.example.com/app',
}

function trust(Principal: unknown, more: Readonly<Record<string, unknown>> = {}): string {
  const statement = { Effect: 'Allow', Action: 'sts:*', Principal, ...more }
  return JSON.stringify({ Version: '2012-10-17', Statement: statement })
}

function ask(text: string, caller: TrustCaller, facts: Partial<RequestFacts> = {}) {
  const action = caller.kind === 'federated' ? 'sts:AssumeRoleWithWebIdentity' : 'sts:AssumeRole'
  const context = createRequestContext({ ...FACTS, ...facts })
  return evaluateTrust(compilePolicy(text, 'trust'), { action, caller, context })
}

const SELF = { allowed: true, isExplicitDeny: false, namesCaller: true }
const ACCOUNT_ONLY = { allowed: true, isExplicitDeny: false, namesCaller: false }
const NO = { allowed: false, isExplicitDeny: false, namesCaller: false }
const DENIED = { allowed: false, isExplicitDeny: true, namesCaller: false }

test.each<[unknown, TrustCaller, typeof SELF]>([
  ['*', alice, ACCOUNT_ONLY],
  [{ AWS: '*' }, alice, ACCOUNT_ONLY],
  ['*', root, SELF],
  ['*', provider, SELF],
  [{ AWS: ACCOUNT }, alice, ACCOUNT_ONLY],
  [{ AWS: '000000000000' }, alice, NO],
  [{ AWS: `arn:aws:iam::${ACCOUNT}:root` }, session, ACCOUNT_ONLY],
  [{ AWS: `arn:aws:iam::${ACCOUNT}:root` }, root, SELF],
  [{ AWS: `arn:aws:iam::${ACCOUNT}:root` }, provider, NO],
  [{ AWS: alice.arn }, alice, SELF],
  [{ AWS: [alice.arn, ACCOUNT] }, alice, SELF],
  [{ AWS: `arn:aws:iam::${ACCOUNT}:user/alice` }, alice, NO],
  [{ AWS: alice.arn }, session, NO],
  [{ AWS: `arn:aws:iam::${ACCOUNT}:role/chat` }, session, SELF],
  [{ AWS: `arn:aws:iam::${ACCOUNT}:role/web/chat` }, session, SELF],
  [{ AWS: `arn:aws:iam::${ACCOUNT}:role/other` }, session, NO],
  [{ AWS: 'arn:aws:iam::000000000000:role/chat' }, session, NO],
  [{ AWS: session.arn }, session, SELF],
  [{ AWS: `arn:aws:sts::${ACCOUNT}:assumed-role/chat/other` }, session, NO],
  [{ Federated: provider.providerArn }, provider, SELF],
  [{ Federated: 'id.example.com/app' }, provider, SELF],
  [{ Federated: 'id.example.com' }, provider, NO],
  [{ Federated: provider.providerArn }, alice, NO],
  [{ Service: 'lambda.amazonaws.com' }, alice, NO],
  [{ Service: 'lambda.amazonaws.com', AWS: alice.arn }, alice, SELF],
])('Principal %j', (Principal, caller, expected) => {
  expect(ask(trust(Principal), caller)).toEqual(expected)
})

test('a Deny wins, also over the account and for all but a few', () => {
  const allow = { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { AWS: ACCOUNT } }
  const deny = { Effect: 'Deny', Action: 'sts:AssumeRole', Principal: { AWS: alice.arn } }
  const text = JSON.stringify({ Statement: [allow, deny] })
  expect(ask(text, alice)).toEqual(DENIED)
  expect(ask(text, session)).toEqual(ACCOUNT_ONLY)
  const others = { Effect: 'Deny', Action: 'sts:*', NotPrincipal: { AWS: alice.arn } }
  const onlyAlice = JSON.stringify({ Statement: [allow, others] })
  expect(ask(onlyAlice, alice)).toEqual(ACCOUNT_ONLY)
  expect(ask(onlyAlice, session)).toEqual(DENIED)
})

test('only the action that it names', () => {
  const text = trust({ AWS: alice.arn }, { Action: 'sts:TagSession' })
  expect(ask(text, alice)).toEqual(NO)
})

describe('conditions', () => {
  test('on the claims of a web identity', () => {
    const Condition = {
      StringEquals: { 'id.example.com/app:aud': 'web', 'ID.example.com/app:SUB': 'u1' },
      'ForAnyValue:StringEquals': { 'id.example.com/app:amr': 'mfa' },
    }
    const text = trust({ Federated: provider.providerArn }, { Condition })
    const claims = (sub: string) =>
      new Map<string, string | readonly string[]>([
        [claimName(provider.url, 'aud'), 'web'],
        [claimName(provider.url, 'sub'), sub],
        [claimName(provider.url, 'amr'), ['pwd', 'mfa']],
      ])
    expect(ask(text, provider, { claims: claims('u1') })).toEqual(SELF)
    expect(ask(text, provider, { claims: claims('u2') })).toEqual(NO)
    expect(ask(text, provider)).toEqual(NO)
  })

  test('a claim with several values is not the one that was asked for', () => {
    const Condition = { StringEquals: { 'localhost:8080:aud': 'web' } }
    const text = trust('*', { Condition })
    const name = claimName('localhost:8080', 'aud')
    expect(ask(text, provider, { claims: new Map([[name, ['web']]]) })).toEqual(SELF)
    expect(ask(text, provider, { claims: new Map([[name, ['web', 'other']]]) })).toEqual(NO)
  })

  test('on what AssumeRole is asked with', () => {
    const Condition = {
      StringEquals: { 'sts:ExternalId': 'x1', 'aws:RequestTag/team': 'red' },
      StringLike: { 'sts:RoleSessionName': '${aws:username}-*' },
    }
    const text = trust({ AWS: alice.arn }, { Condition })
    const facts = {
      externalId: 'x1',
      roleSessionName: 'alice-1',
      requestTags: new Map([['team', 'red']]),
    }
    expect(ask(text, alice, facts)).toEqual(SELF)
    expect(ask(text, alice, { ...facts, roleSessionName: 'bob-1' })).toEqual(NO)
    expect(ask(text, alice, { ...facts, externalId: undefined })).toEqual(NO)
  })
})

test.each<[Readonly<Record<string, unknown>>, string]>([
  [{ Principal: undefined }, 'needs Principal or NotPrincipal'],
  [{ Principal: {} }, 'Statement[0].Principal'],
  [{ Principal: 'alice' }, 'Statement[0].Principal'],
  [{ Principal: { Aws: '*' } }, 'not one of AWS, Federated and Service'],
  [{ Principal: { AWS: [] } }, 'must not be an empty list'],
  [{ Principal: { AWS: 'alice' } }, 'invalid principal alice'],
  [{ Principal: { AWS: `arn:aws:iam::${ACCOUNT}:user/*` } }, 'invalid principal'],
  [{ Principal: { AWS: `arn:aws:iam::${ACCOUNT}:group/x` } }, 'invalid principal'],
  [{ Principal: { AWS: 7 } }, 'invalid principal 7'],
  [{ Principal: { Federated: '*' } }, 'invalid principal *'],
  [{ Principal: { CanonicalUser: 'x' } }, 'not one of'],
  [{ Resource: '*' }, 'no place in a trust policy'],
  [{ NotResource: '*' }, 'no place in a trust policy'],
  [{ Action: '*' }, 'not an action of sts'],
  [{ Action: 'chime:Connect' }, 'not an action of sts'],
  [{ Principal: undefined, NotPrincipal: '*' }, 'with the Effect "Deny" only'],
  [{ Condition: { StringEquals: { 's3:prefix': 'x' } } }, 's3:prefix'],
])('refuses %j', (statement, expected) => {
  expect(() => compilePolicy(trust('*', statement), 'trust')).toThrow(expected)
})
