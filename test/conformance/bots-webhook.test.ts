// Bots behind a webhook, which speaks as Lex does, and bots of channels whose messages go through a
// flow.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect } from 'vitest'
import type { TestSession } from '../harness/messaging-session.ts'
import { startWebhookServer, type ReceivedWebhook } from '../harness/webhook-server.ts'
import { ANSWER_TYPE, answerTo, errorIn, HEARS_ALL, textsOf, type SaidByBot } from './kit/bots.ts'
import { casesOf } from './kit/conformance-case.ts'
import { putFlowBefore } from './kit/flows.ts'
import { aliasArnOf, createBot, lexConfiguration } from './kit/lex.ts'
import { useWorld } from './kit/world.ts'

const webhook = await startWebhookServer()
const directory = await mkdtemp(join(tmpdir(), 'carillon-bots-'))
const outbound = join(directory, 'outbound.json')
const target = { kind: 'webhook', url: webhook.url, secret: { file: 'secret' } }
await writeFile(join(directory, 'secret'), webhook.secret)
await writeFile(
  outbound,
  JSON.stringify({ bots: { 'arn:aws:lex:*': target }, processors: { 'arn:aws:lambda:*': target } }),
)
const world = useWorld({ outbound })
afterAll(async () => {
  await webhook[Symbol.asyncDispose]()
  await rm(directory, { recursive: true })
})

const write = casesOf('SendChannelMessage')

/** A channel of Ana's with a bot; she listens. */
async function stage(input: object = {}) {
  const Configuration = lexConfiguration(world, { InvokedBy: HEARS_ALL, ...input })
  const bot = await createBot(world, { Configuration })
  const ana = await world.user('Ana')
  const session = await world.listen(ana)
  const channelArn = await world.channel(ana, { MemberArns: [bot] })
  return { bot, ana, session, channelArn }
}
const isOf = (channelArn: string, { body, kind }: ReceivedWebhook) =>
  kind === 'bot' &&
  (body['requestAttributes'] as Record<string, unknown>)['CHIME.channel.arn'] === channelArn
const asked = (channelArn: string) =>
  webhook.received.items.filter((request) => isOf(channelArn, request))
const saying = (...contents: readonly string[]) => ({
  body: JSON.stringify({
    messages: contents.map((content) => ({ content, contentType: 'PlainText' })),
    sessionState: { intent: { name: 'Echo', state: 'Fulfilled' } },
    sessionId: 'whatever',
  }),
})

write(
  'behaviour',
  'proposed',
  'Given a bot behind a webhook, when it joins and when a member sends, then it is asked in the words of RecognizeText, signed, and its answer is said',
  async () => {
    webhook.answerTo = ({ body }) => saying(`You said ${String(body['text'])}`)
    const { ana, session, channelArn } = await stage({ WelcomeIntent: 'Hello' })
    const { payload } = await session.waitForType('CREATE_CHANNEL_MESSAGE', {
      ContentType: ANSWER_TYPE,
    })
    expect(textsOf(payload as unknown as SaidByBot)).toEqual(['You said undefined'])
    // Longer than Lex would take.
    const text = '€'.repeat(1_300)
    const messageId = await world.post(channelArn, ana, text)
    const answer = await answerTo(session, messageId)
    expect(textsOf(answer)).toEqual([`You said ${text}`])
    const [welcome, question] = asked(channelArn)
    const botAliasArn = aliasArnOf(world)
    const { sessionId } = question!.body
    const common = { botAliasArn, localeId: 'en_US', sessionId }
    const platform = { 'x-amz-lex:channels:platform': 'Amazon Chime SDK Messaging' }
    expect(welcome!.body).toEqual({
      ...common,
      requestAttributes: { ...platform, 'CHIME.channel.arn': channelArn },
      sessionState: { intent: { name: 'Hello' } },
    })
    expect(question!.body).toEqual({
      ...common,
      requestAttributes: { ...platform, 'CHIME.channel.arn': channelArn, 'CHIME.sender.arn': ana },
      text,
    })
    expect([welcome, question].map((request) => request!.isSigned)).toEqual([true, true])
    expect(welcome!.id).not.toBe(question!.id)
    expect(answer.MessageAttributes!['CHIME.LEX.sessionState.sessionId']!.StringValues).toEqual([
      sessionId,
    ])
  },
)
write(
  'behaviour',
  'inferred',
  'Given a webhook that fails twice, when it recovers, then it has heard the question three times under one id, and answers once',
  async () => {
    let failuresLeft = 2
    webhook.answerTo = () => (failuresLeft-- > 0 ? { status: 503 } : saying('at last'))
    const { ana, session, channelArn } = await stage()
    const messageId = await world.post(channelArn, ana, 'hello')
    expect(textsOf(await answerTo(session, messageId))).toEqual(['at last'])
    const ids = asked(channelArn).map(({ id }) => id)
    expect(ids.length).toBe(3)
    expect(new Set(ids).size).toBe(1)
  },
)
write(
  'behaviour',
  'inferred',
  'Given webhooks that refuse, redirect, or answer nonsense or without end, when a member sends, then the channel is told a code at once, and nothing is followed',
  async () => {
    const tooMuch = JSON.stringify({ messages: [], padding: 'x'.repeat(300_000) })
    for (const [answer, code] of [
      [{ status: 401 }, 401],
      [{ status: 302, headers: { location: `${webhook.url}/elsewhere` } }, 502],
      [{ body: 'Hello!' }, 502],
      [{ body: '' }, 502],
      [{ body: '[]' }, 502],
      [{ body: '{"messages":[{"content":"Hi"}]}' }, 502],
      [{ body: '{"messages":[],"sessionState":{"intent":{"name":"","state":"Done"}}}' }, 502],
      [saying(...Array<string>(11).fill('Hi')), 502],
      [{ body: tooMuch }, 502],
    ] as const) {
      webhook.answerTo = () => answer
      const { ana, session, channelArn } = await stage()
      await world.post(channelArn, ana, 'hello')
      expect((await errorIn(session, channelArn)).Content).toBe(`{"Code":${code}}`)
      expect(asked(channelArn).length).toBe(1)
    }
    const paths = new Set(webhook.received.items.map(({ path }) => path))
    expect(paths).toEqual(new Set(['/hook']))
  },
)
write(
  'behaviour',
  'inferred',
  'Given two channels and a webhook that is slow in one of them, when members send in both, then the other does not wait',
  async () => {
    const [slow, quick] = [await stage(), await stage()]
    const held = Promise.withResolvers<void>()
    webhook.answerTo = async (request) => {
      if (isOf(slow.channelArn, request)) await held.promise
      return saying('done')
    }
    const waiting = await world.post(slow.channelArn, slow.ana, 'slow')
    const answered = await world.post(quick.channelArn, quick.ana, 'quick')
    await answerTo(quick.session, answered)
    held.resolve()
    await answerTo(slow.session, waiting)
  },
)

