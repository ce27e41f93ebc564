// `GET /overview` over HTTP: for whom it is, what stands in it, and that its numbers are those of
// `/metrics` and of the API.
import {
  BatchCreateChannelMembershipCommand,
  CreateChannelModeratorCommand,
} from '@aws-sdk/client-chime-sdk-messaging'
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts'
import {
  CreateAccessKeyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  IAMClient,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ServerOverview } from '../../src/domain/overview.ts'
import { connectSession } from '../harness/messaging-session.ts'
import { createScenario, type Scenario } from '../harness/scenario.ts'
import { createSdkClients, type SdkClients } from '../harness/sdk-clients.ts'
import { rawFetch, signedFetch, type RawAnswer } from '../harness/signed-fetch.ts'
import { startServer, type Credentials, type TestServer } from '../harness/start-server.ts'

const CONFIGURATION = {
  MaximumSubChannels: 50,
  TargetMembershipsPerSubChannel: 4,
  MinimumMembershipPercentage: 40,
}

let server: TestServer
let clients: SdkClients
let scenario: Scenario

beforeAll(async () => {
  server = await startServer()
  clients = createSdkClients(server)
  scenario = await createScenario(clients)
})

afterAll(async () => {
  clients[Symbol.dispose]()
  await server.stop()
})

async function overviewOf(query = ''): Promise<ServerOverview> {
  const answer = await signedFetch(server, { method: 'GET', path: `/overview${query}` })
  expect(answer.status).toBe(200)
  expect(answer.headers['content-type']).toBe('application/json')
  return JSON.parse(answer.body) as ServerOverview
}

function queryFor(channelArn: string, nextToken?: string): string {
  const channel = `?channel=${encodeURIComponent(channelArn)}`
  return nextToken === undefined
    ? channel
    : `${channel}&next-token=${encodeURIComponent(nextToken)}`
}

/** Values by name with labels, as Prometheus reads them. */
async function metricsOf(): Promise<ReadonlyMap<string, number>> {
  const { body } = await rawFetch(server, { method: 'GET', path: '/metrics' })
  const lines = body.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  return new Map(
    lines.map((line) => {
      const at = line.lastIndexOf(' ')
      return [line.slice(0, at), Number(line.slice(at + 1))]
    }),
  )
}

function sumOf(metrics: ReadonlyMap<string, number>, isCounted: (name: string) => boolean): number {
  return [...metrics].reduce((sum, [name, value]) => (isCounted(name) ? sum + value : sum), 0)
}

/** The name of the error that was answered. */
function errorOf({ headers }: RawAnswer): string {
  return String(headers['x-amzn-errortype'])
}

/** Whether a metric counts requests that named an operation. */
function isOfRequests(metric: string): boolean {
  return metric.startsWith('carillon_request_duration_seconds_count{') && !metric.includes('"none"')
}

async function elasticChannel(creatorArn: string, membersCount: number, name = 'Event') {
  const channelArn = await scenario.channel(creatorArn, {
    Name: name,
    Mode: 'RESTRICTED',
    ElasticChannelConfiguration: CONFIGURATION,
  })
  const members = await Promise.all(
    Array.from({ length: membersCount }, () => scenario.user('member')),
  )
  const { Errors } = await clients.messaging.send(
    new BatchCreateChannelMembershipCommand({
      ChannelArn: channelArn,
      ChimeBearer: creatorArn,
      MemberArns: members,
    }),
  )
  expect(Errors ?? []).toEqual([])
  return { channelArn, members }
}

