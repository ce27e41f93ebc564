// AssumeRoleWithWebIdentity: tokens of a real issuer, good and bad, and whom a role trusts.
import { SignJWT, UnsecuredJWT } from 'jose'
import type { AssumeRoleWithWebIdentityRequest } from '@aws-sdk/client-sts'
import { afterEach, expect } from 'vitest'
import { makeIssuerKey, startOpenIdIssuer } from '../../harness/openid-issuer.ts'
import { rawFetch } from '../../harness/signed-fetch.ts'
import { casesOf } from '../kit/conformance-case.ts'
import {
  allow,
  credentialsOf,
  failsAs,
  newName,
  policy,
  trustAccount,
  useStsWorld,
  type TestRole,
} from '../kit/sts-world.ts'

const world = useStsWorld()
const given = casesOf('AssumeRoleWithWebIdentity')
afterEach(() => {
  world.issuer.intercept = () => false
})

const WEB = 'sts:AssumeRoleWithWebIdentity'
/** Where tokens carry session tags. */
const TAGS_CLAIM = 'https://aws.amazon.com/tags'

/** Whoever the issuer vouches for, under a condition. */
function trustIssuer(condition: object = {}, action: string | string[] = WEB) {
  return {
    Effect: 'Allow',
    Principal: { Federated: world.providerArn },
    Action: action,
    Condition: condition,
  }
}

async function assume(
  role: TestRole,
  token: string | Promise<string>,
  input: Partial<AssumeRoleWithWebIdentityRequest> = {},
) {
  const WebIdentityToken = await token
  const request = { RoleArn: role.arn, RoleSessionName: 'ana', WebIdentityToken, ...input }
  // The credential does not matter: the operation comes unsigned.
  return world.sts().assumeRoleWithWebIdentity(request)
}

const seconds = (offsetS: number) => Math.floor(Date.now() / 1000) + offsetS

given(
  'wire',
  'doc',
  'Given a good token, when it comes without a signature, then the answer has exactly its members',
  async () => {
    const role = await world.role(trustIssuer())
    const token = await world.issuer.token()
    const parameters = {
      Action: 'AssumeRoleWithWebIdentity',
      Version: '2011-06-15',
      RoleArn: role.arn,
      RoleSessionName: 'ana',
      WebIdentityToken: token,
    }
    const answer = await rawFetch(world.server, {
      method: 'POST',
      path: '/',
      headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
      body: new URLSearchParams(parameters).toString(),
    })
    expect(answer.status).toBe(200)
    expect(answer.headers['content-type']).toMatch(/^text\/xml/)
    const { $metadata: _metadata, ...output } = await assume(role, token)
    expect(Object.keys(output).toSorted()).toEqual([
      'AssumedRoleUser',
      'Audience',
      'Credentials',
      'Provider',
      'SubjectFromWebIdentityToken',
    ])
    for (const member of Object.keys(output)) expect(answer.body).toContain(`<${member}>`)
    expect(output).toMatchObject({
      SubjectFromWebIdentityToken: 'ana',
      Audience: 'app',
      Provider: world.providerArn,
      AssumedRoleUser: {
        AssumedRoleId: `${role.id}:ana`,
        Arn: `arn:aws:sts::000000000000:assumed-role/${role.name}/ana`,
      },
    })
    const who = await world.sts(credentialsOf(output)).getCallerIdentity({})
    expect(who.Arn).toBe(output.AssumedRoleUser?.Arn)
  },
)

given(
  'validation',
  'doc',
  'Given durations, when they pass the bounds of model or role, then ValidationError',
  async () => {
    const role = await world.role(trustIssuer(), undefined, { maxSessionDuration: 7_200 })
    for (const DurationSeconds of [900, 7_200]) {
      const before = Date.now()
      const output = await assume(role, world.issuer.token(), { DurationSeconds })
      const lastsMs = output.Credentials!.Expiration!.getTime() - before
      expect(Math.abs(lastsMs - DurationSeconds * 1_000)).toBeLessThan(60_000)
    }
    for (const DurationSeconds of [899, 7_201, 43_201]) {
      const call = assume(role, world.issuer.token(), { DurationSeconds })
      await failsAs(call, 'ValidationError', 400)
    }
  },
)

given(
  'validation',
  'doc',
  'Given a session policy or members that are not served, when they are sent, then exact errors',
  async () => {
    const role = await world.role(trustIssuer())
    const token = await world.issuer.token()
    await failsAs(assume(role, token, { Policy: '{' }), 'MalformedPolicyDocumentException', 400)
    for (const [input, text] of [
      [{ ProviderId: 'www.amazon.com' }, 'ProviderId'],
      [{ PolicyArns: [{ arn: 'arn:aws:iam::aws:policy/ReadOnlyAccess' }] }, 'PolicyArns'],
      [{ Policy: policy(allow('*')) + ' '.repeat(2_048) }, 'policy'],
      [{ RoleArn: 'arn:aws:iam::000000000000:user/ana' }, 'is invalid'],
    ] as const) {
      const call = assume(role, token, input as Partial<AssumeRoleWithWebIdentityRequest>)
      const message = await failsAs(call, 'ValidationError', 400)
      expect(message.toLowerCase()).toContain(text.toLowerCase())
    }
  },
)

