// ChannelFlowCallback in the hands of others than the processor: it comes without a bearer, so the
// policies of the credential are all that stands between a stranger and everybody's messages.
import {
  AssociateChannelFlowCommand,
  CreateChannelFlowCommand,
  GetChannelMessageStatusCommand,
  TagResourceCommand,
} from '@aws-sdk/client-chime-sdk-messaging'
import { IAM } from '@aws-sdk/client-iam'
import { STS } from '@aws-sdk/client-sts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createMovedClock } from '../harness/moved-clock.ts'
import { startProcessorHost, type ProcessorHost, type Question } from '../harness/processor-host.ts'
import { createScenario, unique, type Scenario } from '../harness/scenario.ts'
import { createSdkClients, type SdkClients } from '../harness/sdk-clients.ts'
import { signedFetch } from '../harness/signed-fetch.ts'
import { startServer, type Credentials, type TestServer } from '../harness/start-server.ts'
import { policyText, type StatementText } from './iam-policies.ts'

const SCOPE = { region: 'us-east-1', accountId: '000000000000' }
const CALLBACK = 'chime:ChannelFlowCallback'
const HOUR_MS = 60 * 60 * 1000

const clock = createMovedClock()
let host: ProcessorHost
let server: TestServer
let clients: SdkClients
let scenario: Scenario
let iam: IAM
let sts: STS
let ana: string
let flowArn: string
/** Both behind the same flow. */
let lobby: string
let lounge: string
/** In another app instance, behind a flow of that one. */
let elsewhere: string
let stranger: string

beforeAll(async () => {
  host = await startProcessorHost(SCOPE, ['moderate'])
  server = await startServer({
    settings: { outbound: host.outboundFile },
    overrides: { clock },
  })
  clients = createSdkClients(server)
  const settings = { endpoint: server.httpUrl, region: server.region, maxAttempts: 1 }
  iam = new IAM({ ...settings, credentials: server.credentials })
  sts = new STS({ ...settings, credentials: server.credentials })
  scenario = await createScenario(clients)
  ana = await scenario.user('ana')
  flowArn = await createFlow(scenario.appInstanceArn)
  lobby = await channelBehind(scenario, ana, flowArn)
  lounge = await channelBehind(scenario, ana, flowArn)
  const other = await createScenario(clients)
  stranger = await other.user('zed')
  elsewhere = await channelBehind(other, stranger, await createFlow(other.appInstanceArn))
})

afterAll(async () => {
  iam.destroy()
  sts.destroy()
  clients[Symbol.dispose]()
  await server.stop()
  await host.close()
})

async function createFlow(AppInstanceArn: string): Promise<string> {
  const ResourceArn = `arn:aws:lambda:${SCOPE.region}:${SCOPE.accountId}:function:moderate`
  const { ChannelFlowArn } = await clients.messaging.send(
    new CreateChannelFlowCommand({
      AppInstanceArn,
      Name: 'Moderation',
      Processors: [
        {
          Name: 'Moderate',
          Configuration: { Lambda: { ResourceArn, InvocationType: 'ASYNC' } },
          ExecutionOrder: 1,
          FallbackAction: 'ABORT',
        },
      ],
      ClientRequestToken: unique(),
    }),
  )
  return ChannelFlowArn!
}

async function channelBehind(
  of: Scenario,
  ChimeBearer: string,
  ChannelFlowArn: string,
): Promise<string> {
  const ChannelArn = await of.channel(ChimeBearer)
  await clients.messaging.send(
    new AssociateChannelFlowCommand({ ChannelArn, ChannelFlowArn, ChimeBearer }),
  )
  return ChannelArn
}

function idOf(arn: string): string {
  return arn.slice(arn.lastIndexOf('/') + 1)
}

/** What the processor is asked about a new message of the channel. */
async function ask(channelArn: string): Promise<Question> {
  const sender = channelArn === elsewhere ? stranger : ana
  const messageId = await scenario.send(channelArn, sender, 'A word')
  return host.question('moderate', messageId)
}

interface Attempt {
  readonly path?: string
  readonly bearer?: string
  readonly signingDate?: Date
}

/** The status, and the name of the error if there is one. */
async function answer(
  credentials: Credentials,
  { CallbackId, ChannelMessage: { ChannelArn, MessageId } }: Question,
  { path = encodeURIComponent(String(ChannelArn)), bearer, signingDate }: Attempt = {},
): Promise<string> {
  const { status, headers } = await signedFetch(server, {
    method: 'POST',
    path: `/channels/${path}?operation=channel-flow-callback`,
    body: { CallbackId, ChannelMessage: { MessageId } },
    credentials,
    signingDate: signingDate ?? new Date(clock.now()),
    ...(bearer === undefined ? {} : { bearer }),
  })
  return `${status} ${String(headers['x-amzn-errortype'] ?? '')}`.trim()
}

