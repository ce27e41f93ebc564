// Temporary credentials as end users hold them: what they can do, that they can do nothing as
// anybody else, how they end, and what forged ones are told.
import { ChimeSDKIdentity } from '@aws-sdk/client-chime-sdk-identity'
import { IAM } from '@aws-sdk/client-iam'
import { STS } from '@aws-sdk/client-sts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createFakeClock } from '../../harness/fake-clock.ts'
import { connectSession, openSession } from '../../harness/messaging-session.ts'
import { createScenario, type Scenario } from '../../harness/scenario.ts'
import { createSdkClients, type SdkClients } from '../../harness/sdk-clients.ts'
import { signedFetch } from '../../harness/signed-fetch.ts'
import { startServer, type Credentials, type Endpoint } from '../../harness/start-server.ts'
import {
  allow,
  credentialsOf,
  failsAs,
  policy,
  trustAccount,
  useStsWorld,
} from '../kit/sts-world.ts'
import { createSdkSession } from '../session/sdk-messaging-session.ts'

const world = useStsWorld()

let clients: SdkClients
let scenario: Scenario
let ana: string
let bob: string
type TemporaryCredentials = ReturnType<typeof credentialsOf>
/** Limited to the AppInstanceUser that the tag `user` names. */
let anaCredentials: TemporaryCredentials

beforeAll(async () => {
  clients = createSdkClients(world.server)
  scenario = await createScenario(clients)
  ana = await scenario.user('ana')
  bob = await scenario.user('bob')
  const app = scenario.appInstanceArn
  const role = await world.role(trustAccount(['sts:AssumeRole', 'sts:TagSession']), [
    allow('chime:GetMessagingSessionEndpoint'),
    allow(
      ['chime:Connect', 'chime:*Channel*', 'chime:DescribeAppInstanceUser'],
      [`${app}/user/\${aws:PrincipalTag/user}`, `${app}/channel/*`],
    ),
  ])
  const output = await world.sts().assumeRole({
    RoleArn: role.arn,
    RoleSessionName: 'ana',
    Tags: [{ Key: 'user', Value: ana.slice(ana.lastIndexOf('/') + 1) }],
  })
  anaCredentials = credentialsOf(output)
})
afterAll(() => clients[Symbol.dispose]())

const changed = (token: string, at: number) =>
  token.slice(0, at) + (token[at] === 'A' ? 'B' : 'A') + token.slice(at + 1)