/** Resolves with the question of a processor about the message that `isWanted`. */
const processing = async (isWanted: (message: Record<string, unknown>) => boolean) => {
  const { body } = await webhook.received.first(
    ({ kind, body: question }) =>
      kind === 'processor' && isWanted(question['ChannelMessage'] as Record<string, unknown>),
  )
  return body as {
    readonly CallbackId: string
    readonly ChannelMessage: Readonly<Record<string, unknown>>
  }
}
const callBack = (
  channelArn: string,
  { CallbackId, ChannelMessage }: Awaited<ReturnType<typeof processing>>,
  change: object = {},
) => {
  const { Content, ...input } = { Content: undefined, ...change }
  const MessageId = String(ChannelMessage['MessageId'])
  return world.messaging.channelFlowCallback({
    CallbackId,
    ChannelArn: channelArn,
    ChannelMessage: { MessageId, Content },
    ...input,
  })
}
const pending = (session: TestSession, Content: string) =>
  session.waitForType('PENDING_CREATE_CHANNEL_MESSAGE', { Content })

write(
  'behaviour',
  'field',
  'Given a flow, when a member sends, then the bot hears what the flow made of it, nothing of what it denied, and its own answer goes through the flow',
  async () => {
    webhook.answerTo = ({ kind, body }) =>
      kind === 'bot' ? saying(`You said ${String(body['text'])}`) : {}
    const { bot, ana, session, channelArn } = await stage()
    await putFlowBefore(world, channelArn, ana)
    const denied = await world.post(channelArn, ana, 'denied')
    const messageId = await world.post(channelArn, ana, 'hey fools')
    await pending(session, 'hey fools')
    await callBack(channelArn, await processing(({ MessageId }) => MessageId === denied), {
      DeleteResource: true,
    })
    expect(asked(channelArn)).toEqual([])
    await callBack(channelArn, await processing(({ MessageId }) => MessageId === messageId), {
      Content: 'hey friends',
    })
    const ofBot = await processing(
      ({ Sender, ChannelArn }) =>
        ChannelArn === channelArn && (Sender as { Arn: string }).Arn === bot,
    )
    expect(ofBot.ChannelMessage).toMatchObject({
      Content: '{"Messages":[{"Content":"You said hey friends","ContentType":"PlainText"}]}',
      ContentType: ANSWER_TYPE,
      Type: 'STANDARD',
    })
    await callBack(channelArn, ofBot)
    expect(textsOf(await answerTo(session, messageId))).toEqual(['You said hey friends'])
    expect(asked(channelArn).map(({ body }) => body['text'])).toEqual(['hey friends'])
  },
)
write(
  'behaviour',
  'inferred',
  'Given a flow, when a bot cannot be asked, then its error does not go through the flow',
  async () => {
    webhook.answerTo = ({ kind }) => (kind === 'bot' ? { status: 403 } : {})
    const { ana, session, channelArn } = await stage()
    await putFlowBefore(world, channelArn, ana)
    const messageId = await world.post(channelArn, ana, 'hello')
    await callBack(channelArn, await processing(({ MessageId }) => MessageId === messageId))
    expect((await errorIn(session, channelArn)).Content).toBe('{"Code":403}')
  },
)
