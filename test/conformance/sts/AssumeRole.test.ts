// AssumeRole: who may, what is asked for and refused, and what the session then is.
import type { AssumeRoleRequest } from '@aws-sdk/client-sts'
import { expect } from 'vitest'
import type { Credentials } from '../../harness/start-server.ts'
import { casesOf } from '../kit/conformance-case.ts'
import {
  allow,
  credentialsOf,
  failsAs,
  policy,
  trustAccount,
  useStsWorld,
  type TestRole,
} from '../kit/sts-world.ts'

const world = useStsWorld()
const given = casesOf('AssumeRole')

/** Asks as `credentials`, root unless told otherwise. */
function assume(role: TestRole, input: Partial<AssumeRoleRequest> = {}, credentials?: Credentials) {
  const request = { RoleArn: role.arn, RoleSessionName: 'ana', ...input }
  return world.sts(credentials).assumeRole(request)
}

const TAGGING = ['sts:AssumeRole', 'sts:TagSession']
const tag = (Key: string, Value: string) => ({ Key, Value })
const numbered = (count: number) =>
  Array.from({ length: count }, (_each, index) => tag(`k${index}`, 'v'))

given(
  'wire',
  'doc',
  'Given a role of the account, when it is assumed, then the answer has exactly its members',
  async () => {
    const role = await world.role(trustAccount())
    const before = Date.now()
    const { $metadata, ...output } = await assume(role)
    expect($metadata.httpStatusCode).toBe(200)
    expect(Object.keys(output).toSorted()).toEqual(['AssumedRoleUser', 'Credentials'])
    expect(output.AssumedRoleUser).toEqual({
      AssumedRoleId: `${role.id}:ana`,
      Arn: `arn:aws:sts::000000000000:assumed-role/${role.name}/ana`,
    })
    const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = output.Credentials!
    expect(AccessKeyId).toMatch(/^ASIA[A-Z2-7]{16}$/)
    expect(SecretAccessKey).toMatch(/^[A-Za-z0-9+/]{40}$/)
    // evidence: code (behaviour 13.5: one signer leaves + / = bare)
    expect(SessionToken).toMatch(/^[A-Za-z0-9_-]+$/)
    const lastsMs = Expiration!.getTime() - before
    expect(Math.abs(lastsMs - 3_600_000)).toBeLessThan(60_000)
  },
)

given(
  'wire',
  'doc',
  'Given a role, when it is assumed, then the XML names expiry, policy size and source identity so',
  async () => {
    const role = await world.role(trustAccount([...TAGGING, 'sts:SetSourceIdentity']))
    const { status, body } = await world.raw({
      Action: 'AssumeRole',
      RoleArn: role.arn,
      RoleSessionName: 'ana',
      SourceIdentity: 'ana-herself',
      'Tags.member.1.Key': 'user',
      'Tags.member.1.Value': 'ana & <co>',
    })
    expect(status).toBe(400)
    expect(body).toContain('<Code>ValidationError</Code>')
    const good = await world.raw({
      Action: 'AssumeRole',
      RoleArn: role.arn,
      RoleSessionName: 'ana',
      SourceIdentity: 'ana-herself',
      'Tags.member.1.Key': 'user',
      'Tags.member.1.Value': 'ana',
    })
    expect(good.status).toBe(200)
    expect(good.body).toMatch(/<Expiration>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ<\/Expiration>/)
    expect(good.body).toMatch(/<PackedPolicySize>\d+<\/PackedPolicySize>/)
    expect(good.body).toContain('<SourceIdentity>ana-herself</SourceIdentity>')
  },
)

given(
  'validation',
  'model',
  'Given durations at and one past the bounds, when they are asked for, then only those are refused',
  async () => {
    const role = await world.role(trustAccount(), undefined, { maxSessionDuration: 7_200 })
    for (const DurationSeconds of [900, 7_200]) {
      const before = Date.now()
      const { Credentials: granted } = await assume(role, { DurationSeconds })
      const lastsMs = granted!.Expiration!.getTime() - before
      expect(Math.abs(lastsMs - DurationSeconds * 1_000)).toBeLessThan(60_000)
    }
    for (const DurationSeconds of [899, 43_201]) {
      const message = await failsAs(assume(role, { DurationSeconds }), 'ValidationError', 400)
      expect(message.toLowerCase()).toContain('durationseconds')
    }
    const message = await failsAs(assume(role, { DurationSeconds: 7_201 }), 'ValidationError', 400)
    expect(message).toContain('MaxSessionDuration')
  },
)

