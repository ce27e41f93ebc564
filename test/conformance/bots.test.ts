// Which messages invoke which bots, what bots are told, and what they say.
import { expect } from 'vitest'
import { answerOf } from '../harness/lex-server.ts'
import { at, expectMembers } from './kit/answers.ts'
import {
  ANSWER_TYPE,
  answerTo,
  HEARS_ALL,
  originOf,
  startBot,
  textsOf,
  useLex,
  type TestBot,
} from './kit/bots.ts'
import { casesOf } from './kit/conformance-case.ts'
import { unique, useWorld } from './kit/world.ts'

const lex = useLex()
const world = useWorld({ outbound: 'aws' })

/** A channel of Ana's with Bo and bots. */
async function stage(...bots: readonly TestBot[]) {
  const [ana, bo] = [await world.user('Ana'), await world.user('Bo')]
  const channelArn = await world.channel(ana, {
    MemberArns: [bo, ...bots.map(({ arn }) => arn)],
  })
  return { ana, bo, channelArn }
}
const standard = (StandardMessages: 'ALL' | 'AUTO' | 'MENTIONS' | 'NONE') =>
  startBot(world, lex, { StandardMessages, TargetedMessages: 'NONE' })
const mention = (...bots: readonly TestBot[]) => ({
  MessageAttributes: { 'CHIME.mentions': { StringValues: bots.map(({ arn }) => arn) } },
})
const to = (MemberArn: string) => ({ Target: [{ MemberArn }] })

const write = casesOf('SendChannelMessage')

