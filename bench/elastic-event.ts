// A live event from its first member to its last: many callers add members to one elastic channel
// and members talk, `carillon top` watches, and half-way the server is killed and started again.
// At the end everything that was acknowledged must be there. `node bench/elastic-event.ts 1000000`
// does it with a million.
import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import {
  BatchCreateChannelMembershipCommand,
  GetChannelMessageCommand,
  SendChannelMessageCommand,
} from '@aws-sdk/client-chime-sdk-messaging'
import { createSdkClients } from '../test/harness/sdk-clients.ts'
import { startServerProcess } from '../test/harness/start-server.ts'
import {
  BATCH_MEMBERS,
  JOIN_CONNECTIONS,
  makeCrowd,
  makeElasticChannel,
  makeUsers,
  memberArnOf,
  requireMembers,
} from './load/elastic-members.ts'
import { recordResult } from './measure.ts'

const MEMBERS_COUNT = Number(process.argv[2] ?? 100_000)
const MEMBERS_PER_SUB_CHANNEL = 1_000
const BATCHES_COUNT = MEMBERS_COUNT / BATCH_MEMBERS
/** Of each batch one member sends a message, once in so many batches. */
const BATCHES_PER_MESSAGE = 10
/** A caller whose request was cut off asks again. */
const RETRY_MS = 100
const WATCH_INTERVAL_MS = 2_000
const PICTURE_LINES = 12

const server = await startServerProcess()
const crowd = await makeCrowd(server)
await makeUsers(server, crowd, 0, MEMBERS_COUNT)
const channelArn = await makeElasticChannel(server, crowd, {
  subChannels: MEMBERS_COUNT / MEMBERS_PER_SUB_CHANNEL,
  membersPerSubChannel: MEMBERS_PER_SUB_CHANNEL,
})
using clients = createSdkClients(server)
const { messaging } = clients

interface SentMessage {
  readonly messageId: string
  readonly subChannelId: string
}
const sent: SentMessage[] = []
let taken = 0
let answered = 0
let cutOff = 0
let outageMs = 0
const over = new AbortController()

/** Until it is answered. What was carried out without an answer is answered by conflicts then. */
async function persistently<Answer>(call: () => Promise<Answer>): Promise<Answer> {
  for (;;) {
    try {
      return await call()
    } catch (error) {
      // Refusals have a status; a connection that broke has none.
      if ((error as { $response?: unknown }).$response !== undefined) throw error
      cutOff++
      await sleep(RETRY_MS)
    }
  }
}

async function join(batch: number): Promise<void> {
  const memberArns = Array.from({ length: BATCH_MEMBERS }, (_, index) =>
    memberArnOf(crowd, batch * BATCH_MEMBERS + index),
  )
  const answer = await persistently(() =>
    messaging.send(
      new BatchCreateChannelMembershipCommand({
        ChannelArn: channelArn,
        MemberArns: memberArns,
        ChimeBearer: crowd.moderatorArn,
      }),
    ),
  )
  const refused = (answer.Errors ?? []).filter(({ ErrorCode }) => ErrorCode !== 'Conflict')
  if (refused.length > 0) throw new Error(`refused: ${JSON.stringify(refused[0])}`)
  const subChannelId = answer.BatchChannelMemberships?.SubChannelId
  if (batch % BATCHES_PER_MESSAGE === 0 && subChannelId !== undefined) {
    await send(memberArns[0]!, subChannelId)
  }
}

async function send(memberArn: string, subChannelId: string): Promise<void> {
  const ClientRequestToken = randomUUID()
  const { MessageId } = await persistently(() =>
    messaging.send(
      new SendChannelMessageCommand({
        ChannelArn: channelArn,
        SubChannelId: subChannelId,
        Content: 'Hello, block C',
        Type: 'STANDARD',
        Persistence: 'PERSISTENT',
        ClientRequestToken,
        ChimeBearer: memberArn,
      }),
    ),
  )
  sent.push({ messageId: MessageId!, subChannelId })
}

async function addMembers(): Promise<void> {
  while (taken < BATCHES_COUNT) {
    await join(taken++)
    answered++
    if (answered === BATCHES_COUNT / 2) await crash()
  }
}

/** The callers go on asking meanwhile. */
async function crash(): Promise<void> {
  const startedAtMs = performance.now()
  await server.kill9()
  await server.restart()
  outageMs = performance.now() - startedAtMs
  console.log(`killed and started again in ${outageMs.toFixed(0)} ms`)
}

async function watch(): Promise<void> {
  const main = fileURLToPath(new URL('../src/main.ts', import.meta.url))
  const { accessKeyId, secretAccessKey } = server.credentials
  while (!over.signal.aborted) {
    await sleep(WATCH_INTERVAL_MS)
    const flags = ['--once', '--endpoint', server.httpUrl, '--data-dir', server.dataDirectory]
    const picture = await promisify(execFile)(
      process.execPath,
      [main, 'top', ...flags, '--channel', channelArn],
      {
        env: {
          PATH: process.env['PATH'],
          CARILLON_ACCESS_KEY_ID: accessKeyId,
          CARILLON_SECRET_ACCESS_KEY: secretAccessKey,
        },
      },
    ).catch((error: unknown) => ({ stdout: `no picture: ${String(error).split('\n')[0]}` }))
    console.log(picture.stdout.split('\n').slice(0, PICTURE_LINES).join('\n'))
  }
}

const startedAtMs = performance.now()
const watching = watch()
await Promise.all(Array.from({ length: JOIN_CONNECTIONS }, addMembers))
const seconds = (performance.now() - startedAtMs) / 1_000
over.abort()
await watching
const subChannels = await requireMembers(server, crowd, channelArn, MEMBERS_COUNT)
for (const { MembershipCount = 0 } of subChannels) {
  if (MembershipCount !== MEMBERS_PER_SUB_CHANNEL) throw new Error('a sub-channel is not full')
}
let missing = 0
for (const { messageId, subChannelId } of sent) {
  const request = { ChannelArn: channelArn, SubChannelId: subChannelId, MessageId: messageId }
  await messaging
    .send(new GetChannelMessageCommand({ ...request, ChimeBearer: crowd.moderatorArn }))
    .catch(() => missing++)
}
await server.stop()
recordResult({
  bench: 'elastic-event',
  figure: `${MEMBERS_COUNT} members, killed half-way`,
  unit: 'acknowledged memberships and messages missing',
  runs: [missing],
  goal: { atMost: 0 },
  details: {
    messages: sent.length,
    subChannels: subChannels.length,
    requestsCutOff: cutOff,
    outageMs,
    membersPerSecond: MEMBERS_COUNT / seconds,
  },
})