async function statusOf({ ChannelMessage: { ChannelArn, MessageId } }: Question) {
  const ChimeBearer = ChannelArn === elsewhere ? stranger : ana
  const status = new GetChannelMessageStatusCommand({
    ChannelArn: String(ChannelArn),
    MessageId,
    ChimeBearer,
  })
  return (await clients.messaging.send(status)).Status?.Value
}

async function userWith(...statements: StatementText[]): Promise<Credentials> {
  const UserName = `user-${unique()}`
  await iam.createUser({ UserName })
  const PolicyDocument = policyText(...statements)
  await iam.putUserPolicy({ UserName, PolicyName: 'own', PolicyDocument })
  const { AccessKey } = await iam.createAccessKey({ UserName })
  return { accessKeyId: AccessKey!.AccessKeyId!, secretAccessKey: AccessKey!.SecretAccessKey! }
}

interface SessionInput {
  readonly tags?: Readonly<Record<string, string>>
  readonly Policy?: string
}

async function sessionWith(
  { tags = {}, ...input }: SessionInput,
  ...statements: StatementText[]
): Promise<Credentials> {
  const RoleName = `role-${unique()}`
  const trust = {
    Version: '2012-10-17',
    Statement: {
      Effect: 'Allow',
      Principal: { AWS: `arn:aws:iam::${server.accountId}:root` },
      Action: ['sts:AssumeRole', 'sts:TagSession'],
    },
  }
  const AssumeRolePolicyDocument = JSON.stringify(trust)
  const { Role } = await iam.createRole({ RoleName, AssumeRolePolicyDocument })
  const PolicyDocument = policyText(...statements)
  await iam.putRolePolicy({ RoleName, PolicyName: 'own', PolicyDocument })
  const { Credentials: made } = await sts.assumeRole({
    RoleArn: Role!.Arn!,
    RoleSessionName: 'processor',
    DurationSeconds: 900,
    Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
    ...input,
  })
  return {
    accessKeyId: made!.AccessKeyId!,
    secretAccessKey: made!.SecretAccessKey!,
    sessionToken: made!.SessionToken!,
  }
}

const ACCESS_DENIED = '403 AccessDeniedException'