given(
  'authorisation',
  'doc',
  'Given tokens that are none or not from a key pair, when they come, then InvalidIdentityToken',
  async () => {
    const role = await world.role(trustIssuer())
    const { issuer } = world.issuer
    const claims = { iss: issuer, sub: 'ana', aud: 'app' }
    const published = JSON.stringify(world.issuer.keys[0]?.publicJwk)
    const hmac = (algorithm: string) =>
      new SignJWT(claims)
        .setProtectedHeader({ alg: algorithm, kid: 'first' })
        .setExpirationTime('1h')
        .sign(Buffer.from(published.padEnd(64, '.')))
    const none = new UnsecuredJWT(claims).setExpirationTime('1h').encode()
    const [, payload = '', signature = ''] = (await world.issuer.token()).split('.')
    const upper = Buffer.from('{"alg":"NONE"}').toString('base64url')
    for (const token of [
      'no.jwt.here',
      'text',
      none,
      `${none}${signature}`,
      `${upper}.${payload}.`,
      await hmac('HS256'),
      await hmac('HS512'),
    ]) {
      await failsAs(assume(role, token), 'InvalidIdentityTokenException', 400)
    }
  },
)

given(
  'authorisation',
  'doc',
  'Given tokens for others, of others or altered, when they come, then InvalidIdentityToken',
  async () => {
    const role = await world.role(trustIssuer())
    const { issuer } = world
    const [header = '', , signature = ''] = (await issuer.token()).split('.')
    const [, other = ''] = (await issuer.token({ sub: 'bob' })).split('.')
    for (const [token, text] of [
      [await issuer.token({ aud: 'elsewhere' }), 'Incorrect token audience'],
      [await issuer.token({ aud: 'app', azp: 'elsewhere' }), 'Incorrect token audience'],
      [await issuer.token({ iss: 'https://id.example.com' }), 'No OpenIDConnect provider found'],
      [await issuer.token({ iss: 'http://id.example.com' }), 'https'],
      [await issuer.token({ iss: `${issuer.issuer}/` }), 'No OpenIDConnect provider found'],
      [await issuer.token({}, await makeIssuerKey('first')), 'signature'],
      [await issuer.token({}, await makeIssuerKey('nobody')), 'kid'],
      [`${header}.${other}.${signature}`, 'signature'],
      [await issuer.token({ exp: undefined }), 'exp'],
    ] as const) {
      const message = await failsAs(assume(role, token), 'InvalidIdentityTokenException', 400)
      expect(message).toContain(text)
    }
  },
)

given(
  'authorisation',
  'doc',
  'Given tokens out of their time, when they come, then ExpiredToken and IDPRejectedClaim',
  async () => {
    const role = await world.role(trustIssuer())
    const late = assume(role, world.issuer.token({ exp: seconds(-120) }))
    expect(await failsAs(late, 'ExpiredTokenException', 400)).toMatch(/^Token expired: current/)
    const early = assume(role, world.issuer.token({ nbf: seconds(120) }))
    await failsAs(early, 'IDPRejectedClaimException', 403)
  },
)

given(
  'authorisation',
  'doc',
  'Given a provider that does not answer, when a token comes, then IDPCommunicationError',
  async () => {
    await using silent = await startOpenIdIssuer()
    const { OpenIDConnectProviderArn } = await world.iam().createOpenIDConnectProvider({
      Url: `https://${silent.url}`,
      ClientIDList: ['app'],
    })
    const role = await world.role({
      Effect: 'Allow',
      Principal: { Federated: OpenIDConnectProviderArn },
      Action: WEB,
    })
    silent.intercept = (_request, response) => (response.writeHead(503).end(), true)
    const call = assume(role, silent.token())
    await failsAs(call, 'IDPCommunicationErrorException', 400)
    await world.iam().deleteOpenIDConnectProvider({ OpenIDConnectProviderArn })
    const gone = assume(role, silent.token())
    const message = await failsAs(gone, 'InvalidIdentityTokenException', 400)
    expect(message).toBe(`No OpenIDConnect provider found in your account for ${silent.issuer}`)
  },
)

