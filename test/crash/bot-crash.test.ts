// Questions to bots survive: a server that is killed while its bots think asks again, and each
// question that was acknowledged has exactly one answer in the end. CARILLON_CRASH_ROUNDS=20 runs
// more rounds, CARILLON_CRASH_SEED=… repeats one schedule.
import { expect, test } from 'vitest'
import {
  ListChannelMessagesCommand,
  type ChannelMessageSummary,
  type ChimeSDKMessagingClient,
} from '@aws-sdk/client-chime-sdk-messaging'
import { crashRounds, openCrashStore, passing } from '../harness/crash-rounds.ts'
import { answerOf, lexEnvironment, startLexServer } from '../harness/lex-server.ts'
import { connectSession } from '../harness/messaging-session.ts'
import { createScenario } from '../harness/scenario.ts'
import { createSdkClients } from '../harness/sdk-clients.ts'
import { startServerProcess } from '../harness/start-server.ts'
import { mulberry32 } from '../hostile/store/random.ts'

const ROUNDS_DEFAULT = 2
const CHANNELS = 4
const QUESTIONS_PER_CHANNEL = 50
/** The server is killed when Lex has been asked so often, drawn at random. */
const ASKED_MAX = 60
/** How long Lex thinks: some questions are under way whenever the server is killed. */
const THINKING_MS_MAX = 20

const ORIGIN = 'CHIME.LEX.sessionState.originatingRequestId'
const originOf = ({ MessageAttributes }: Pick<ChannelMessageSummary, 'MessageAttributes'>) =>
  MessageAttributes?.[ORIGIN]?.StringValues?.[0]

for (const { store, seed } of crashRounds(ROUNDS_DEFAULT)) {
  test(`each question has one answer after a crash (${store}, seed ${seed})`, async () => {
    const random = mulberry32(seed)
    await using database = await openCrashStore(store)
    await using lex = await startLexServer()
    lex.answerTo = async ({ text }) => {
      await passing(random() * THINKING_MS_MAX)
      return answerOf(text ?? '')
    }
    await using server = await startServerProcess(
      { store: database.setting },
      lexEnvironment(lex.url),
    )
    using clients = createSdkClients(server)
    const scenario = await createScenario(clients)
    const owner = await scenario.user('owner')
    const bot = await scenario.bot(
      `arn:aws:lex:${server.region}:${server.accountId}:bot-alias/BOTBOTBOT1/ALIASALIA1`,
    )
    const channels: string[] = []
    while (channels.length < CHANNELS) {
      channels.push(await scenario.channel(owner, { MemberArns: [bot] }))
    }

    const acknowledged: string[] = []
    const state = { dead: false }
    const senders = channels.map(async (channelArn, channel) => {
      for (let count = 0; !state.dead && count < QUESTIONS_PER_CHANNEL; count++) {
        const sent = scenario.send(channelArn, owner, `${channel}.${count}`)
        const messageId = await sent.catch(() => undefined)
        if (messageId === undefined) return
        acknowledged.push(messageId)
      }
    })
    await lex.asked.holds(1 + Math.floor(random() * ASKED_MAX))
    await server.kill9()
    state.dead = true
    await Promise.all(senders)
    await server.restart()

    using session = await connectSession(server, owner)
    const answered = (messageId: string) =>
      session.waitFor(({ payload }) => originOf(payload ?? {}) === messageId)
    const before = await readAll(clients.messaging, owner, channels)
    const found = new Set(before.map(originOf))
    for (const message of before.filter(isQuestion)) {
      if (!found.has(message.MessageId)) await answered(message.MessageId!)
    }
    const after = await readAll(clients.messaging, owner, channels)
    const questions = after.filter(isQuestion)
    const origins = after.map(originOf).filter((origin) => origin !== undefined)
    expect(origins.toSorted()).toEqual(questions.map(({ MessageId }) => MessageId!).toSorted())
    expect(after.length, 'no errors').toBe(2 * questions.length)
    const ids = new Set(questions.map(({ MessageId }) => MessageId))
    expect(acknowledged.filter((messageId) => !ids.has(messageId))).toEqual([])
    const asked = new Set(lex.asked.items.map(({ text }) => text))
    expect(questions.filter(({ Content }) => !asked.has(Content))).toEqual([])
    expect(lex.refusals).toEqual([])
  })
}

function isQuestion({ Content }: ChannelMessageSummary): boolean {
  return /^\d+\.\d+$/.test(Content ?? '')
}

/** All messages of all channels. */
async function readAll(
  messaging: ChimeSDKMessagingClient,
  bearer: string,
  channels: readonly string[],
): Promise<readonly ChannelMessageSummary[]> {
  const messages: ChannelMessageSummary[] = []
  for (const ChannelArn of channels) {
    let NextToken: string | undefined
    do {
      const page = await messaging.send(
        new ListChannelMessagesCommand({ ChannelArn, ChimeBearer: bearer, NextToken }),
      )
      messages.push(...(page.ChannelMessages ?? []))
      NextToken = page.NextToken
    } while (NextToken !== undefined)
  }
  return messages
}
