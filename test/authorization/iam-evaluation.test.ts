// What policies allow: every operator, absent keys, lists, variables, wildcards, and who wins.
import { describe, expect, test } from 'vitest'
import { compilePolicy } from '../../src/policies/iam/compile-policy.ts'
import { decideAccess } from '../../src/policies/iam/evaluate.ts'
import type { RequestFacts } from '../../src/policies/iam/request-context.ts'
import { ACCOUNT, APP, isAllowed, policyText, requestFor, session } from './iam-policies.ts'

type Facts = Partial<RequestFacts>

const lobby = `${APP}/channel/lobby`

describe('actions', () => {
  test.each([
    ['*', true],
    ['chime:*', true],
    ['chime:SendChannelMessage', true],
    ['CHIME:sendchannelMESSAGE', true],
    ['chime:Send*', true],
    ['chime:*Message', true],
    ['chime:SendChannelMessag?', true],
    ['chime:SendChannelMessage?', false],
    ['chime:Send', false],
    ['s3:*', false],
    [['s3:*', 'chime:Send*'], true],
  ])('Action %j: %s', (Action, expected) => {
    expect(isAllowed(policyText({ Action }))).toBe(expected)
  })

  test.each([
    ['chime:SendChannelMessage', false],
    ['chime:*', false],
    ['chime:Delete*', true],
    [['iam:*', 'chime:send*'], false],
  ])('NotAction %j: %s', (NotAction, expected) => {
    expect(isAllowed(policyText({ NotAction }))).toBe(expected)
  })
})

describe('resources', () => {
  test.each([
    ['*', lobby, true],
    [lobby, lobby, true],
    [`${APP}/channel/*`, lobby, true],
    [`${APP}/*`, lobby, true],
    [`${APP}/channel/lobb?`, lobby, true],
    [`${APP}/channel/LOBBY`, lobby, false],
    [`${APP}/user/*`, lobby, false],
    ['arn:aws:chime:*:*:app-instance/one/channel/lobby', lobby, true],
    ['arn:aws:chime:us-east-1::app-instance/one/channel/lobby', lobby, false],
    // A wildcard stays within its component, and the last one takes colons, too.
    [`arn:aws:chime:*:app-instance/one/channel/lobby:x`, lobby, false],
    [`arn:aws:chime:*:*:*`, `${APP}/user/us-east-1:abc`, true],
    [`arn:aws:iam::*:user/dev/*`, `arn:aws:iam::${ACCOUNT}:user/evil/x:user/dev/bob`, false],
    // What has no resource is only reached by "*", and a list by its own wildcard.
    [`${APP}/*`, '*', false],
    ['*', '*', true],
    [`${APP}/user/*`, `${APP}/user/*`, true],
    [`${APP}/user/alice`, `${APP}/user/*`, false],
  ])('Resource %j and %s: %s', (Resource, resource, expected) => {
    expect(isAllowed(policyText({ Resource }), {}, resource)).toBe(expected)
  })

  test.each([
    [lobby, false],
    [`${APP}/user/*`, true],
    [[`${APP}/user/*`, lobby], false],
    ['*', false],
  ])('NotResource %j: %s', (NotResource, expected) => {
    expect(isAllowed(policyText({ NotResource }))).toBe(expected)
  })
})