describe('an end user', () => {
  it('acts as itself: channels, messages, the socket', async () => {
    const messaging = world.messaging(anaCredentials)
    expect((await messaging.getMessagingSessionEndpoint({})).Endpoint?.Url).toBeDefined()
    const { ChannelArn } = await messaging.createChannel({
      AppInstanceArn: scenario.appInstanceArn,
      Name: 'Of Ana',
      ChimeBearer: ana,
      ClientRequestToken: crypto.randomUUID(),
    })
    const endpoint: Endpoint = { ...world.server, credentials: anaCredentials }
    using session = await connectSession(endpoint, ana)
    await messaging.sendChannelMessage({
      ChannelArn,
      Content: 'hello',
      Type: 'STANDARD',
      Persistence: 'PERSISTENT',
      ChimeBearer: ana,
      ClientRequestToken: crypto.randomUUID(),
    })
    await session.waitForType('CREATE_CHANNEL_MESSAGE', { Content: 'hello' })
  })

  it('is refused every call with the bearer of somebody else, and nothing changes', async () => {
    const messaging = world.messaging(anaCredentials)
    const channelArn = await scenario.channel(bob)
    const ClientRequestToken = crypto.randomUUID()
    const AppInstanceArn = scenario.appInstanceArn
    const before = await channelsOf(bob)
    const calls = [
      () =>
        messaging.createChannel({
          AppInstanceArn,
          Name: 'x',
          ChimeBearer: bob,
          ClientRequestToken,
        }),
      () => messaging.listChannels({ AppInstanceArn, ChimeBearer: bob }),
      () => messaging.describeChannel({ ChannelArn: channelArn, ChimeBearer: bob }),
      () => messaging.deleteChannel({ ChannelArn: channelArn, ChimeBearer: bob }),
      () =>
        messaging.sendChannelMessage({
          ChannelArn: channelArn,
          Content: 'as bob',
          Type: 'STANDARD',
          Persistence: 'PERSISTENT',
          ChimeBearer: bob,
          ClientRequestToken,
        }),
    ]
    for (const call of calls) await failsAs(call(), 'AccessDeniedException', 403)
    expect(await channelsOf(bob)).toEqual(before)
    const { ChannelMessages } = await world
      .messaging(world.server.credentials)
      .listChannelMessages({
        ChannelArn: channelArn,
        ChimeBearer: bob,
      })
    expect(ChannelMessages).toEqual([])
  })

  it('is refused what its role does not name: users, other roles, keys', async () => {
    const settings = { endpoint: world.server.httpUrl, region: world.server.region, maxAttempts: 1 }
    const identity = new ChimeSDKIdentity({ ...settings, credentials: anaCredentials })
    const look = (arn: string) => identity.describeAppInstanceUser({ AppInstanceUserArn: arn })
    expect((await look(ana)).AppInstanceUser?.AppInstanceUserArn).toBe(ana)
    await failsAs(look(bob), 'AccessDeniedException', 403)
    const gone = identity.deleteAppInstanceUser({ AppInstanceUserArn: bob })
    await failsAs(gone, 'AccessDeniedException', 403)
    const made = identity.createAppInstance({ Name: 'x', ClientRequestToken: crypto.randomUUID() })
    await failsAs(made, 'AccessDeniedException', 403)
    identity.destroy()
    const iam = world.iam(anaCredentials)
    await failsAs(iam.createUser({ UserName: 'mallory' }), 'AccessDenied', 403)
    await failsAs(iam.listUsers({}), 'AccessDenied', 403)
    const other = await world.role(trustAccount(['sts:AssumeRole', 'sts:TagSession']), allow('*'))
    const assumed = world.sts(anaCredentials).assumeRole({
      RoleArn: other.arn,
      RoleSessionName: 'ana',
      Tags: [{ Key: 'user', Value: bob.slice(bob.lastIndexOf('/') + 1) }],
    })
    await failsAs(assumed, 'AccessDenied', 403)
  })

  it('is closed with 4003 when it connects as somebody else, whether that exists or not', async () => {
    for (const arn of [bob, `${scenario.appInstanceArn}/user/nobody`]) {
      using session = await openSession(world.server, arn, { credentials: anaCredentials })
      expect((await session.closed).code).toBe(4003)
      expect(session.events).toEqual([])
    }
  })

  it('is bounded by a session policy, on calls and on the socket', async () => {
    const role = await world.role(trustAccount(), allow('chime:*'))
    const bounded = credentialsOf(
      await world.sts().assumeRole({
        RoleArn: role.arn,
        RoleSessionName: 'ana',
        Policy: JSON.stringify({
          Version: '2012-10-17',
          Statement: allow(['chime:Connect', 'chime:ListChannels'], ana),
        }),
      }),
    )
    const messaging = world.messaging(bounded)
    const AppInstanceArn = scenario.appInstanceArn
    expect(await messaging.listChannels({ AppInstanceArn, ChimeBearer: ana })).toBeDefined()
    const asBob = messaging.listChannels({ AppInstanceArn, ChimeBearer: bob })
    await failsAs(asBob, 'AccessDeniedException', 403)
    const other = messaging.listChannelMembershipsForAppInstanceUser({ ChimeBearer: ana })
    await failsAs(other, 'AccessDeniedException', 403)
    using own = await connectSession(world.server, ana, { credentials: bounded })
    expect(own.events.length).toBeGreaterThan(0)
    using refused = await openSession(world.server, bob, { credentials: bounded })
    expect((await refused.closed).code).toBe(4003)
  })

  it('may have as many tags as fit, and still calls and connects', async () => {
    const role = await world.role(
      trustAccount(['sts:AssumeRole', 'sts:TagSession']),
      allow('chime:*'),
    )
    const noise = (length: number) =>
      Array.from(crypto.getRandomValues(new Uint8Array(length)), (byte) =>
        (byte % 36).toString(36),
      ).join('')
    const Tags = Array.from({ length: 20 }, (_each, at) => ({ Key: `k${at}`, Value: noise(256) }))
    const output = await world.sts().assumeRole({ RoleArn: role.arn, RoleSessionName: 'ana', Tags })
    expect(output.PackedPolicySize).toBeGreaterThan(80)
    const credentials = credentialsOf(output)
    expect(credentials.sessionToken.length).toBeGreaterThan(4_096)
    const messaging = world.messaging(credentials)
    const AppInstanceArn = scenario.appInstanceArn
    expect(await messaging.listChannels({ AppInstanceArn, ChimeBearer: ana })).toBeDefined()
    using session = await connectSession(world.server, ana, { credentials })
    expect(session.events[0]?.type).toBe('SESSION_ESTABLISHED')
  })

  it('may do nothing more once its role is deleted or its policy is gone', async () => {
    const role = await world.role(trustAccount(), allow('chime:*'))
    const session = credentialsOf(
      await world.sts().assumeRole({ RoleArn: role.arn, RoleSessionName: 'ana' }),
    )
    const messaging = world.messaging(session)
    const list = () =>
      messaging.listChannels({ AppInstanceArn: scenario.appInstanceArn, ChimeBearer: ana })
    expect(await list()).toBeDefined()
    await world.iam().deleteRolePolicy({ RoleName: role.name, PolicyName: 'own' })
    await failsAs(list(), 'AccessDeniedException', 403)
    await world.iam().deleteRole({ RoleName: role.name })
    await failsAs(list(), 'AccessDeniedException', 403)
    using refused = await openSession(world.server, ana, { credentials: session })
    expect((await refused.closed).code).toBe(4003)
  })
})