describe('a policy', () => {
  test('for one channel takes answers for that one, and for no other of the same flow', async () => {
    const user = await userWith({ Action: CALLBACK, Resource: lobby })
    const role = await sessionWith({}, { Action: CALLBACK, Resource: lobby })
    for (const credentials of [user, role]) {
      const inLobby = await ask(lobby)
      for (const channelArn of [lounge, elsewhere]) {
        const question = await ask(channelArn)
        expect(await answer(credentials, question)).toBe(ACCESS_DENIED)
        // Under the name of the channel that is allowed, the callback is none.
        const path = encodeURIComponent(lobby)
        expect(await answer(credentials, question, { path })).toBe('403 ForbiddenException')
        expect(await statusOf(question)).toBe('PENDING')
      }
      expect(await answer(credentials, inLobby)).toBe('200')
      expect(await statusOf(inLobby)).toBe('SENT')
    }
  })

  test('for one flow, one user or the app instance alone allows no answer', async () => {
    for (const Resource of [flowArn, ana, scenario.appInstanceArn, `${lobby}/`, `${lobby}*x`]) {
      const question = await ask(lobby)
      const credentials = await userWith({ Action: CALLBACK, Resource })
      expect([Resource, await answer(credentials, question)]).toEqual([Resource, ACCESS_DENIED])
      expect(await statusOf(question)).toBe('PENDING')
    }
  })

  test('for one app instance reaches no other', async () => {
    const Resource = `${scenario.appInstanceArn}/*`
    const credentials = await userWith({ Action: 'chime:*', Resource })
    expect(await answer(credentials, await ask(elsewhere))).toBe(ACCESS_DENIED)
    expect(await answer(credentials, await ask(lobby))).toBe('200')
  })

  test('is not talked around by another spelling of the path', async () => {
    const credentials = await userWith({ Action: CALLBACK, Resource: lobby })
    const question = await ask(lounge)
    const paths = [
      `${encodeURIComponent(lobby)}/../${encodeURIComponent(lounge)}`,
      encodeURIComponent(`${lobby}/../${idOf(lounge)}`),
      encodeURIComponent(lounge).toLowerCase(),
      encodeURIComponent(lounge.toUpperCase()),
      encodeURIComponent(encodeURIComponent(lounge)),
      lounge,
      `${encodeURIComponent(lounge)}%00`,
      encodeURIComponent(lounge.replace(server.accountId, '')),
    ]
    for (const path of paths) {
      const answered = await answer(credentials, question, { path })
      expect([path, answered.slice(0, 1)]).toEqual([path, '4'])
    }
    expect(await statusOf(question)).toBe('PENDING')
  })

  test('that denies one channel, or one with a tag, denies it', async () => {
    const tag = new TagResourceCommand({
      ResourceARN: lounge,
      Tags: [{ Key: 'team', Value: 'red' }],
    })
    await clients.messaging.send(tag)
    const all = { Action: CALLBACK, Resource: `${scenario.appInstanceArn}/channel/*` }
    const tagged = { StringEquals: { 'aws:ResourceTag/team': 'red' } }
    const denying = [
      await userWith(all, { Effect: 'Deny', Action: CALLBACK, Resource: lounge }),
      await userWith(all, { Effect: 'Deny', Action: 'chime:*Callback', Condition: tagged }),
      await userWith(all, { Effect: 'Deny', NotResource: lobby }),
    ]
    for (const credentials of denying) {
      expect(await answer(credentials, await ask(lounge))).toBe(ACCESS_DENIED)
      expect(await answer(credentials, await ask(lobby))).toBe('200')
    }
    const allowing = await userWith({ ...all, Condition: tagged })
    expect(await answer(allowing, await ask(lobby))).toBe(ACCESS_DENIED)
    expect(await answer(allowing, await ask(lounge))).toBe('200')
  })

  test('of a session narrows that of its role, and goes by the tags of the session', async () => {
    const all = { Action: CALLBACK }
    const narrowed = await sessionWith(
      { Policy: policyText({ Action: CALLBACK, Resource: lobby }) },
      all,
    )
    const own = `${scenario.appInstanceArn}/channel/\${aws:PrincipalTag/channel}`
    const tags = { channel: idOf(lobby) }
    const byTag = await sessionWith({ tags }, { Action: CALLBACK, Resource: own })
    for (const credentials of [narrowed, byTag]) {
      expect(await answer(credentials, await ask(lounge))).toBe(ACCESS_DENIED)
      expect(await answer(credentials, await ask(lobby))).toBe('200')
    }
  })
})

describe('a credential', () => {
  test('of an end user answers nothing, whoever its bearer is', async () => {
    const Resource = [`${scenario.appInstanceArn}/user/*`, `${scenario.appInstanceArn}/channel/*`]
    const Action = ['chime:SendChannelMessage', 'chime:ListChannelMessages']
    const endUser = await sessionWith({}, { Action, Resource })
    for (const bearer of [undefined, ana, stranger]) {
      const question = await ask(lobby)
      const attempt = bearer === undefined ? {} : { bearer }
      expect(await answer(endUser, question, attempt)).toBe(ACCESS_DENIED)
      expect(await statusOf(question)).toBe('PENDING')
    }
  })

  test('that may, may with any bearer or none: it is not looked at', async () => {
    const credentials = await userWith({ Action: CALLBACK, Resource: lobby })
    for (const bearer of [ana, stranger, 'nobody']) {
      expect(await answer(credentials, await ask(lobby), { bearer })).toBe('200')
    }
  })

  test('whose session has ended answers no more, nor one whose key is inactive', async () => {
    const session = await sessionWith({}, { Action: CALLBACK })
    const question = await ask(lobby)
    const UserName = `user-${unique()}`
    await iam.createUser({ UserName })
    const PolicyDocument = policyText({ Action: CALLBACK })
    await iam.putUserPolicy({ UserName, PolicyName: 'own', PolicyDocument })
    const { AccessKey } = await iam.createAccessKey({ UserName })
    const AccessKeyId = AccessKey!.AccessKeyId!
    const key = { accessKeyId: AccessKeyId, secretAccessKey: AccessKey!.SecretAccessKey! }
    expect(await answer(key, await ask(lobby))).toBe('200')
    await iam.updateAccessKey({ UserName, AccessKeyId, Status: 'Inactive' })
    expect(await answer(key, question)).toMatch(/^403 /)
    expect(await answer({ ...session, sessionToken: 'x' }, question)).toMatch(/^403 /)
    expect(await statusOf(question)).toBe('PENDING')
    clock.pass(HOUR_MS)
    expect(await answer(session, question)).toBe('403 ExpiredTokenException')
    expect(await answer(server.credentials, question), 'it waits still').toBe('200')
  })
})
