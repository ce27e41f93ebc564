// What was acknowledged reaches its data stream: concurrent senders, `kill -9` at a random moment
// while Kinesis takes records or fails, the same directory started again. Every message that the
// store has is in the stream, and none that it has not; each channel's records come in the order of
// its messages, and what comes twice is the same byte for byte. CARILLON_CRASH_ROUNDS and
// CARILLON_CRASH_SEED are those of crash-rounds.ts.
import { expect, test } from 'vitest'
import {
  ListChannelMessagesCommand,
  PutMessagingStreamingConfigurationsCommand,
} from '@aws-sdk/client-chime-sdk-messaging'
import type { ChimeSDKMessagingClient } from '@aws-sdk/client-chime-sdk-messaging'
import { crashRounds, openCrashStore, passing } from '../harness/crash-rounds.ts'
import { kinesisEnvironment, startKinesis, type StreamedRecord } from '../harness/kinesis.ts'
import { createScenario } from '../harness/scenario.ts'
import { createSdkClients } from '../harness/sdk-clients.ts'
import { startServerProcess } from '../harness/start-server.ts'

const ROUNDS_DEFAULT = 1
const CHANNELS = 4
const KILL_AFTER_MS_MAX = 900
const STREAM = 'chime-messaging-events'

for (const { store, seed } of crashRounds(ROUNDS_DEFAULT)) {
  test(`nothing acknowledged is missing in the stream (${store}, seed ${seed})`, async () => {
    const killAfterMs = ((seed % 97) / 97) * KILL_AFTER_MS_MAX
    await using kinesis = await startKinesis()
    await kinesis.createStream(STREAM)
    await using database = await openCrashStore(store)
    const settings = { store: database.setting }
    await using server = await startServerProcess(settings, kinesisEnvironment(kinesis))
    using clients = createSdkClients(server)
    const { messaging } = clients
    const scenario = await createScenario(clients)
    await messaging.send(
      new PutMessagingStreamingConfigurationsCommand({
        AppInstanceArn: scenario.appInstanceArn,
        StreamingConfigurations: [
          {
            DataType: 'ChannelMessage',
            ResourceArn: `arn:aws:kinesis:${server.region}:${server.accountId}:stream/${STREAM}`,
          },
        ],
      }),
    )
    const owner = await scenario.user('owner')
    const channels: string[] = []
    while (channels.length < CHANNELS) channels.push(await scenario.channel(owner))

    // In every third round Kinesis is away when the server dies, in another it fails in part.
    if (seed % 3 === 1) await kinesis.fail('resets')
    if (seed % 3 === 2) kinesis.failRecords((text) => /[02468]"/.test(text))
    const acknowledged: string[] = []
    const first = Promise.withResolvers<void>()
    const state = { dead: false }
    const senders = channels.map(async (channelArn) => {
      for (let count = 0; !state.dead; count++) {
        const id = await scenario.send(channelArn, owner, `message ${count}`).catch(() => undefined)
        if (id === undefined) return
        acknowledged.push(id)
        first.resolve()
      }
    })
    await first.promise
    await passing(killAfterMs)
    state.dead = true
    await server.kill9()
    await Promise.all(senders)
    kinesis.failRecords(() => false)
    await kinesis.fail(undefined)
    await server.restart()

    const kept = new Map<string, readonly string[]>()
    for (const arn of channels) kept.set(arn, await listIds(messaging, owner, arn))
    const all = [...kept.values()].flat()
    expect(acknowledged.filter((id) => !all.includes(id))).toEqual([])
    const records = await kinesis.waitFor(
      STREAM,
      (found) => new Set(found.map(({ text }) => text)).size >= all.length,
    )
    for (const [channelArn, ids] of kept) {
      expect(arrivalsIn(records, channelArn), 'the order of first arrivals').toEqual(ids)
    }
    const texts = new Map(records.map((record) => [record.Payload['MessageId'], record.text]))
    for (const { Payload, text } of records) expect(text).toBe(texts.get(Payload['MessageId']))
  })
}

/** The ids of a channel's messages in the order in which they came for the first time. */
function arrivalsIn(records: readonly StreamedRecord[], channelArn: string): readonly string[] {
  const own = records.filter(({ Payload }) => Payload['ChannelArn'] === channelArn)
  return [...new Set(own.map(({ Payload }) => String(Payload['MessageId'])))]
}

async function listIds(
  messaging: ChimeSDKMessagingClient,
  ChimeBearer: string,
  ChannelArn: string,
): Promise<readonly string[]> {
  const ids: string[] = []
  let NextToken: string | undefined
  do {
    const listing = { ChannelArn, ChimeBearer, SortOrder: 'ASCENDING', NextToken } as const
    const page = await messaging.send(new ListChannelMessagesCommand(listing))
    ids.push(...(page.ChannelMessages ?? []).map(({ MessageId }) => MessageId!))
    NextToken = page.NextToken
  } while (NextToken !== undefined)
  return ids
}
