// Bots that say hello when they join, and bots in the sub-channels of elastic channels.
import { expect } from 'vitest'
import type { TestSession } from '../harness/messaging-session.ts'
import {
  ANSWER_TYPE,
  answerTo,
  HEARS_ALL,
  originOf,
  startBot,
  textsOf,
  useLex,
  type SaidByBot,
} from './kit/bots.ts'
import { casesOf } from './kit/conformance-case.ts'
import { elasticStage } from './kit/elastic.ts'
import { useWorld } from './kit/world.ts'

const lex = useLex()
const world = useWorld({ outbound: 'aws' })

const WELCOME = { WelcomeIntent: 'Say_Hello' } as const
/** How a bot is made to begin with its welcome. */
const WELCOMED = JSON.stringify({
  dialogAction: { type: 'Delegate' },
  intent: { name: 'Say_Hello' },
})

const isWelcome = (message: object | undefined, botArn: string) => {
  const { ContentType, Sender } = (message ?? {}) as Partial<SaidByBot>
  return ContentType === ANSWER_TYPE && Sender?.Arn === botArn && originOf(message) === undefined
}
async function welcomeOf(session: TestSession, botArn: string): Promise<SaidByBot> {
  const { payload } = await session.waitFor(
    ({ type, payload: message }) => type === 'CREATE_CHANNEL_MESSAGE' && isWelcome(message, botArn),
  )
  return payload as unknown as SaidByBot
}

const add = casesOf('CreateChannelMembership')
add(
  'behaviour',
  'doc',
  'Given a bot with a welcome intent, when it is added, then Lex begins with that intent, without a sender, and the bot says it to everybody',
  async () => {
    const bot = await startBot(world, lex, HEARS_ALL, WELCOME)
    const ana = await world.user('Ana')
    const channelArn = await world.channel(ana)
    const session = await world.listen(ana)
    lex.answerTo = ({ operation }) => ({
      messages: [{ contentType: 'PlainText', content: `by ${operation}` }],
      sessionState: { intent: { name: 'Say_Hello', state: 'InProgress' } },
    })
    await world.join(channelArn, ana, bot.arn)
    const said = await welcomeOf(session, bot.arn)
    expect(textsOf(said)).toEqual(['by PutSession'])
    const asked = lex.asked.items.find(({ botAliasId }) => botAliasId === bot.aliasId)!
    expect(JSON.stringify(asked.sessionState)).toBe(WELCOMED)
    // evidence: field (behaviour 7.3), the welcome call has no sender
    expect(asked.requestAttributes).toEqual({
      'CHIME.channel.arn': channelArn,
      'x-amz-lex:channels:platform': 'Amazon Chime SDK Messaging',
    })
    expect(said).toMatchObject({
      Type: 'STANDARD',
      Persistence: 'PERSISTENT',
      MessageAttributes: {
        'CHIME.LEX.sessionState.intent.name': { StringValues: ['Say_Hello'] },
        'CHIME.LEX.sessionState.intent.state': { StringValues: ['InProgress'] },
        'CHIME.LEX.sessionState.sessionId': { StringValues: [asked.sessionId] },
      },
    })
    expect(said.Target).toBeUndefined()
    // What is said next belongs to the same conversation.
    await world.post(channelArn, ana, 'hi')
    expect((await bot.isAsked('hi')).sessionId).toBe(asked.sessionId)
  },
)
add(
  'behaviour',
  'inferred',
  'Given bots without a welcome intent, hidden, or added again, when they are added, then only the last one is welcomed, and each time',
  async () => {
    const [plain, hidden, again] = [
      await startBot(world, lex),
      await startBot(world, lex, HEARS_ALL, WELCOME),
      await startBot(world, lex, HEARS_ALL, WELCOME),
    ]
    const ana = await world.user('Ana')
    const channelArn = await world.channel(ana)
    await world.join(channelArn, ana, plain.arn, again.arn)
    await world.joinHidden(channelArn, ana, hidden.arn)
    const left = { ChannelArn: channelArn, MemberArn: again.arn, ChimeBearer: ana }
    await world.messaging.deleteChannelMembership(left)
    await world.join(channelArn, ana, again.arn)
    expect(await plain.askedFor(channelArn, ana)).toEqual([])
    // The first one is not said any more if the bot left before.
    const welcomes = await again.askedFor(channelArn, ana)
    expect(new Set(welcomes)).toEqual(new Set([WELCOMED]))
    expect(hidden.asked()).toEqual([])
  },
)
add(
  'behaviour',
  'doc',
  'Given bots in two sub-channels of an elastic channel, when they join and members send, then each is welcomed and asked in its own one alone, in a session of its own',
  async () => {
    // Of a channel that moves nobody.
    const stage = await elasticStage(world, { MinimumMembershipPercentage: 1 })
    const one = await startBot(world, lex, HEARS_ALL, WELCOME)
    const other = await startBot(world, lex, HEARS_ALL, WELCOME)
    const [first] = await stage.add(one.arn)
    const [ana, , , bo] = await stage.addNew(4)
    const [second] = await stage.add(other.arn)
    expect(second).not.toBe(first)
    const [forAna, forBo] = [await world.listen(ana!), await world.listen(bo!)]
    const toFirst = { SubChannelId: first! }
    const toSecond = { SubChannelId: second! }
    const answer = await answerTo(
      forAna,
      await world.post(stage.channelArn, ana!, 'first', toFirst),
    )
    expect(answer.SubChannelId).toBe(first)
    const elsewhere = await world.post(stage.channelArn, bo!, 'second', toSecond)
    expect((await answerTo(forBo, elsewhere)).SubChannelId).toBe(second)
    expect(one.asked()).toEqual([WELCOMED, 'first'])
    expect(other.asked()).toEqual([WELCOMED, 'second'])
    const [heard] = await world.received(forBo)
    expect(heard!.map(({ payload }) => payload?.['MessageId'])).not.toContain(answer.MessageId)
  },
)
add(
  'behaviour',
  'inferred',
  'Given a bot that balancing moves to another sub-channel, when members send, then it hears those of its new one, and was welcomed once',
  async () => {
    const stage = await elasticStage(world)
    const bot = await startBot(world, lex, HEARS_ALL, WELCOME)
    const [ana] = await stage.addNew(3)
    const [first] = await stage.add(bot.arn)
    const [bo] = await stage.addNew(1)
    const [second] = await stage.placesOf(bo!)
    expect((await stage.spread()).get(second!)).toContain(bot.arn)
    await world.post(stage.channelArn, ana!, 'to the old one', { SubChannelId: first! })
    const session = await world.listen(bo!)
    const toSecond = { SubChannelId: second! }
    const messageId = await world.post(stage.channelArn, bo!, 'to the new one', toSecond)
    expect((await answerTo(session, messageId)).SubChannelId).toBe(second)
    expect(bot.asked()).toEqual([WELCOMED, 'to the new one'])
  },
)