given(
  'validation',
  'model',
  'Given names of a session that the model refuses, when they are sent, then ValidationError',
  async () => {
    const role = await world.role(trustAccount())
    for (const RoleSessionName of ['a', 'x'.repeat(65), 'a b', 'a<b>', 'a/b', 'a&b']) {
      await failsAs(assume(role, { RoleSessionName }), 'ValidationError', 400)
    }
    for (const RoleSessionName of ['ab', 'x'.repeat(64), 'A_1+=,.@-']) {
      const { AssumedRoleUser } = await assume(role, { RoleSessionName })
      expect(AssumedRoleUser?.AssumedRoleId).toBe(`${role.id}:${RoleSessionName}`)
    }
  },
)

given(
  'validation',
  'doc',
  'Given tags that a session cannot have, when they are sent, then ValidationError names them',
  async () => {
    const role = await world.role(trustAccount(TAGGING))
    const bad: readonly [Partial<AssumeRoleRequest>, string][] = [
      [{ Tags: numbered(51) }, 'tags'],
      [{ Tags: [tag('x'.repeat(129), 'v')] }, 'key'],
      [{ Tags: [tag('k', 'x'.repeat(257))] }, 'value'],
      [{ Tags: [tag('', 'v')] }, 'key'],
      [{ Tags: [tag('k<', 'v')] }, 'key'],
      [{ Tags: [tag('k', 'v'), tag('k', 'w')] }, 'twice'],
      [{ Tags: [tag('k', 'v'), tag('K', 'w')] }, 'twice'],
      [{ Tags: [tag('aws:k', 'v')] }, 'reserved'],
      [{ Tags: [tag('AWS:k', 'v')] }, 'reserved'],
      [{ Tags: [tag('k', 'v')], TransitiveTagKeys: ['other'] }, 'TransitiveTagKeys'],
    ]
    for (const [input, text] of bad) {
      const message = await failsAs(assume(role, input), 'ValidationError', 400)
      expect(message.toLowerCase()).toContain(text.toLowerCase())
    }
    await assume(role, { Tags: numbered(50) })
    await assume(role, { Tags: [tag('x'.repeat(128), 'v'.repeat(256)), tag('leer', '')] })
  },
)

given(
  'validation',
  'doc',
  'Given session policies of 2,048 and 2,049 characters, when they are sent, then one is refused',
  async () => {
    const role = await world.role(trustAccount())
    const short = policy(allow('chime:*'))
    const padded = (length: number) => short + ' '.repeat(length - short.length)
    await assume(role, { Policy: padded(2_048) })
    const call = assume(role, { Policy: padded(2_049) })
    expect(await failsAs(call, 'ValidationError', 400)).toContain('Policy')
  },
)

given(
  'validation',
  'doc',
  'Given session policies that are none, when they are sent, then MalformedPolicyDocument says why',
  async () => {
    const role = await world.role(trustAccount())
    const unknown = { ...allow('chime:*'), Condition: { StringSounds: { 'aws:username': 'x' } } }
    for (const [Policy, text] of [
      ['{', 'JSON'],
      ['[]', 'object'],
      [policy(unknown), 'StringSounds'],
      [policy({ ...allow('chime:*'), Principal: '*' }), 'Principal'],
    ] as const) {
      const call = assume(role, { Policy })
      const message = await failsAs(call, 'MalformedPolicyDocumentException', 400)
      expect(message).toContain(text)
    }
  },
)

given(
  'validation',
  'doc',
  'Given tags that do not fit into a token, when they are sent, then PackedPolicyTooLarge',
  async () => {
    const role = await world.role(trustAccount(TAGGING))
    const noise = (length: number) =>
      Array.from(crypto.getRandomValues(new Uint8Array(length)), (byte) =>
        (byte % 36).toString(36),
      ).join('')
    const Tags = Array.from({ length: 40 }, (_each, index) => tag(`k${index}`, noise(256)))
    const message = await failsAs(assume(role, { Tags }), 'PackedPolicyTooLargeException', 400)
    expect(message).toMatch(/^Packed size of session policy and tags consumes \d{3}% of allotted/)
    const { PackedPolicySize } = await assume(role, { Tags: Tags.slice(0, 10) })
    expect(PackedPolicySize).toBeGreaterThan(10)
    expect(PackedPolicySize).toBeLessThanOrEqual(100)
  },
)

given(
  'validation',
  'inferred',
  'Given what this server does not have, when it is asked for, then ValidationError says so',
  async () => {
    const role = await world.role(trustAccount())
    for (const [input, text] of [
      [{ PolicyArns: [{ arn: 'arn:aws:iam::aws:policy/ReadOnlyAccess' }] }, 'PolicyArns'],
      [{ SerialNumber: 'arn:aws:iam::000000000000:mfa/x', TokenCode: '123456' }, 'MFA'],
      [{ ProvidedContexts: [{ ContextAssertion: 'abcd' }] }, 'ProvidedContexts'],
      [{ RoleArn: 'arn:aws:iam::000000000000:user/somebody' }, 'is invalid'],
      [{ RoleArn: 'no arn at all, but of this length' }, 'is invalid'],
    ] as const) {
      const call = assume(role, input as Partial<AssumeRoleRequest>)
      expect(await failsAs(call, 'ValidationError', 400)).toContain(text)
    }
  },
)