describe('variables', () => {
  test.each<[string, string, Facts, boolean]>([
    ['${aws:username}', 'alice', {}, true],
    ['${aws:username}', 'bob', {}, false],
    ['${AWS:UserName}', 'alice', {}, true],
    ['${aws:userid}', 'AIDAALICE', {}, true],
    ['${aws:PrincipalTag/team}', 'red', {}, true],
    ['${aws:PrincipalTag/TEAM}', 'red', {}, true],
    ['x-${aws:PrincipalTag/team}-*', 'x-red-1', {}, true],
    ['${aws:PrincipalTag/user}', 'alice', { principal: session }, true],
    // Nobody is anybody: a session has no user name, and nobody has this tag.
    ['${aws:username}', '', { principal: session }, false],
    ['${aws:PrincipalTag/none}*', 'alice', {}, false],
    ["${aws:PrincipalTag/none, 'guest'}", 'guest', {}, true],
    ["${aws:PrincipalTag/team, 'guest'}", 'guest', {}, false],
    // The value of a tag is only ever itself.
    ['${aws:PrincipalTag/pattern}', 'anything', {}, false],
    ['${aws:PrincipalTag/pattern}', '*', {}, true],
    ["${aws:PrincipalTag/none, '*'}", 'anything', {}, false],
    ['${*}', '*', {}, true],
    ['${*}', 'a', {}, false],
    ['${?}', 'a', {}, false],
    ['${$}{aws:username}', '${aws:username}', {}, true],
    ['$5', '$5', {}, true],
  ])('user/%s and user/%s', (pattern, id, facts, expected) => {
    const Resource = `${APP}/user/${pattern}`
    expect(isAllowed(policyText({ Resource }), facts, `${APP}/user/${id}`)).toBe(expected)
  })

  test('an older document takes them as text', () => {
    const Resource = `${APP}/user/\${aws:username}`
    const Statement = { Effect: 'Allow', Action: '*', Resource }
    for (const Version of ['2008-10-17', undefined]) {
      const text = JSON.stringify({ Version, Statement })
      expect(isAllowed(text, {}, `${APP}/user/alice`)).toBe(false)
      expect(isAllowed(text, {}, Resource)).toBe(true)
    }
  })

  test('one without a value keeps the whole statement out, also a negated one', () => {
    const own = `${APP}/user/\${aws:PrincipalTag/none}`
    expect(isAllowed(policyText({ Resource: [own, '*'] }))).toBe(false)
    expect(isAllowed(policyText({ NotResource: own }))).toBe(false)
    const Condition = { StringNotEquals: { 'aws:username': '${aws:PrincipalTag/none}' } }
    expect(isAllowed(policyText({ Condition }))).toBe(false)
  })
})

const tags = (...pairs: readonly [string, string][]): Facts => ({
  requestTags: new Map(pairs),
  tagKeys: pairs.map(([key]) => key),
})