describe('the session of amazon-chime-sdk-js', () => {
  it('begins with the credential of an end user, and not for anybody else', async () => {
    using session = await createSdkSession(world.server, ana, anaCredentials)
    await session.start()
    session.stop()
    using refused = await createSdkSession(world.server, bob, anaCredentials)
    await expect(refused.start()).rejects.toMatchObject({ code: 4003 })
    expect(refused.socketsCount).toBe(1)
  })

  it('comes back by itself with a fresh credential when its own has ended', async () => {
    const realNow = Date.now()
    const clock = createFakeClock(realNow)
    await using server = await startServer({ overrides: { clock } })
    using sdk = createSdkClients(server)
    const user = await (await createScenario(sdk)).user('ana')
    const assume = await roleOf(server)
    const fresh = await assume()
    // One that was granted 897 of its 900 seconds ago.
    clock.setNow(realNow - 897_000)
    const ending = await assume(-897_000)
    clock.setNow(realNow)
    let current = ending
    using session = await createSdkSession(server, user, () => Promise.resolve(current))
    await session.start()
    current = fresh
    clock.advance(4_000)
    const isEstablished = ({ type }: { type: string }) => type === 'SESSION_ESTABLISHED'
    await session.waitFor(() => session.messages.filter(isEstablished).length === 2)
    expect(session.socketsCount).toBe(2)
    session.stop()
  })
})

describe('a session token that is not one of ours', () => {
  const invalid = 'The security token included in the request is invalid.'

  async function isUnknown(credentials: Credentials, server: Endpoint = world.server) {
    const path = '/endpoints/messaging-session'
    const chime = await signedFetch(server, { method: 'GET', path, credentials })
    expect(chime.status).toBe(403)
    expect(chime.headers['x-amzn-errortype']).toBe('UnrecognizedClientException')
    expect(JSON.parse(chime.body)).toEqual({ message: invalid })
    const settings = { endpoint: server.httpUrl, region: server.region, maxAttempts: 1 }
    const sts = new STS({ ...settings, credentials })
    expect(await failsAs(sts.getCallerIdentity({}), 'InvalidClientTokenId', 403)).toBe(invalid)
    sts.destroy()
    using session = await openSession(server, ana, { credentials })
    expect((await session.closed).code).toBe(4401)
  }

  it.each<[string, (good: TemporaryCredentials) => Credentials]>([
    ['is cut', (good) => ({ ...good, sessionToken: good.sessionToken.slice(0, -1) })],
    ['is cut in half', (good) => ({ ...good, sessionToken: good.sessionToken.slice(0, 200) })],
    ['has another version', (good) => ({ ...good, sessionToken: changed(good.sessionToken, 0) })],
    ['has another nonce', (good) => ({ ...good, sessionToken: changed(good.sessionToken, 5) })],
    [
      'is altered in its middle',
      (good) => ({ ...good, sessionToken: changed(good.sessionToken, 99) }),
    ],
    ['is longer', (good) => ({ ...good, sessionToken: `${good.sessionToken}AAAA` })],
    ['is very long', (good) => ({ ...good, sessionToken: 'A'.repeat(9_000) })],
    ['is text', (good) => ({ ...good, sessionToken: 'FwoGZXIvYXdzEXAMPLE==' })],
    ['is missing', ({ accessKeyId, secretAccessKey }) => ({ accessKeyId, secretAccessKey })],
    ['comes with another key', (good) => ({ ...good, accessKeyId: 'ASIA2222222222222222' })],
    [
      'comes with a lasting key',
      (good) => ({ ...world.server.credentials, sessionToken: good.sessionToken }),
    ],
  ])('%s', async (_name, forge) => {
    await isUnknown(forge(anaCredentials))
  })

  it('comes with the key of a user', async () => {
    const user = await world.user(allow('*'))
    await isUnknown({ ...user.credentials, sessionToken: anaCredentials.sessionToken })
  })

  it('is from another server', async () => {
    await using other = await startServer()
    await isUnknown(anaCredentials, other)
  })

  it('comes with a secret that is not its own: the signature is wrong', async () => {
    const credentials = { ...anaCredentials, secretAccessKey: 'x'.repeat(40) }
    const path = '/endpoints/messaging-session'
    const { status, headers } = await signedFetch(world.server, {
      method: 'GET',
      path,
      credentials,
    })
    expect(status).toBe(403)
    expect(headers['x-amzn-errortype']).toBe('InvalidSignatureException')
  })
})