describe('who may see it', () => {
  it('nobody without a signature', async () => {
    const answer = await rawFetch(server, { method: 'GET', path: '/overview' })
    expect([answer.status, errorOf(answer)]).toEqual([403, 'MissingAuthenticationTokenException'])
  })

  it('nobody with a wrong one, or one for something else', async () => {
    const wrong = {
      ...server.credentials,
      secretAccessKey: 'another/secret+another/secret+another/se',
    }
    const stranger = { ...wrong, accessKeyId: 'AKIASTRANGERSTRANGER' }
    const get = (credentials: Credentials, more: object = {}) =>
      signedFetch(server, { method: 'GET', path: '/overview', credentials, ...more })
    expect(errorOf(await get(wrong))).toBe('InvalidSignatureException')
    expect(errorOf(await get(stranger))).toBe('UnrecognizedClientException')
    expect(errorOf(await get(server.credentials, { service: 'iam' }))).toBe(
      'InvalidSignatureException',
    )
    const late = { signingDate: new Date(Date.now() - 3_600_000) }
    expect(errorOf(await get(server.credentials, late))).toBe('InvalidSignatureException')
  })

  it('no IAM user and no role, whatever their policies allow', async () => {
    const settings = { endpoint: server.httpUrl, region: server.region, maxAttempts: 1 }
    const { credentials } = server
    const iam = new IAMClient({ ...settings, credentials })
    const allowAll = JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
    })
    await iam.send(new CreateUserCommand({ UserName: 'almighty' }))
    await iam.send(
      new PutUserPolicyCommand({
        UserName: 'almighty',
        PolicyName: 'all',
        PolicyDocument: allowAll,
      }),
    )
    const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: 'almighty' }))
    const user = {
      accessKeyId: AccessKey?.AccessKeyId ?? '',
      secretAccessKey: AccessKey?.SecretAccessKey ?? '',
    }
    const role = await iam.send(
      new CreateRoleCommand({
        RoleName: 'viewer',
        AssumeRolePolicyDocument: JSON.stringify({
          Version: '2012-10-17',
          Statement: [{ Effect: 'Allow', Principal: { AWS: '*' }, Action: 'sts:AssumeRole' }],
        }),
      }),
    )
    const sts = new STSClient({ ...settings, credentials: user })
    const assumed = await sts.send(
      new AssumeRoleCommand({ RoleArn: role.Role?.Arn, RoleSessionName: 'end-user' }),
    )
    const session = {
      accessKeyId: assumed.Credentials?.AccessKeyId ?? '',
      secretAccessKey: assumed.Credentials?.SecretAccessKey ?? '',
      sessionToken: assumed.Credentials?.SessionToken ?? '',
    }
    for (const signer of [user, session]) {
      const answer = await signedFetch(server, {
        method: 'GET',
        path: '/overview',
        credentials: signer,
      })
      expect([answer.status, errorOf(answer)]).toEqual([403, 'AccessDeniedException'])
      expect(answer.body).not.toContain('sessionsCount')
    }
    iam.destroy()
    sts.destroy()
  })

  it('nobody by another method or path', async () => {
    for (const [method, path] of [
      ['POST', '/overview'],
      ['PUT', '/overview'],
      ['GET', '/overview/'],
      ['GET', '/Overview'],
    ] as const) {
      expect((await signedFetch(server, { method, path })).status).toBe(404)
    }
  })

  it.each([
    ['?channel=nonsense'],
    [`?channel=${encodeURIComponent('arn:aws:chime:us-east-1:0:app-instance/x/user/y')}`],
    ['?next-token=nonsense'],
    [`?next-token=${Buffer.from('[1,2,3]').toString('base64url')}`],
    [`?next-token=${Buffer.from('["1","x"]').toString('base64url')}`],
    [`?next-token=${Buffer.from('null').toString('base64url')}`],
    [`?next-token=${'W'.repeat(600)}`],
  ])('a query that cannot be used is refused: %s', async (query) => {
    const answer = await signedFetch(server, { method: 'GET', path: `/overview${query}` })
    expect([answer.status, errorOf(answer)]).toEqual([400, 'ValidationException'])
  })
})