write(
  'behaviour',
  'doc',
  'Given a bot that hears ALL, when a member sends, then Lex is asked as the configuration says, and the bot answers everybody in the documented form',
  async () => {
    const bot = await startBot(world, lex, HEARS_ALL, { LocaleId: 'de_DE' })
    const { ana, bo, channelArn } = await stage(bot)
    const session = await world.listen(bo)
    const messageId = await world.post(channelArn, ana, 'Guten Tag')
    const asked = await bot.isAsked('Guten Tag')
    expect(asked).toMatchObject({
      operation: 'RecognizeText',
      botId: 'BOTBOTBOT1',
      botAliasId: bot.aliasId,
      localeId: 'de_DE',
      sessionState: undefined,
    })
    // evidence: field (behaviour 7.3), exactly these
    expect(asked.requestAttributes).toEqual({
      'CHIME.channel.arn': channelArn,
      'CHIME.sender.arn': ana,
      'x-amz-lex:channels:platform': 'Amazon Chime SDK Messaging',
    })
    const answer = await answerTo(session, messageId)
    expectMembers({ ...answer }, [
      'ChannelArn',
      'MessageId',
      'Content',
      'ContentType',
      'Type',
      'Persistence',
      'Sender',
      'Status',
      'Redacted',
      'CreatedTimestamp',
      'LastUpdatedTimestamp',
      'MessageAttributes',
    ])
    expect(answer).toMatchObject({
      ContentType: ANSWER_TYPE,
      Content: '{"Messages":[{"Content":"Guten Tag","ContentType":"PlainText"}]}',
      Type: 'STANDARD',
      Persistence: 'PERSISTENT',
      Sender: { Arn: bot.arn, Name: 'Botty' },
      Status: { Value: 'SENT' },
      MessageAttributes: {
        'CHIME.LEX.sessionState.intent.name': { StringValues: ['Echo'] },
        'CHIME.LEX.sessionState.intent.state': { StringValues: ['Fulfilled'] },
        'CHIME.LEX.sessionState.originatingRequestId': { StringValues: [messageId] },
        'CHIME.LEX.sessionState.sessionId': { StringValues: [asked.sessionId] },
      },
    })
    const { ChannelMessages } = await world.messaging.listChannelMessages({
      ChannelArn: channelArn,
      ChimeBearer: bo,
    })
    expect(ChannelMessages?.map((message) => message.MessageId)).toEqual([
      answer.MessageId,
      messageId,
    ])
    expect(lex.refusals).toEqual([])
  },
)
write(
  'behaviour',
  'doc',
  'Given bots that hear MENTIONS, NONE and ALL, when messages mention one, another or nobody, then each hears what it should',
  async () => {
    const mentions = await standard('MENTIONS')
    const none = await standard('NONE')
    const all = await standard('ALL')
    const { ana, channelArn } = await stage(mentions, none, all)
    await world.post(channelArn, ana, 'nobody')
    await world.post(channelArn, ana, 'mentioned', mention(mentions))
    await world.post(channelArn, ana, 'none', mention(none))
    await world.post(channelArn, ana, 'both', mention(none, mentions))
    const inWords = { MessageAttributes: { mentions: { StringValues: [mentions.arn] } } }
    await world.post(channelArn, ana, `<@${mentions.arn}>`, inWords)
    expect(await mentions.askedFor(channelArn, ana)).toEqual(['mentioned', 'both'])
    expect(await none.askedFor(channelArn, ana)).toEqual([])
    expect(await all.askedFor(channelArn, ana)).toEqual([
      'nobody',
      'mentioned',
      'none',
      'both',
      `<@${mentions.arn}>`,
    ])
  },
)
write(
  'behaviour',
  'doc',
  'Given a bot that hears AUTO, when it has one other that is not hidden, then it hears all; when it has more, only mentions',
  async () => {
    const bot = await standard('AUTO')
    const [ana, bo, hidden] = [await world.user('Ana'), await world.user(), await world.user()]
    const channelArn = await world.channel(ana, { MemberArns: [bot.arn] })
    await world.post(channelArn, ana, 'alone')
    await world.joinHidden(channelArn, ana, hidden)
    await world.post(channelArn, ana, 'alone but for who is hidden')
    await world.join(channelArn, ana, bo)
    await world.post(channelArn, ana, 'not alone')
    await world.post(channelArn, ana, 'mentioned', mention(bot))
    const membership = { ChannelArn: channelArn, MemberArn: bo, ChimeBearer: ana }
    await world.messaging.deleteChannelMembership(membership)
    await world.post(channelArn, ana, 'alone again')
    expect(await bot.askedFor(channelArn, ana)).toEqual([
      'alone',
      'alone but for who is hidden',
      'mentioned',
      'alone again',
    ])
  },
)
write(
  'behaviour',
  'doc',
  'Given a message targeted at a bot, when TargetedMessages is ALL, then it answers the sender alone; when NONE, or at somebody else, then nobody is asked',
  async () => {
    const bot = await startBot(world, lex)
    const deaf = await standard('ALL')
    const { ana, bo, channelArn } = await stage(bot, deaf)
    const [forAna, forBo] = [await world.listen(ana), await world.listen(bo)]
    const messageId = await world.post(channelArn, ana, 'between us', to(bot.arn))
    const answer = await answerTo(forAna, messageId)
    expect(answer.Target).toEqual([{ MemberArn: ana }])
    expect(textsOf(answer)).toEqual(['between us'])
    await world.post(channelArn, ana, 'deaf', to(deaf.arn))
    await world.post(channelArn, ana, 'for Bo', to(bo))
    await world.post(channelArn, ana, 'for Bo, of the bot', { ...to(bo), ...mention(bot) })
    expect(await bot.askedFor(channelArn, ana)).toEqual(['between us'])
    expect(await deaf.askedFor(channelArn, ana)).toEqual([])
    const [, events] = await world.received(forAna, forBo)
    const heard = events!.map(({ payload }) => originOf(payload as object))
    expect(heard).not.toContain(messageId)
    const { ChannelMessages } = await world.messaging.listChannelMessages({
      ChannelArn: channelArn,
      ChimeBearer: bo,
    })
    expect(ChannelMessages!.map(({ MessageId }) => MessageId)).not.toContain(answer.MessageId)
  },
)
write(
  'behaviour',
  'proposed',
  'Given questions in a channel and in private, when they are asked, then a channel is one session of Lex, and each private conversation another',
  async () => {
    const bot = await startBot(world, lex)
    const { ana, bo, channelArn } = await stage(bot)
    const other = await stage(bot)
    await world.post(channelArn, ana, 'Ana to all')
    await world.post(channelArn, bo, 'Bo to all')
    await world.post(channelArn, ana, 'Ana alone', to(bot.arn))
    await world.post(channelArn, bo, 'Bo alone', to(bot.arn))
    await world.post(channelArn, ana, 'Ana alone again', to(bot.arn))
    await world.post(other.channelArn, other.ana, 'elsewhere')
    const sessionOf = async (text: string) => (await bot.isAsked(text)).sessionId
    const channel = await sessionOf('Ana to all')
    expect(await sessionOf('Bo to all')).toBe(channel)
    const anaAlone = await sessionOf('Ana alone')
    expect(await sessionOf('Ana alone again')).toBe(anaAlone)
    const all = [channel, anaAlone, await sessionOf('Bo alone'), await sessionOf('elsewhere')]
    expect(new Set(all).size).toBe(4)
  },
)
write(
  'behaviour',
  'inferred',
  'Given the deprecated RespondsTo, when messages are sent, then the bot hears those that are not targeted; a bot without either hears none',
  async () => {
    const old = await startBot(world, lex, undefined, {
      InvokedBy: undefined,
      RespondsTo: 'STANDARD_MESSAGES',
    })
    const mute = await startBot(world, lex, undefined, { InvokedBy: undefined })
    const { ana, channelArn } = await stage(old, mute)
    await world.post(channelArn, ana, 'to all')
    await world.post(channelArn, ana, 'to the old one', to(old.arn))
    await world.post(channelArn, ana, 'to the mute one', to(mute.arn))
    expect(await old.askedFor(channelArn, ana)).toEqual(['to all'])
    expect(await mute.askedFor(channelArn, ana)).toEqual([])
  },
)
write(
  'behaviour',
  'doc',
  'Given a bot that hears ALL, when messages are CONTROL, edited, or not kept, then it hears of new STANDARD ones alone',
  async () => {
    const bot = await startBot(world, lex)
    const { ana, channelArn } = await stage(bot)
    await world.post(channelArn, ana, 'typing', { Type: 'CONTROL' })
    await world.post(channelArn, ana, 'not kept', { Persistence: 'NON_PERSISTENT' })
    const MessageId = await world.post(channelArn, ana, 'kept')
    const message = { ChannelArn: channelArn, MessageId, ChimeBearer: ana }
    await world.messaging.updateChannelMessage({ ...message, Content: 'edited' })
    await world.messaging.redactChannelMessage(message)
    expect(await bot.askedFor(channelArn, ana)).toEqual(['not kept', 'kept'])
  },
)
write(
  'behaviour',
  'proposed',
  'Given two bots that hear ALL in one channel, when a member sends, then both answer once and neither hears the other',
  async () => {
    const [one, other] = [await startBot(world, lex), await startBot(world, lex)]
    const { ana, channelArn } = await stage(one, other)
    const session = await world.listen(ana)
    const first = await world.post(channelArn, ana, 'first')
    // By its own hand, as an application speaks for it.
    await world.post(channelArn, one.arn, 'I am a bot', mention(other))
    await world.post(channelArn, one.arn, 'between bots', to(other.arn))
    expect(await one.askedFor(channelArn, ana)).toEqual(['first'])
    expect(await other.askedFor(channelArn, ana)).toEqual(['first'])
    const answers = session.events.filter(({ payload }) => originOf(payload as object) === first)
    const speakers = answers.map(({ payload }) => String(at(payload, 'Sender.Arn')))
    expect(new Set(speakers)).toEqual(new Set([one.arn, other.arn]))
    expect(speakers.length).toBe(2)
  },
)
write(
  'behaviour',
  'proposed',
  'Given a bot that is hidden, is no member, or has left, when messages are sent, then it is not asked',
  async () => {
    const [hidden, stranger, gone] = [
      await startBot(world, lex, HEARS_ALL, { WelcomeIntent: 'Welcome' }),
      await startBot(world, lex),
      await startBot(world, lex),
    ]
    const { ana, channelArn } = await stage(gone)
    await world.joinHidden(channelArn, ana, hidden.arn)
    const membership = { ChannelArn: channelArn, MemberArn: gone.arn, ChimeBearer: ana }
    await world.messaging.deleteChannelMembership(membership)
    await world.post(channelArn, ana, 'hello', mention(hidden, stranger, gone))
    await world.post(channelArn, ana, 'hidden one', to(hidden.arn))
    const unhide = { ChannelArn: channelArn, MemberArn: hidden.arn, ChimeBearer: ana }
    await world.messaging.deleteChannelMembership(unhide)
    await hidden.configure({ WelcomeIntent: undefined })
    await world.join(channelArn, ana, hidden.arn, stranger.arn, gone.arn)
    for (const bot of [hidden, stranger, gone])
      expect(await bot.askedFor(channelArn, ana)).toEqual([])
  },
)
write(
  'behaviour',
  'doc',
  'Given an answer of cards and several messages, when the bot says it, then every field is there under its name, and an empty answer is an empty list',
  async () => {
    const bot = await startBot(world, lex)
    const { ana, channelArn } = await stage(bot)
    const session = await world.listen(ana)
    lex.answerTo = ({ text }) =>
      text === 'nothing'
        ? { messages: [] }
        : {
            messages: [
              { contentType: 'PlainText', content: 'Hello!' },
              { contentType: 'SSML', content: '<speak>Hi</speak>' },
              { contentType: 'CustomPayload', content: '{"a":1}' },
              {
                contentType: 'ImageResponseCard',
                imageResponseCard: {
                  title: 'Bank Bot',
                  subtitle: 'I can help',
                  imageUrl: 'https://example.com/bank.png',
                  buttons: [{ text: 'Balance', value: 'Check balance' }],
                },
              },
            ],
            sessionState: { intent: { name: 'Welcome_Intent', state: 'InProgress' } },
          }
    try {
      const messageId = await world.post(channelArn, ana, 'show')
      const answer = await answerTo(session, messageId)
      expect(JSON.parse(answer.Content)).toEqual({
        Messages: [
          { Content: 'Hello!', ContentType: 'PlainText' },
          { Content: '<speak>Hi</speak>', ContentType: 'SSML' },
          { Content: '{"a":1}', ContentType: 'CustomPayload' },
          {
            ContentType: 'ImageResponseCard',
            ImageResponseCard: {
              Title: 'Bank Bot',
              Subtitle: 'I can help',
              ImageUrl: 'https://example.com/bank.png',
              Buttons: [{ Text: 'Balance', Value: 'Check balance' }],
            },
          },
        ],
      })
      const empty = await answerTo(session, await world.post(channelArn, ana, 'nothing'))
      expect(empty.Content).toBe('{"Messages":[]}')
      expect(Object.keys(empty.MessageAttributes!).toSorted()).toEqual([
        'CHIME.LEX.sessionState.originatingRequestId',
        'CHIME.LEX.sessionState.sessionId',
      ])
    } finally {
      lex.answerTo = ({ text }) => answerOf(text ?? '')
    }
  },
)
write(
  'behaviour',
  'inferred',
  'Given an answer that does not fit into one message, when the bot says it, then it takes as many as are needed, in their order',
  async () => {
    const bot = await startBot(world, lex)
    const { ana, channelArn } = await stage(bot)
    const texts = ['a', 'ü', '€', '😀', '"'].map((each) => each.repeat(1_024 / each.length))
    lex.answerTo = ({ text }) => answerOf(...(text === 'all' ? texts : [text ?? '']))
    try {
      const messageId = await world.post(channelArn, ana, 'all')
      await bot.askedFor(channelArn, ana)
      const { ChannelMessages } = await world.messaging.listChannelMessages({
        ChannelArn: channelArn,
        ChimeBearer: ana,
        SortOrder: 'ASCENDING',
      })
      const answers = ChannelMessages!.filter((message) => originOf(message) === messageId)
      expect(answers.flatMap(textsOf)).toEqual(texts)
      expect(answers.map((answer) => textsOf(answer).length)).toEqual([2, 1, 1, 1])
      for (const { Content } of answers) expect(Buffer.byteLength(Content!)).toBeLessThan(4_097)
    } finally {
      lex.answerTo = ({ text }) => answerOf(text ?? '')
    }
  },
)
write(
  'behaviour',
  'proposed',
  'Given a message that is sent twice with one request token, when bots hear it, then they hear it once',
  async () => {
    const bot = await startBot(world, lex)
    const { ana, channelArn } = await stage(bot)
    const input = { ClientRequestToken: unique() }
    const messageId = await world.post(channelArn, ana, 'once', input)
    expect(await world.post(channelArn, ana, 'once', input)).toBe(messageId)
    expect(await bot.askedFor(channelArn, ana)).toEqual(['once'])
  },
)
write(
  'behaviour',
  'inferred',
  'Given members who send while a bot joins and leaves, when all is done, then it has answered each question that it was asked once, and is asked from then on',
  async () => {
    const bot = await startBot(world, lex)
    const { ana, bo, channelArn } = await stage()
    const membership = { ChannelArn: channelArn, MemberArn: bot.arn, ChimeBearer: ana }
    const coming = async () => {
      for (let count = 0; count < 5; count++) {
        await world.join(channelArn, ana, bot.arn)
        await world.messaging.deleteChannelMembership(membership)
      }
      await world.join(channelArn, ana, bot.arn)
    }
    const sending = async (sender: string) => {
      for (let count = 0; count < 20; count++) await world.post(channelArn, sender, `${count}`)
    }
    await Promise.all([coming(), sending(ana), sending(bo)])
    const session = await world.listen(ana)
    const last = await world.post(channelArn, bo, 'last')
    await answerTo(session, last)
    const list = { ChannelArn: channelArn, ChimeBearer: ana, MaxResults: 50 }
    const { ChannelMessages } = await world.messaging.listChannelMessages(list)
    const origins = ChannelMessages!.map(originOf).filter((origin) => origin !== undefined)
    expect(new Set(origins).size).toBe(origins.length)
    expect(bot.asked().at(-1)).toBe('last')
    expect(bot.asked().length).toBeGreaterThanOrEqual(origins.length)
  },
)
