// Messages in flows survive: concurrent senders behind two processors, `kill -9` at a random
// moment, the same directory started again. Every acknowledged message was asked about at least
// once, and ends up as its processors say, exactly once. CARILLON_CRASH_ROUNDS and
// CARILLON_CRASH_SEED as in crash-rounds.ts.
import {
  AssociateChannelFlowCommand,
  ChannelFlowCallbackCommand,
  CreateChannelFlowCommand,
  GetChannelMessageStatusCommand,
  ListChannelMessagesCommand,
  type ChimeSDKMessagingClient,
} from '@aws-sdk/client-chime-sdk-messaging'
import { expect, test } from 'vitest'
import { crashRounds, openCrashStore, passing } from '../harness/crash-rounds.ts'
import { startProcessorHost, type Question } from '../harness/processor-host.ts'
import { createScenario, unique, type Scenario } from '../harness/scenario.ts'
import { createSdkClients } from '../harness/sdk-clients.ts'
import { startServerProcess } from '../harness/start-server.ts'

const ROUNDS_DEFAULT = 2
const SENDERS = 4
/** The server is killed this long after the first acknowledgement, at a moment drawn at random. */
const KILL_AFTER_MS_MAX = 700
const SCOPE = { region: 'us-east-1', accountId: '000000000000' }

for (const { store, seed } of crashRounds(ROUNDS_DEFAULT)) {
  test(`every acknowledged message leaves its flow as its processors say (${store}, seed ${seed})`, async () => {
    const killAfterMs = (seed * 7919) % KILL_AFTER_MS_MAX
    await using host = await startProcessorHost(SCOPE, ['first', 'second'])
    await using database = await openCrashStore(store)
    await using server = await startServerProcess(
      { store: database.setting },
      { CARILLON_OUTBOUND: host.outboundFile },
    )
    using clients = createSdkClients(server)
    const { messaging } = clients
    const scenario = await createScenario(clients)
    const owner = await scenario.user('owner')
    const channelArn = await channelBehindFlow(scenario, messaging, owner)

    /** The ids of callbacks whose answer was taken. */
    const answered = new Set<string>()
    for (const name of ['first', 'second']) {
      host.react(name, async (response, question) => {
        // Some answer first, some are first thought to have been asked.
        const isQuick = question.CallbackId.slice(-1) < '8'
        if (!isQuick) response.writeHead(200).end()
        await answer(messaging, name, question)
          .then(() => answered.add(question.CallbackId))
          .catch(() => undefined)
        if (isQuick) response.writeHead(200).end()
      })
    }

    const acknowledged: { readonly messageId: string; readonly content: string }[] = []
    const begun = Promise.withResolvers<void>()
    const state = { isDead: false }
    const senders = Array.from({ length: SENDERS }, async (_, sender) => {
      for (let count = 0; !state.isDead; count++) {
        const content = `${sender}.${count} ${count % 3 === 0 ? 'deny' : 'accept'}`
        const messageId = await scenario.send(channelArn, owner, content).catch(() => undefined)
        if (messageId === undefined) return
        acknowledged.push({ messageId, content })
        begun.resolve()
      }
    })
    await begun.promise
    await passing(killAfterMs)
    state.isDead = true
    await server.kill9()
    await Promise.all(senders)
    await server.restart()

    const ends = new Map<string, string>()
    for (const { messageId } of acknowledged) {
      for (const name of ['first', 'second'] as const) {
        const question = await host.question(name, messageId)
        if (answered.has(question.CallbackId)) continue
        // The processor could not tell it, or does not know whether it could: it tells it again.
        await answer(messaging, name, question)
      }
      ends.set(messageId, await endOf(messaging, channelArn, owner, messageId))
    }
    for (const { messageId, content } of acknowledged)
      expect([content, ends.get(messageId)]).toEqual([
        content,
        content.endsWith('deny') ? 'Forbidden' : 'SENT',
      ])
    const listed = await contentsOf(messaging, channelArn, owner)
    expect(new Set(listed).size, 'nothing is there twice').toBe(listed.length)
    const expected = acknowledged.filter(({ content }) => content.endsWith('accept'))
    for (const { content } of expected) expect(listed).toContain(`${content} checked`)
    expect(acknowledged.length).toBeGreaterThan(0)
  })
}

/** `first` changes what it accepts, `second` denies some: by what was said, so always the same. */
async function answer(
  messaging: ChimeSDKMessagingClient,
  name: string,
  { CallbackId, ChannelMessage }: Question,
): Promise<void> {
  const content = String(ChannelMessage['Content'])
  await messaging.send(
    new ChannelFlowCallbackCommand({
      ChannelArn: String(ChannelMessage['ChannelArn']),
      CallbackId,
      DeleteResource: name === 'second' && content.includes('deny'),
      ChannelMessage: {
        MessageId: ChannelMessage.MessageId,
        ...(name === 'first' ? { Content: `${content} checked` } : {}),
      },
    }),
  )
}

async function channelBehindFlow(
  scenario: Scenario,
  messaging: ChimeSDKMessagingClient,
  owner: string,
): Promise<string> {
  const ChannelArn = await scenario.channel(owner)
  const { ChannelFlowArn } = await messaging.send(
    new CreateChannelFlowCommand({
      AppInstanceArn: scenario.appInstanceArn,
      Name: 'Two',
      Processors: ['first', 'second'].map((Name, index) => ({
        Name,
        Configuration: {
          Lambda: {
            ResourceArn: `arn:aws:lambda:${SCOPE.region}:${SCOPE.accountId}:function:${Name}`,
            InvocationType: 'ASYNC' as const,
          },
        },
        ExecutionOrder: index + 1,
        FallbackAction: 'ABORT' as const,
      })),
      ClientRequestToken: unique(),
    }),
  )
  await messaging.send(
    new AssociateChannelFlowCommand({ ChannelArn, ChannelFlowArn, ChimeBearer: owner }),
  )
  return ChannelArn
}

/** The status that the sender is told, or the code of the error. */
async function endOf(
  messaging: ChimeSDKMessagingClient,
  ChannelArn: string,
  ChimeBearer: string,
  MessageId: string,
): Promise<string> {
  return messaging
    .send(new GetChannelMessageStatusCommand({ ChannelArn, ChimeBearer, MessageId }))
    .then(
      ({ Status }) => String(Status?.Value),
      (error: { Code?: string }) => String(error.Code),
    )
}

async function contentsOf(
  messaging: ChimeSDKMessagingClient,
  ChannelArn: string,
  ChimeBearer: string,
): Promise<string[]> {
  const contents: string[] = []
  let NextToken: string | undefined
  do {
    const page = await messaging.send(
      new ListChannelMessagesCommand({ ChannelArn, ChimeBearer, NextToken }),
    )
    for (const { Content } of page.ChannelMessages ?? []) contents.push(String(Content))
    NextToken = page.NextToken
  } while (NextToken !== undefined)
  return contents
}
