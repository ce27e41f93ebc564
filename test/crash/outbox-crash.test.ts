// What was acknowledged leaves the server, however often that is killed: senders in several
// channels, a webhook that takes their stream and fails now and then, `kill -9` at random moments,
// the same directory started again. Every message that is kept arrives, in the order of its
// channel, and what arrives again is the same record under the same id.
// CARILLON_CRASH_ROUNDS=20 runs more rounds, CARILLON_CRASH_SEED=… repeats one schedule.
import {
  ListChannelMessagesCommand,
  PutMessagingStreamingConfigurationsCommand,
  type ChimeSDKMessagingClient,
} from '@aws-sdk/client-chime-sdk-messaging'
import { expect, test } from 'vitest'
import { writeOutboundFile } from '../conformance/kit/outbound-file.ts'
import { crashRounds, openCrashStore } from '../harness/crash-rounds.ts'
import { createScenario, type Scenario } from '../harness/scenario.ts'
import { createSdkClients } from '../harness/sdk-clients.ts'
import { startServerProcess } from '../harness/start-server.ts'
import { startWebhookServer, type WebhookServer } from '../harness/webhook-server.ts'
import { mulberry32 } from '../hostile/store/random.ts'

const ROUNDS_DEFAULT = 1
const CHANNELS = 4
const KILLS = 2
/** The server is killed when so many messages, drawn at random, have been acknowledged. */
const MESSAGES_BEFORE_KILL_MAX = 120
/** Of the requests to the webhook. */
const FAULTS_SHARE = 0.15
const TIMEOUT_MS = 120_000

for (const { store, seed } of crashRounds(ROUNDS_DEFAULT)) {
  test(
    `everything kept is streamed, in order (${store}, seed ${seed})`,
    { timeout: TIMEOUT_MS },
    async () => {
      const random = mulberry32(seed)
      await using webhook = await startWebhookServer()
      await using stream = await startStream(webhook)
      await using database = await openCrashStore(store)
      const settings = { store: database.setting }
      await using server = await startServerProcess(settings, stream.environment)
      using clients = createSdkClients(server)
      const { messaging } = clients
      const scenario = await createScenario(clients)
      const owner = await scenario.user('owner')
      const resourceArn = `arn:aws:kinesis:${server.region}:${server.accountId}:stream/${STREAM}`
      await messaging.send(
        new PutMessagingStreamingConfigurationsCommand({
          AppInstanceArn: scenario.appInstanceArn,
          StreamingConfigurations: [{ DataType: 'ChannelMessage', ResourceArn: resourceArn }],
        }),
      )
      const channels: string[] = []
      while (channels.length < CHANNELS) channels.push(await scenario.channel(owner))

      stream.faultsShare = FAULTS_SHARE
      stream.random = random
      const acknowledged: string[] = []
      for (let kill = 0; kill < KILLS; kill++) {
        const count = 20 + Math.floor(random() * MESSAGES_BEFORE_KILL_MAX)
        const sent = sendUntil(scenario, owner, channels, acknowledged, count)
        await sent.enough
        await server.kill9()
        await sent.over
        await server.restart()
      }
      stream.faultsShare = 0

      const histories = new Map<string, readonly string[]>()
      for (const channelArn of channels) {
        histories.set(channelArn, await listIds(messaging, owner, channelArn))
      }
      const kept = [...histories.values()].flat()
      expect(kept).toEqual(expect.arrayContaining(acknowledged))
      await stream.hasTaken(kept)
      for (const [channelArn, ids] of histories) {
        expect(stream.firstArrivals(channelArn), 'the order of a channel').toEqual(ids)
      }
      expect(stream.faults(KILLS)).toEqual([])
      expect(webhook.received.items.every(({ isSigned }) => isSigned)).toBe(true)
    },
  )
}

const STREAM = 'chime-messaging-crash'

interface StreamedRecord {
  readonly Id: string
  readonly PartitionKey: string
  readonly Record: { readonly EventType: string; readonly Payload: { readonly MessageId: string } }
}

/** The webhook as the stream's destination, with what is known of its records. */
async function startStream(webhook: WebhookServer) {
  const file = await writeOutboundFile({
    streams: {
      'arn:aws:kinesis:*': {
        kind: 'webhook',
        url: webhook.url,
        secret: { variable: 'STREAM_SECRET' },
      },
    },
  })
  /** By the record's id: what it says, and how often it was taken. */
  const records = new Map<string, { readonly text: string; takenCount: number }>()
  const faults: string[] = []
  const arrivals: StreamedRecord[] = []
  const taken = new Set<string>()
  const stream = {
    environment: { CARILLON_OUTBOUND: file.path, STREAM_SECRET: webhook.secret },
    faultsShare: 0,
    random: () => 1,
    async hasTaken(messageIds: readonly string[]): Promise<void> {
      await webhook.received.first(() => messageIds.every((id) => taken.has(id)))
    },
    /** Ids of the messages of a channel in the order in which they came first. */
    firstArrivals(channelArn: string): readonly string[] {
      const ofChannel = arrivals.filter(({ PartitionKey }) => PartitionKey === channelArn)
      return [...new Set(ofChannel.map(({ Record }) => Record.Payload.MessageId))]
    },
    /** What nothing can excuse, with as many kills. */
    faults(killsCount: number): readonly string[] {
      const tooOften = [...records].filter(([, { takenCount }]) => takenCount > 1 + killsCount)
      return [...faults, ...tooOften.map(([id]) => `${id} was taken too often`)]
    },
    [Symbol.asyncDispose]: () => file[Symbol.asyncDispose](),
  }
  webhook.answerTo = ({ body }) => {
    const isTaken = stream.random() >= stream.faultsShare
    for (const record of body['Records'] as readonly StreamedRecord[]) {
      const text = JSON.stringify(record)
      const known = records.get(record.Id) ?? { text, takenCount: 0 }
      if (known.text !== text) faults.push(`${record.Id} says something else`)
      if (isTaken) {
        known.takenCount++
        taken.add(record.Record.Payload.MessageId)
      }
      records.set(record.Id, known)
      arrivals.push(record)
    }
    if (isTaken) return {}
    return stream.random() < 0.5 ? { status: 503 } : 'reset'
  }
  return stream
}

/** Senders, one for each channel, that go on until the server is gone. */
function sendUntil(
  scenario: Scenario,
  owner: string,
  channels: readonly string[],
  acknowledged: string[],
  count: number,
) {
  const enough = Promise.withResolvers<void>()
  const goal = acknowledged.length + count
  const over = Promise.all(
    channels.map(async (channelArn) => {
      for (;;) {
        const id = await scenario.send(channelArn, owner, 'on its way').catch(() => undefined)
        if (id === undefined) return
        acknowledged.push(id)
        if (acknowledged.length >= goal) enough.resolve()
      }
    }),
  )
  return { enough: enough.promise, over }
}

/** Oldest first. */
async function listIds(
  messaging: ChimeSDKMessagingClient,
  bearer: string,
  channelArn: string,
): Promise<readonly string[]> {
  const ids: string[] = []
  let NextToken: string | undefined
  do {
    const page = await messaging.send(
      new ListChannelMessagesCommand({
        ChannelArn: channelArn,
        ChimeBearer: bearer,
        SortOrder: 'ASCENDING',
        NextToken,
      }),
    )
    ids.push(...(page.ChannelMessages ?? []).map(({ MessageId }) => MessageId ?? ''))
    NextToken = page.NextToken
  } while (NextToken !== undefined)
  return ids
}