describe('operators', () => {
  const none: Facts = {}
  const mapped: Facts = { remoteAddress: '::ffff:192.0.2.7' }
  const v6: Facts = { remoteAddress: '2001:db8::7%eth0' }

  test.each<[string, Readonly<Record<string, unknown>>, Facts, boolean]>([
    ['StringEquals', { 'aws:username': 'alice' }, none, true],
    ['StringEquals', { 'AWS:USERNAME': 'alice' }, none, true],
    ['StringEquals', { 'aws:username': 'Alice' }, none, false],
    ['StringEquals', { 'aws:username': ['bob', 'alice'] }, none, true],
    ['StringEquals', { 'aws:username': '*' }, none, false],
    ['StringEquals', { 'aws:PrincipalTag/pattern': '${*}' }, none, true],
    [
      'StringEquals',
      { 'aws:RequestTag/team': '${aws:PrincipalTag/team}' },
      tags(['team', 'red']),
      true,
    ],
    [
      'StringEquals',
      { 'aws:RequestTag/team': '${aws:PrincipalTag/team}' },
      tags(['team', 'blue']),
      false,
    ],
    ['StringEquals', { 'aws:RequestTag/team': 'red' }, none, false],
    ['StringEqualsIfExists', { 'aws:RequestTag/team': 'red' }, none, true],
    ['StringEqualsIfExists', { 'aws:RequestTag/team': '${aws:PrincipalTag/none}' }, none, true],
    ['StringEqualsIfExists', { 'aws:RequestTag/team': 'red' }, tags(['team', 'blue']), false],
    ['StringNotEquals', { 'aws:username': 'bob' }, none, true],
    ['StringNotEquals', { 'aws:username': ['bob', 'alice'] }, none, false],
    ['StringNotEquals', { 'aws:RequestTag/team': 'red' }, none, true],
    ['StringNotEqualsIfExists', { 'aws:RequestTag/team': 'red' }, none, true],
    ['StringEqualsIgnoreCase', { 'aws:username': 'ALICE' }, none, true],
    ['StringNotEqualsIgnoreCase', { 'aws:username': 'ALICE' }, none, false],
    ['StringLike', { 'aws:username': 'al*' }, none, true],
    ['StringLike', { 'aws:username': 'alic?' }, none, true],
    ['StringLike', { 'aws:username': 'AL*' }, none, false],
    ['StringLike', { 'aws:username': '${aws:PrincipalTag/pattern}' }, none, false],
    ['StringNotLike', { 'aws:username': 'al*' }, none, false],
    ['StringNotLike', { 'aws:RequestTag/team': '*' }, none, true],
    ['NumericEquals', { 'aws:EpochTime': 1_795_316_400 }, none, true],
    ['NumericNotEquals', { 'aws:EpochTime': '1795316400' }, none, false],
    ['NumericLessThan', { 'aws:EpochTime': '1795316400' }, none, false],
    ['NumericLessThanEquals', { 'aws:EpochTime': '1795316400' }, none, true],
    ['NumericGreaterThan', { 'aws:RequestTag/n': '9' }, tags(['n', '10']), true],
    ['NumericGreaterThanEquals', { 'aws:RequestTag/n': '10.0' }, tags(['n', '10']), true],
    ['NumericLessThan', { 'aws:RequestTag/n': '9' }, tags(['n', 'many']), false],
    ['DateEquals', { 'aws:CurrentTime': '2026-11-22T03:00:00Z' }, none, true],
    ['DateNotEquals', { 'aws:CurrentTime': '2026-11-22T03:00:00Z' }, none, false],
    ['DateLessThan', { 'aws:CurrentTime': '2026-11-22T04:30:00+01:00' }, none, true],
    ['DateLessThanEquals', { 'aws:EpochTime': '2026-11-22T03:00:00Z' }, none, true],
    ['DateGreaterThan', { 'aws:CurrentTime': '2026-11-22' }, none, true],
    ['DateGreaterThan', { 'aws:CurrentTime': 1_795_316_400 }, none, false],
    ['DateGreaterThanEquals', { 'aws:CurrentTime': '1795316400' }, none, true],
    ['Bool', { 'aws:SecureTransport': 'true' }, none, true],
    ['Bool', { 'aws:SecureTransport': false }, none, false],
    ['Bool', { 'aws:SecureTransport': false }, { isSecure: undefined }, false],
    ['BoolIfExists', { 'aws:SecureTransport': false }, { isSecure: undefined }, true],
    ['IpAddress', { 'aws:SourceIp': '192.0.2.0/24' }, none, true],
    ['IpAddress', { 'aws:SourceIp': '192.0.2.7' }, mapped, true],
    ['IpAddress', { 'aws:SourceIp': '192.0.2.99/24' }, none, true],
    ['IpAddress', { 'aws:SourceIp': '0.0.0.0/0' }, none, true],
    ['IpAddress', { 'aws:SourceIp': '192.0.3.0/24' }, none, false],
    ['IpAddress', { 'aws:SourceIp': ['10.0.0.0/8', '2001:DB8::/32'] }, v6, true],
    ['IpAddress', { 'aws:SourceIp': '::/0' }, none, false],
    ['NotIpAddress', { 'aws:SourceIp': '192.0.2.0/24' }, none, false],
    ['NotIpAddress', { 'aws:SourceIp': '192.0.2.0/24' }, v6, true],
    ['NotIpAddress', { 'aws:SourceIp': '192.0.2.0/24' }, { remoteAddress: '' }, true],
    ['ArnEquals', { 'aws:PrincipalArn': `arn:aws:iam::${ACCOUNT}:user/people/alice` }, none, true],
    ['ArnEquals', { 'aws:PrincipalArn': 'arn:aws:iam::*:user/people/*' }, none, true],
    ['ArnLike', { 'aws:PrincipalArn': 'arn:aws:iam::*:user/${aws:username}' }, none, false],
    ['ArnLike', { 'aws:PrincipalArn': 'arn:aws:iam::*:user/*/${aws:username}' }, none, true],
    ['ArnLike', { 'aws:PrincipalArn': '${aws:PrincipalArn}' }, none, true],
    ['ArnNotEquals', { 'aws:PrincipalArn': 'arn:aws:iam::*:user/people/*' }, none, false],
    ['ArnNotLike', { 'aws:PrincipalArn': 'arn:aws:iam::*:role/*' }, none, true],
    [
      'ArnEquals',
      { 'aws:PrincipalArn': `arn:aws:iam::${ACCOUNT}:role/web/chat` },
      { principal: session, roleArn: `arn:aws:iam::${ACCOUNT}:role/web/chat` },
      true,
    ],
    ['Null', { 'aws:RequestTag/team': 'true' }, none, true],
    ['Null', { 'aws:RequestTag/team': false }, none, false],
    ['Null', { 'aws:RequestTag/team': 'false' }, tags(['team', '']), true],
    ['Null', { 'aws:TagKeys': 'true' }, none, true],
    ['ForAllValues:StringEquals', { 'aws:TagKeys': ['a', 'b'] }, tags(['a', ''], ['b', '']), true],
    ['ForAllValues:StringEquals', { 'aws:TagKeys': ['a', 'b'] }, tags(['a', ''], ['c', '']), false],
    ['ForAllValues:StringEquals', { 'aws:TagKeys': 'a' }, none, true],
    ['ForAllValues:StringNotEquals', { 'aws:TagKeys': 'a' }, tags(['a', ''], ['c', '']), false],
    ['ForAllValues:StringNotEquals', { 'aws:TagKeys': 'a' }, tags(['b', ''], ['c', '']), true],
    ['ForAllValues:StringLike', { 'aws:TagKeys': 'x*' }, tags(['x1', ''], ['x2', '']), true],
    ['ForAnyValue:StringEquals', { 'aws:TagKeys': ['a', 'b'] }, tags(['a', ''], ['c', '']), true],
    ['ForAnyValue:StringEquals', { 'aws:TagKeys': ['a', 'b'] }, tags(['c', '']), false],
    ['ForAnyValue:StringEquals', { 'aws:TagKeys': 'a' }, none, false],
    ['ForAnyValue:StringEqualsIfExists', { 'aws:TagKeys': 'a' }, none, false],
    ['ForAnyValue:StringNotEquals', { 'aws:TagKeys': 'a' }, tags(['a', ''], ['c', '']), true],
    ['ForAnyValue:StringNotEquals', { 'aws:TagKeys': 'a' }, tags(['a', '']), false],
    ['ForAnyValue:StringNotEquals', { 'aws:TagKeys': 'a' }, none, false],
    ['ForAnyValue:StringEquals', { 'aws:username': 'alice' }, none, true],
    ['forallvalues:stringequals', { 'aws:username': ['alice', 'bob'] }, none, true],
    ['StringEquals', { 'aws:PrincipalType': 'User' }, none, true],
    ['StringEquals', { 'aws:PrincipalType': 'AssumedRole' }, { principal: session }, true],
    ['StringEquals', { 'aws:PrincipalAccount': ACCOUNT }, none, true],
    ['StringEquals', { 'aws:RequestedRegion': 'us-east-1' }, none, true],
    ['StringEquals', { 'aws:userid': 'AROACHAT:browser' }, { principal: session }, true],
    ['StringLike', { 'aws:userid': 'AROACHAT:*' }, { principal: session }, true],
    ['Bool', { 'aws:ViaAWSService': 'false' }, none, true],
    [
      'StringEquals',
      { 'aws:ResourceTag/owner': 'alice' },
      { resourceTags: new Map([['Owner', 'alice']]) },
      true,
    ],
    ['StringEquals', { 'aws:ResourceTag/owner': 'alice' }, { resourceTags: new Map() }, false],
    // Names that objects inherit are no tags.
    ['Null', { 'aws:ResourceTag/__proto__': 'false' }, { resourceTags: new Map() }, false],
    ['Null', { 'aws:PrincipalTag/constructor': 'false' }, none, false],
    ['StringEquals', { 'aws:username': 'alice', 'aws:PrincipalTag/team': 'red' }, none, true],
    ['StringEquals', { 'aws:username': 'alice', 'aws:PrincipalTag/team': 'blue' }, none, false],
  ])('%s %j with %j: %s', (operator, keys, facts, expected) => {
    const text = policyText({ Condition: { [operator]: keys } })
    expect(isAllowed(text, facts)).toBe(expected)
    // The same condition decides whether a Deny applies.
    const denial = policyText({}, { Effect: 'Deny', Condition: { [operator]: keys } })
    expect(isAllowed(denial, facts)).toBe(!expected)
  })

  test('all operators of a statement must hold', () => {
    const Condition = {
      StringEquals: { 'aws:username': 'alice' },
      IpAddress: { 'aws:SourceIp': '192.0.2.0/24' },
    }
    expect(isAllowed(policyText({ Condition }))).toBe(true)
    expect(isAllowed(policyText({ Condition }), { remoteAddress: '192.0.3.1' })).toBe(false)
  })
})