given(
  'authorisation',
  'doc',
  'Given roles that do not trust the token, when it comes, then AccessDenied without a reason',
  async () => {
    const key = (claim: string) => `${world.issuer.url}:${claim}`
    const refusing = [
      await world.role(trustAccount(WEB)),
      await world.role(trustIssuer({}, 'sts:AssumeRole')),
      await world.role(trustIssuer({ StringEquals: { [key('sub')]: 'bob' } })),
      await world.role(trustIssuer({ StringEquals: { [key('aud')]: 'other-app' } })),
      await world.role([trustIssuer(), { ...trustIssuer(), Effect: 'Deny' }]),
      { name: 'none', id: '', arn: `arn:aws:iam::000000000000:role/${newName('none')}` },
      { name: 'none', id: '', arn: 'arn:aws:iam::111111111111:role/foreign' },
    ]
    for (const role of refusing) {
      const message = await failsAs(assume(role, world.issuer.token()), 'AccessDenied', 403)
      expect(message).toBe('Not authorized to perform sts:AssumeRoleWithWebIdentity')
    }
  },
)

given(
  'behaviour',
  'doc',
  'Given conditions on subject, audience and methods, when a token meets them, then it is let in',
  async () => {
    const { url } = world.issuer
    const role = await world.role(
      trustIssuer({
        StringEquals: { [`${url}:aud`]: 'other-app' },
        StringLike: { [`${url}:sub`]: 'an?' },
        'ForAnyValue:StringEquals': { [`${url}:amr`]: 'mfa' },
      }),
    )
    const good = { aud: ['x', 'other-app'], amr: ['pwd', 'mfa'] }
    const output = await assume(role, world.issuer.token(good))
    expect(output.Audience).toBe('other-app')
    for (const claims of [{ aud: 'other-app' }, { amr: ['mfa'] }, { ...good, sub: 'bob' }]) {
      await failsAs(assume(role, world.issuer.token(claims)), 'AccessDenied', 403)
    }
  },
)

given(
  'behaviour',
  'doc',
  'Given tags in the token, when the trust policy allows them, then the session has them',
  async () => {
    const chained = await world.role({
      ...trustAccount(['sts:AssumeRole', 'sts:TagSession']),
      Condition: { StringEquals: { 'aws:PrincipalTag/user': 'ana' } },
    })
    const tagging = await world.role(
      trustIssuer({}, [WEB, 'sts:TagSession']),
      allow(['sts:AssumeRole', 'sts:TagSession']),
    )
    const plain = await world.role(trustIssuer())
    const nested = {
      [TAGS_CLAIM]: { principal_tags: { user: ['ana'] }, transitive_tag_keys: ['user'] },
    }
    const flat = {
      [`${TAGS_CLAIM}/principal_tags/user`]: 'ana',
      [`${TAGS_CLAIM}/transitive_tag_keys`]: ['user'],
    }
    for (const claims of [nested, flat]) {
      const output = await assume(tagging, world.issuer.token(claims))
      expect(output.PackedPolicySize).toBeGreaterThan(0)
      const next = await world
        .sts(credentialsOf(output))
        .assumeRole({ RoleArn: chained.arn, RoleSessionName: 'ana' })
      expect(next.PackedPolicySize).toBeGreaterThan(0)
      const refused = assume(plain, world.issuer.token(claims))
      expect(await failsAs(refused, 'AccessDenied', 403)).toContain('sts:TagSession')
    }
  },
)

given(
  'behaviour',
  'doc',
  'Given tags in the token that no session can have, when it comes, then it is refused',
  async () => {
    const role = await world.role(trustIssuer({}, [WEB, 'sts:TagSession']))
    for (const tags of [
      'user=ana',
      { principal_tags: ['ana'] },
      { principal_tags: { user: ['ana', 'bob'] } },
      { principal_tags: { user: 7 } },
      { principal_tags: { 'us<er>': 'ana' } },
      { principal_tags: { user: 'x'.repeat(257) } },
      { principal_tags: { user: 'ana' }, transitive_tag_keys: [7] },
    ]) {
      const call = assume(role, world.issuer.token({ [TAGS_CLAIM]: tags }))
      await failsAs(call, 'IDPRejectedClaimException', 403)
    }
    const many = Object.fromEntries(Array.from({ length: 51 }, (_each, at) => [`k${at}`, 'v']))
    const call = assume(role, world.issuer.token({ [TAGS_CLAIM]: { principal_tags: many } }))
    await failsAs(call, 'ValidationError', 400)
    // The names that objects inherit are names of tags as any other.
    const odd = JSON.parse('{"__proto__":"ana","constructor":"x"}') as object
    const { PackedPolicySize } = await assume(
      role,
      world.issuer.token({ [TAGS_CLAIM]: { principal_tags: odd } }),
    )
    expect(PackedPolicySize).toBeGreaterThan(0)
  },
)

given(
  'behaviour',
  'doc',
  'Given a source identity in the token, when the trust policy allows it, then it is told',
  async () => {
    const role = await world.role(trustIssuer({}, [WEB, 'sts:SetSourceIdentity']))
    const claim = 'https://aws.amazon.com/source_identity'
    const output = await assume(role, world.issuer.token({ [claim]: 'ana-herself' }))
    expect(output.SourceIdentity).toBe('ana-herself')
    const bad = assume(role, world.issuer.token({ [claim]: 'a b' }))
    await failsAs(bad, 'IDPRejectedClaimException', 403)
  },
)
