// What was acknowledged survives: concurrent senders, `kill -9` at a random moment, the same
// directory started again. Every acknowledged message is there exactly once and in order, and those
// that were not acknowledged are there exactly once after they are sent again with the same request
// token. CARILLON_CRASH_ROUNDS=20 runs more rounds, CARILLON_CRASH_SEED=… repeats one schedule.
import { expect, test } from 'vitest'
import {
  CreateChannelCommand,
  DescribeChannelCommand,
  GetChannelMessageCommand,
  ListChannelMessagesCommand,
  SendChannelMessageCommand,
  UpdateChannelMessageCommand,
} from '@aws-sdk/client-chime-sdk-messaging'
import type {
  ChannelMessageSummary,
  ChimeSDKMessagingClient,
} from '@aws-sdk/client-chime-sdk-messaging'
import { crashRounds, openCrashStore, passing } from '../harness/crash-rounds.ts'
import { createScenario, unique } from '../harness/scenario.ts'
import { createSdkClients } from '../harness/sdk-clients.ts'
import { startServerProcess } from '../harness/start-server.ts'
import { mulberry32 } from '../hostile/store/random.ts'

const ROUNDS_DEFAULT = 2
const CHANNELS = 6
/** Senders of one channel; each waits for its answer before it sends the next message. */
const SENDERS_PER_CHANNEL = 3
/** The server is killed this long after the first acknowledgement, at a moment drawn at random. */
const KILL_AFTER_MS_MAX = 900

interface Attempt {
  readonly channelArn: string
  readonly sender: string
  readonly content: string
  readonly token: string
  messageId: string | undefined
}

for (const { store, seed } of crashRounds(ROUNDS_DEFAULT)) {
  test(`nothing acknowledged is lost and nothing is there twice (${store}, seed ${seed})`, async () => {
    const random = mulberry32(seed)
    const killAfterMs = random() * KILL_AFTER_MS_MAX
    await using database = await openCrashStore(store)
    await using server = await startServerProcess({ store: database.setting })
    using clients = createSdkClients(server)
    const { messaging } = clients
    const scenario = await createScenario(clients)
    const owner = await scenario.user('owner')
    const channels: string[] = []
    while (channels.length < CHANNELS) channels.push(await scenario.channel(owner))

    const attempts: Attempt[] = []
    const madeChannels: string[] = []
    const acknowledged = Promise.withResolvers<void>()
    const state = { dead: false }
    const senders = channels.flatMap((channelArn, channel) =>
      Array.from({ length: SENDERS_PER_CHANNEL }, async (_, sender) => {
        for (let count = 0; !state.dead; count++) {
          const attempt: Attempt = {
            channelArn,
            sender: `${channel}.${sender}`,
            content: `${channel}.${sender}.${count}`,
            token: unique(),
            messageId: undefined,
          }
          attempts.push(attempt)
          attempt.messageId = await send(messaging, owner, attempt).catch(() => undefined)
          if (attempt.messageId === undefined) return
          acknowledged.resolve()
        }
      }),
    )
    const creator = (async () => {
      while (!state.dead) {
        const created = await messaging
          .send(
            new CreateChannelCommand({
              AppInstanceArn: scenario.appInstanceArn,
              Name: 'Made under fire',
              ClientRequestToken: unique(),
              ChimeBearer: owner,
            }),
          )
          .catch(() => undefined)
        if (created?.ChannelArn === undefined) return
        madeChannels.push(created.ChannelArn)
      }
    })()

    const edits = { channelArn: await scenario.channel(owner), acknowledgedCount: 0 }
    const editedId = await scenario.send(edits.channelArn, owner, 'edit 0')
    const editor = (async () => {
      while (!state.dead) {
        const next = edits.acknowledgedCount + 1
        const done = await messaging
          .send(
            new UpdateChannelMessageCommand({
              ChannelArn: edits.channelArn,
              MessageId: editedId,
              Content: `edit ${next}`,
              ChimeBearer: owner,
            }),
          )
          .catch(() => undefined)
        if (done === undefined) return
        edits.acknowledgedCount = next
      }
    })()

    await acknowledged.promise
    await passing(killAfterMs)
    state.dead = true
    await server.kill9()
    await Promise.all([...senders, creator, editor])
    await server.restart()

    const before = await readAll(messaging, owner, channels)
    expectAcknowledged(attempts, before)
    for (const channelArn of madeChannels) {
      await messaging.send(
        new DescribeChannelCommand({ ChannelArn: channelArn, ChimeBearer: owner }),
      )
    }
    const { ChannelMessage } = await messaging.send(
      new GetChannelMessageCommand({
        ChannelArn: edits.channelArn,
        MessageId: editedId,
        ChimeBearer: owner,
      }),
    )
    // The last acknowledged edit, or the one that was on its way.
    const { acknowledgedCount } = edits
    const possible = [acknowledgedCount, acknowledgedCount + 1].map((count) => `edit ${count}`)
    expect(possible).toContain(ChannelMessage?.Content)
    for (const attempt of attempts.filter(({ messageId }) => messageId === undefined)) {
      attempt.messageId = await send(messaging, owner, attempt)
    }
    const after = await readAll(messaging, owner, channels)
    expectAcknowledged(attempts, after)
    const total = [...after.values()].reduce((sum, messages) => sum + messages.length, 0)
    expect(total, 'messages in all').toBe(attempts.length)
    expect(attempts.length).toBeGreaterThan(CHANNELS * SENDERS_PER_CHANNEL - 1)
  })
}