given(
  'authorisation',
  'doc',
  'Given a role that does not exist or is foreign, when it is assumed, then AccessDenied as for any',
  async () => {
    const user = await world.user(allow('sts:AssumeRole'))
    for (const RoleArn of [
      'arn:aws:iam::000000000000:role/nobody',
      'arn:aws:iam::111111111111:role/nobody',
    ]) {
      for (const credentials of [undefined, user.credentials]) {
        const call = world.sts(credentials).assumeRole({ RoleArn, RoleSessionName: 'ana' })
        const message = await failsAs(call, 'AccessDenied', 403)
        expect(message).toMatch(/^User: arn:aws:iam::000000000000:(root|user\/[\w-]+) is not autho/)
        expect(message).toContain(`perform: sts:AssumeRole on resource: ${RoleArn}`)
      }
    }
  },
)

given(
  'authorisation',
  'doc',
  'Given a trust policy that names the account, when users ask, then their own policies decide',
  async () => {
    const role = await world.role(trustAccount())
    const other = await world.role(trustAccount())
    const may = await world.user(allow('sts:AssumeRole', role.arn))
    const mayNot = await world.user()
    expect(await assume(role, {}, may.credentials)).toBeDefined()
    await failsAs(assume(other, {}, may.credentials), 'AccessDenied', 403)
    await failsAs(assume(role, {}, mayNot.credentials), 'AccessDenied', 403)
  },
)

given(
  'authorisation',
  'doc',
  'Given a trust policy that names a user, when users ask, then that one needs no policy of its own',
  async () => {
    const named = await world.user()
    const denied = await world.user({ Effect: 'Deny', Action: 'sts:*', Resource: '*' })
    const stranger = await world.user(allow('sts:AssumeRole'))
    const role = await world.role({
      Effect: 'Allow',
      Principal: { AWS: [named.arn, denied.arn] },
      Action: 'sts:AssumeRole',
    })
    expect(await assume(role, {}, named.credentials)).toBeDefined()
    await failsAs(assume(role, {}, denied.credentials), 'AccessDenied', 403)
    await failsAs(assume(role, {}, stranger.credentials), 'AccessDenied', 403)
    await failsAs(assume(role), 'AccessDenied', 403)
  },
)

given(
  'authorisation',
  'doc',
  'Given a trust policy with an ExternalId, when it is wrong or missing, then AccessDenied',
  async () => {
    const role = await world.role({
      ...trustAccount(),
      Condition: { StringEquals: { 'sts:ExternalId': 'shared-secret' } },
    })
    expect(await assume(role, { ExternalId: 'shared-secret' })).toBeDefined()
    await failsAs(assume(role, { ExternalId: 'other' }), 'AccessDenied', 403)
    await failsAs(assume(role), 'AccessDenied', 403)
  },
)

given(
  'authorisation',
  'doc',
  'Given tags or a source identity, when the trust policy does not allow them, then AccessDenied',
  async () => {
    const plain = await world.role(trustAccount())
    const Tags = [tag('user', 'ana')]
    const tagging = await failsAs(assume(plain, { Tags }), 'AccessDenied', 403)
    expect(tagging).toContain('sts:TagSession')
    const source = await failsAs(assume(plain, { SourceIdentity: 'ana' }), 'AccessDenied', 403)
    expect(source).toContain('sts:SetSourceIdentity')
    const user = await world.user(allow('sts:AssumeRole'))
    const role = await world.role(trustAccount(TAGGING))
    await failsAs(assume(role, { Tags }, user.credentials), 'AccessDenied', 403)
  },
)

given(
  'authorisation',
  'doc',
  'Given a trust policy that bounds tags, when others are passed, then AccessDenied',
  async () => {
    const bounded = (Action: string) => ({
      ...trustAccount(Action),
      Condition: { StringLike: { 'aws:RequestTag/user': 'team-*' } },
    })
    const role = await world.role([trustAccount(), bounded('sts:TagSession')])
    expect(await assume(role, { Tags: [tag('user', 'team-1')] })).toBeDefined()
    await failsAs(assume(role, { Tags: [tag('user', 'ana')] }), 'AccessDenied', 403)
  },
)