describe('what stands in it', () => {
  it('the numbers of /metrics', async () => {
    const ann = await scenario.user('ann')
    const bob = await scenario.user('bob')
    const channelArn = await scenario.channel(ann)
    await scenario.member(channelArn, ann, bob)
    using session = await connectSession(server, bob)
    await scenario.send(channelArn, ann, 'one')
    await scenario.send(channelArn, ann, 'two')
    await session.waitForType('CREATE_CHANNEL_MESSAGE', { Content: 'two' })
    await expect(scenario.send(channelArn, await scenario.user('eve'), 'no')).rejects.toMatchObject(
      { name: 'ForbiddenException' },
    )

    const overview = await overviewOf()
    const metrics = await metricsOf()
    expect(overview.sessionsCount).toBe(metrics.get('carillon_sessions'))
    expect(overview.totals).toEqual({
      requests: sumOf(metrics, isOfRequests),
      requestsFailed: sumOf(metrics, (each) => isOfRequests(each) && /status="[45]/.test(each)),
      messagesSent: metrics.get(
        'carillon_request_duration_seconds_count{operation="SendChannelMessage",status="201"}',
      ),
      framesDelivered: metrics.get('carillon_frames_delivered_total'),
      sessionsOpened:
        1 + sumOf(metrics, (each) => each.startsWith('carillon_sessions_closed_total')),
    })
    expect(overview.totals.messagesSent).toBeGreaterThanOrEqual(2)
    expect(overview.totals.requestsFailed).toBeGreaterThanOrEqual(1)
    expect(overview.queues).toEqual({
      requestsInFlight: metrics.get('carillon_requests_in_flight'),
      storeTransactions: metrics.get('carillon_store_queue_length'),
      hubBacklogBytes: metrics.get('carillon_hub_backlog_bytes'),
      sessionQueuedBytes: metrics.get('carillon_session_queued_bytes'),
    })
    expect(overview.memory.rssBytes).toBeGreaterThan(20_000_000)
    expect(overview.cpuMs).toBeGreaterThan(0)
    expect(overview.eventLoop.overMs).toBeGreaterThan(0)
    expect(overview.plainChannels).toContainEqual({
      channelArn,
      name: 'A channel',
      sessionsCount: 1,
    })
  })

  it('an elastic channel with its sub-channels, and how many are connected to each', async () => {
    const creator = await scenario.user('creator')
    const { channelArn, members } = await elasticChannel(creator, 9)
    using first = await connectSession(server, members[0]!)
    using again = await connectSession(server, members[0]!)
    using last = await connectSession(server, members[8]!)
    const { elasticChannels, chosen } = await overviewOf(queryFor(channelArn))
    const channel = {
      channelArn,
      name: 'Event',
      configuration: {
        maximumSubChannels: 50,
        targetMembershipsPerSubChannel: 4,
        minimumMembershipPercentage: 40,
      },
      sessionsCount: 3,
      subChannelsCount: 3,
      regularMembershipsCount: 9,
    }
    expect([first, again, last].every(({ socket }) => socket.readyState === socket.OPEN)).toBe(true)
    expect(elasticChannels).toContainEqual(channel)
    expect(chosen?.channel).toEqual(channel)
    expect(chosen?.nextToken).toBeUndefined()
    const listed = chosen?.subChannels ?? []
    const counts = listed.map((each) => each.regularMembershipsCount)
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(9)
    expect(Math.max(...counts)).toBe(4)
    const sessions = listed.map((each) => each.sessionsCount)
    expect(sessions.reduce((sum, count) => sum + count, 0)).toBe(3)
    expect(Math.max(...sessions)).toBeGreaterThanOrEqual(2)
    expect(listed.every((each) => each.moderatorMembershipsCount === 0)).toBe(true)

    // A moderator takes no place and is in as many as it likes.
    const moderator = await scenario.user('moderator')
    const [ChannelArn, ChimeBearer] = [channelArn, creator]
    await clients.messaging.send(
      new CreateChannelModeratorCommand({
        ChannelArn,
        ChimeBearer,
        ChannelModeratorArn: moderator,
      }),
    )
    for (const { subChannelId } of listed.slice(0, 2)) {
      await clients.messaging.send(
        new BatchCreateChannelMembershipCommand({
          ChannelArn,
          ChimeBearer,
          SubChannelId: subChannelId,
          MemberArns: [moderator],
        }),
      )
    }
    using everywhere = await connectSession(server, moderator)
    const later = (await overviewOf(queryFor(channelArn))).chosen
    expect(everywhere.socket.readyState).toBe(everywhere.socket.OPEN)
    expect(later?.channel).toEqual({ ...channel, sessionsCount: 5 })
    expect(later?.subChannels.map((each) => each.moderatorMembershipsCount)).toEqual([1, 1, 0])
  })

  it('names as they were given, and never what was said or who is there', async () => {
    const creator = await scenario.user('secretive')
    const Name = 'two\nlines\u0085\u202E'
    const { channelArn, members } = await elasticChannel(creator, 2, Name)
    const plain = await scenario.channel(creator, { Name: 'plain', Metadata: 'hidden metadata' })
    using session = await connectSession(server, creator)
    await scenario.send(plain, creator, 'hidden content')
    await session.waitForType('CREATE_CHANNEL_MESSAGE', { Content: 'hidden content' })
    const overview = await overviewOf(queryFor(channelArn))
    expect(overview.chosen?.channel.name).toBe(Name)
    expect(overview.plainChannels.map(({ channelArn: arn }) => arn)).toContain(plain)
    const text = JSON.stringify(overview)
    for (const hidden of ['hidden', 'secretive', members[0]!, server.credentials.secretAccessKey]) {
      expect(text).not.toContain(hidden)
    }
  })

  it('nothing of a channel that is not there', async () => {
    const channelArn = `${scenario.appInstanceArn}/channel/none`
    expect((await overviewOf(queryFor(channelArn))).chosen).toBeUndefined()
    expect((await overviewOf()).chosen).toBeUndefined()
  })

  it('time that only moves forward', async () => {
    const first = await overviewOf()
    const second = await overviewOf()
    expect(second.uptimeMs).toBeGreaterThan(first.uptimeMs)
    expect(second.version).toBe(1)
    expect(second.isDraining).toBe(false)
  })
})