async function send(
  messaging: ChimeSDKMessagingClient,
  bearer: string,
  { channelArn, content, token }: Attempt,
): Promise<string | undefined> {
  const { MessageId } = await messaging.send(
    new SendChannelMessageCommand({
      ChannelArn: channelArn,
      Content: content,
      Type: 'STANDARD',
      Persistence: 'PERSISTENT',
      ClientRequestToken: token,
      ChimeBearer: bearer,
    }),
  )
  return MessageId
}

type Histories = Map<string, readonly ChannelMessageSummary[]>

/** All messages of each channel, oldest first. */
async function readAll(
  messaging: ChimeSDKMessagingClient,
  bearer: string,
  channels: readonly string[],
): Promise<Histories> {
  const histories: Histories = new Map()
  for (const ChannelArn of channels) {
    const messages: ChannelMessageSummary[] = []
    let NextToken: string | undefined
    do {
      const page = await messaging.send(
        new ListChannelMessagesCommand({
          ChannelArn,
          ChimeBearer: bearer,
          SortOrder: 'ASCENDING',
          NextToken,
        }),
      )
      messages.push(...(page.ChannelMessages ?? []))
      NextToken = page.NextToken
    } while (NextToken !== undefined)
    histories.set(ChannelArn, messages)
  }
  return histories
}

function expectAcknowledged(attempts: readonly Attempt[], histories: Histories): void {
  for (const [channelArn, messages] of histories) {
    const contents = messages.map(({ Content }) => Content)
    expect(new Set(contents).size, 'nothing is there twice').toBe(contents.length)
    const idOf = new Map(messages.map(({ Content, MessageId }) => [Content, MessageId]))
    const ofChannel = attempts.filter((attempt) => attempt.channelArn === channelArn)
    const lost = ofChannel.filter(
      ({ messageId, content }) => messageId !== undefined && idOf.get(content) !== messageId,
    )
    expect(lost, 'acknowledged and not there, or under another id').toEqual([])
    const times = messages.map(({ CreatedTimestamp }) => CreatedTimestamp?.getTime() ?? 0)
    expect(times.every((time, index) => index === 0 || time > times[index - 1]!)).toBe(true)
    for (const sender of new Set(ofChannel.map((attempt) => attempt.sender))) {
      const own = contents.filter((content) => content?.startsWith(`${sender}.`) === true)
      const counts = own.map((content) => Number(content?.split('.')[2]))
      expect(counts, 'the order of one sender').toEqual(counts.toSorted((a, b) => a - b))
    }
  }
}