given(
  'authorisation',
  'doc',
  'Given the session of a deleted role, when it assumes another, then AccessDenied',
  async () => {
    const next = await world.role(trustAccount())
    const role = await world.role(trustAccount(), allow('sts:AssumeRole'))
    const session = credentialsOf(await assume(role))
    expect(await assume(next, {}, session)).toBeDefined()
    await world.iam().deleteRolePolicy({ RoleName: role.name, PolicyName: 'own' })
    await world.iam().deleteRole({ RoleName: role.name })
    await failsAs(assume(next, {}, session), 'AccessDenied', 403)
    // Another role of the same name is another one.
    await world.iam().createRole({
      RoleName: role.name,
      AssumeRolePolicyDocument: policy(trustAccount()),
    })
    await world.iam().putRolePolicy({
      RoleName: role.name,
      PolicyName: 'own',
      PolicyDocument: policy(allow('*')),
    })
    await failsAs(assume(next, {}, session), 'AccessDenied', 403)
  },
)

given(
  'behaviour',
  'doc',
  'Given a session of a role, when it assumes another, then at most for an hour',
  async () => {
    const first = await world.role(trustAccount(), allow('sts:AssumeRole'))
    const next = await world.role(trustAccount(), undefined, { maxSessionDuration: 43_200 })
    const session = credentialsOf(await assume(first))
    expect(await assume(next, { DurationSeconds: 3_600 }, session)).toBeDefined()
    const call = assume(next, { DurationSeconds: 3_601 }, session)
    expect(await failsAs(call, 'ValidationError', 400)).toContain('role chaining')
  },
)

given(
  'behaviour',
  'doc',
  'Given transitive tags, when roles are chained, then they stay and cannot be set anew',
  async () => {
    const needsTag = (Action: string | string[], name: string) => ({
      ...trustAccount(Action),
      Condition: { StringEquals: { [`aws:PrincipalTag/${name}`]: 'ana' } },
    })
    const first = await world.role(trustAccount(TAGGING), allow(TAGGING))
    const second = await world.role(needsTag(TAGGING, 'user'), allow(TAGGING))
    const third = await world.role(needsTag(TAGGING, 'user'), allow('*'))
    const wantsPassing = await world.role(needsTag(TAGGING, 'passing'), allow('*'))
    const Tags = [tag('user', 'ana'), tag('passing', 'ana')]
    const one = credentialsOf(await assume(first, { Tags, TransitiveTagKeys: ['User'] }))
    expect(await assume(wantsPassing, {}, one)).toBeDefined()
    const two = credentialsOf(await assume(second, {}, one))
    await failsAs(assume(wantsPassing, {}, two), 'AccessDenied', 403)
    expect(await assume(third, {}, two)).toBeDefined()
    const call = assume(third, { Tags: [tag('USER', 'bob')] }, two)
    expect(await failsAs(call, 'ValidationError', 400)).toContain('inherited')
    const untagged = await world.role(needsTag('sts:AssumeRole', 'user'), allow('*'))
    const message = await failsAs(assume(untagged, {}, two), 'AccessDenied', 403)
    expect(message).toContain('sts:TagSession')
  },
)

given(
  'behaviour',
  'doc',
  'Given a source identity, when roles are chained, then it stays and cannot be changed',
  async () => {
    const actions = ['sts:AssumeRole', 'sts:SetSourceIdentity']
    const first = await world.role(trustAccount(actions), allow(actions))
    const next = await world.role(trustAccount(actions))
    const session = credentialsOf(await assume(first, { SourceIdentity: 'ana' }))
    expect((await assume(next, {}, session)).SourceIdentity).toBe('ana')
    await failsAs(assume(next, { SourceIdentity: 'bob' }, session), 'AccessDenied', 403)
  },
)

given(
  'behaviour',
  'doc',
  "Given tags of role and session, when policies look at them, then the session's win",
  async () => {
    const role = await world.role(trustAccount(TAGGING), allow('sts:AssumeRole'), {
      tags: { Team: 'red', floor: '1' },
    })
    const wants = (team: string) =>
      world.role({
        ...trustAccount(),
        Condition: {
          StringEquals: { 'aws:PrincipalTag/team': team, 'aws:PrincipalTag/floor': '1' },
        },
      })
    const [red, blue] = [await wants('red'), await wants('blue')]
    const plain = credentialsOf(await assume(role))
    const tagged = credentialsOf(await assume(role, { Tags: [tag('team', 'blue')] }))
    expect(await assume(red, {}, plain)).toBeDefined()
    expect(await assume(blue, {}, tagged)).toBeDefined()
    await failsAs(assume(blue, {}, plain), 'AccessDenied', 403)
    await failsAs(assume(red, {}, tagged), 'AccessDenied', 403)
  },
)