describe('who wins', () => {
  const allow = compilePolicy(policyText({}), 'identity')
  const deny = compilePolicy(policyText({ Effect: 'Deny' }), 'identity')
  const other = compilePolicy(policyText({ Action: 's3:*' }), 'identity')
  const sessionAllow = compilePolicy(policyText({}), 'session')
  const sessionDeny = compilePolicy(policyText({ Effect: 'Deny' }), 'session')
  const sessionOther = compilePolicy(policyText({ Action: 's3:*' }), 'session')
  const request = requestFor('SendChannelMessage', lobby)

  test.each([
    ['an Allow', [allow], undefined, { allowed: true }],
    ['no policy', [], undefined, { allowed: false, reason: 'no-allow', by: 'identity' }],
    ['nothing fitting', [other], undefined, { allowed: false, reason: 'no-allow', by: 'identity' }],
    [
      'a Deny after',
      [allow, deny],
      undefined,
      { allowed: false, reason: 'explicit-deny', by: 'identity' },
    ],
    [
      'a Deny before',
      [deny, allow],
      undefined,
      { allowed: false, reason: 'explicit-deny', by: 'identity' },
    ],
    ['both allow', [allow], sessionAllow, { allowed: true }],
    [
      'the session does not',
      [allow],
      sessionOther,
      { allowed: false, reason: 'no-allow', by: 'session' },
    ],
    [
      'the session denies',
      [allow],
      sessionDeny,
      { allowed: false, reason: 'explicit-deny', by: 'session' },
    ],
    [
      'only the session allows',
      [other],
      sessionAllow,
      { allowed: false, reason: 'no-allow', by: 'identity' },
    ],
  ])('%s', (_title, identity, sessionPolicy, expected) => {
    expect(decideAccess(identity, sessionPolicy, request)).toEqual(expected)
  })

  test('a former name of an action counts, and denies', () => {
    const former = {
      ...request,
      actions: [
        'chime:putmessagingstreamingconfigurations',
        'chime:putappinstancestreamingconfigurations',
      ],
    }
    const Action = 'chime:PutAppInstanceStreamingConfigurations'
    const byOldName = compilePolicy(policyText({ Action }), 'identity')
    const denied = compilePolicy(policyText({ Effect: 'Deny', Action }), 'identity')
    const others = compilePolicy(policyText({ NotAction: Action }), 'identity')
    expect(decideAccess([byOldName], undefined, former).allowed).toBe(true)
    expect(decideAccess([allow, denied], undefined, former).allowed).toBe(false)
    expect(decideAccess([others], undefined, former).allowed).toBe(false)
  })
})