describe('nodes of one deployment', () => {
  it('take the tokens of each other when they share the secret key, in either notation', async () => {
    const key = Buffer.alloc(32, 5)
    await using one = await startServer({ settings: { secretKey: key.toString('hex') } })
    await using two = await startServer({ settings: { secretKey: key.toString('base64') } })
    const { httpUrl, region, credentials } = one
    const iam = new IAM({ endpoint: httpUrl, region, credentials })
    const { Role } = await iam.createRole({
      RoleName: 'shared',
      AssumeRolePolicyDocument: JSON.stringify({
        Version: '2012-10-17',
        Statement: trustAccount(),
      }),
    })
    const sts = new STS({ endpoint: httpUrl, region, credentials })
    const session = credentialsOf(
      await sts.assumeRole({ RoleArn: Role?.Arn, RoleSessionName: 'ana' }),
    )
    const elsewhere = new STS({ endpoint: two.httpUrl, region, credentials: session })
    expect((await elsewhere.getCallerIdentity({})).UserId).toBe(`${Role?.RoleId}:ana`)
    for (const client of [iam, sts, elsewhere]) client.destroy()
  })
})

describe('a session that ends', () => {
  it('is told so by calls, refused a socket with 4401, and its socket is closed with 4001', async () => {
    const clock = createFakeClock(Date.now())
    await using server = await startServer({ overrides: { clock } })
    using sdk = createSdkClients(server)
    const user = await (await createScenario(sdk)).user('ana')
    const temporary = await (await roleOf(server))()
    const signed = () => ({ credentials: temporary, signingDate: new Date(clock.now()) })
    using session = await connectSession(server, user, signed())
    const call = (service: 'chime' | 'sts') =>
      signedFetch(server, {
        ...(service === 'chime'
          ? { method: 'GET', path: '/endpoints/messaging-session' }
          : {
              method: 'POST',
              path: '/',
              service,
              headers: { 'content-type': 'application/x-www-form-urlencoded' },
              body: 'Action=GetCallerIdentity&Version=2011-06-15',
            }),
        ...signed(),
      })

    // Not by advance: pings would go unanswered meanwhile.
    clock.setNow(clock.now() + 895_000)
    clock.advance(1_000)
    expect((await call('chime')).status).toBe(200)
    expect((await call('sts')).status).toBe(200)
    expect(session.socket.readyState).toBe(1)
    clock.setNow(clock.now() + 4_000)
    clock.advance(1_000)
    const chime = await call('chime')
    expect(chime.status).toBe(403)
    expect(chime.headers['x-amzn-errortype']).toBe('ExpiredTokenException')
    expect(JSON.parse(chime.body)).toEqual({
      message: 'The security token included in the request is expired',
    })
    const query = await call('sts')
    expect(query.status).toBe(403)
    expect(query.body).toContain('<Code>ExpiredToken</Code>')
    // evidence: behaviour 1.7: a code on which the stock client comes back with a fresh credential
    expect(await session.closed).toEqual({ code: 4001, reason: 'Credentials expired' })
    using refused = await openSession(server, user, signed())
    expect((await refused.closed).code).toBe(4401)
  })
})

async function channelsOf(bearer: string): Promise<unknown> {
  const { Channels } = await world.messaging(world.server.credentials).listChannels({
    AppInstanceArn: scenario.appInstanceArn,
    ChimeBearer: bearer,
  })
  return Channels
}

/** Assumes a role that may do everything in Chime, for 900 s; the client's clock may be off. */
async function roleOf(server: Endpoint): Promise<(clockOffsetMs?: number) => Promise<Credentials>> {
  const { httpUrl: endpoint, region, credentials } = server
  const iam = new IAM({ endpoint, region, credentials })
  const RoleName = 'chat'
  const AssumeRolePolicyDocument = policy(trustAccount())
  const { Role } = await iam.createRole({ RoleName, AssumeRolePolicyDocument })
  const PolicyDocument = policy(allow('chime:*'))
  await iam.putRolePolicy({ RoleName, PolicyName: 'own', PolicyDocument })
  iam.destroy()
  return async (systemClockOffset = 0) => {
    const sts = new STS({ endpoint, region, credentials, systemClockOffset })
    const RoleArn = Role?.Arn
    const output = await sts.assumeRole({ RoleArn, RoleSessionName: 'ana', DurationSeconds: 900 })
    sts.destroy()
    return { ...credentialsOf(output), expiration: output.Credentials!.Expiration! }
  }
}