const create = casesOf('CreateChannel')
create(
  'behaviour',
  'doc',
  'Given a bot with a welcome intent among MemberArns, when the channel is created, then it says hello',
  async () => {
    const bot = await startBot(world, lex, HEARS_ALL, WELCOME)
    const ana = await world.user('Ana')
    const session = await world.listen(ana)
    const channelArn = await world.channel(ana, { MemberArns: [bot.arn] })
    expect(await welcomeOf(session, bot.arn)).toMatchObject({ ChannelArn: channelArn })
    expect(await bot.askedFor(channelArn, ana)).toEqual([WELCOMED])
  },
)

const batch = casesOf('BatchCreateChannelMembership')
batch(
  'behaviour',
  'doc',
  'Given bots and users of one batch, when they are added, then every bot with a welcome intent says it once',
  async () => {
    const bots = [
      await startBot(world, lex, HEARS_ALL, WELCOME),
      await startBot(world, lex, HEARS_ALL, WELCOME),
      await startBot(world, lex),
    ]
    const ana = await world.user('Ana')
    const channelArn = await world.channel(ana)
    const session = await world.listen(ana)
    await world.messaging.batchCreateChannelMembership({
      ChannelArn: channelArn,
      MemberArns: [await world.user('Bo'), ...bots.map(({ arn }) => arn)],
      ChimeBearer: ana,
    })
    await welcomeOf(session, bots[0]!.arn)
    await welcomeOf(session, bots[1]!.arn)
    const asked = []
    for (const bot of bots) asked.push(await bot.askedFor(channelArn, ana))
    expect(asked).toEqual([[WELCOMED], [WELCOMED], []])
    expect(lex.refusals).toEqual([])
  },
)
