// Bots that cannot be asked, or whose answer comes too late: what the channel is told, what the
// operator is told, and what is tried again.
import { expect } from 'vitest'
import { createImpatientClock } from '../harness/impatient-clock.ts'
import { answerOf, type LexAnswer, type LexFault } from '../harness/lex-server.ts'
import { expectMembers } from './kit/answers.ts'
import {
  ANSWER_TYPE,
  answerTo,
  environment,
  errorIn,
  ERROR_TYPE,
  HEARS_ALL,
  originOf,
  startBot,
  textsOf,
  useLex,
  type TestBot,
} from './kit/bots.ts'
import { casesOf } from './kit/conformance-case.ts'
import { openWorld, unique, useWorld, type World } from './kit/world.ts'

const lex = useLex()
const world = useWorld({ outbound: 'aws' })
const write = casesOf('SendChannelMessage')

/** A channel of Ana's with Bo and a bot; Ana listens. */
async function stage(of: World = world) {
  const bot = await startBot(of, lex)
  const [ana, bo] = [await of.user('Ana'), await of.user('Bo')]
  const channelArn = await of.channel(ana, { MemberArns: [bo, bot.arn] })
  return { bot, ana, bo, channelArn, session: await of.listen(ana) }
}
/** By the alias of the bot; several bots may fail at once. */
const faults = new Map<string, (text: string | undefined) => LexFault | undefined>()
/** The bot fails at each question that `faultOf` has a fault for; others go on. */
function failing(
  { aliasId }: TestBot,
  faultOf: (text: string | undefined) => LexFault | undefined,
) {
  faults.set(aliasId, faultOf)
  lex.failTo = ({ botAliasId, text }) => faults.get(botAliasId)?.(text)
  return { [Symbol.dispose]: () => void faults.delete(aliasId) }
}
/** The answers of these bots wait until this is disposed of. */
function holding(...bots: readonly TestBot[]) {
  const before = lex.answerTo
  const held = Promise.withResolvers<void>()
  lex.answerTo = async (question): Promise<LexAnswer> => {
    if (bots.some(({ aliasId }) => aliasId === question.botAliasId)) await held.promise
    return before(question)
  }
  return {
    [Symbol.dispose]: () => {
      lex.answerTo = before
      held.resolve()
    },
  }
}

write(
  'behaviour',
  'doc',
  'Given a bot that Lex refuses to ask, when a member sends, then the bot tells the code by a CONTROL message that is kept, at once and once',
  async () => {
    for (const [status, exception] of [
      [403, 'AccessDeniedException'],
      [404, 'ResourceNotFoundException'],
      [409, 'ConflictException'],
      [424, 'DependencyFailedException'],
    ] as const) {
      const { bot, ana, bo, channelArn, session } = await stage()
      using _ = failing(bot, () => ({ status, exception }))
      await world.post(channelArn, ana, 'hello')
      const error = await errorIn(session, channelArn)
      expectMembers({ ...error }, [
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
      ])
      expect(error).toMatchObject({
        Content: `{"Code":${status}}`,
        ContentType: ERROR_TYPE,
        // evidence: field (behaviour 7.3); kept, as lists show it, docs ChannelMessageSummary
        Type: 'CONTROL',
        Persistence: 'PERSISTENT',
        Sender: { Arn: bot.arn },
      })
      expect(bot.asked()).toEqual(['hello'])
      const list = { ChannelArn: channelArn, ChimeBearer: bo }
      const { ChannelMessages } = await world.messaging.listChannelMessages(list)
      expect(ChannelMessages!.map(({ Content }) => Content)).toEqual([error.Content, 'hello'])
    }
  },
)
write(
  'behaviour',
  'doc',
  'Given a text that is longer than Lex takes, when a member sends it, then Lex refuses it and the channel is told 400',
  async () => {
    const { bot, ana, channelArn, session } = await stage()
    await world.post(channelArn, ana, 'x'.repeat(1_025))
    expect((await errorIn(session, channelArn)).Content).toBe('{"Code":400}')
    const longest = '€'.repeat(1_024)
    const answer = await answerTo(session, await world.post(channelArn, ana, longest))
    expect(textsOf(answer)).toEqual([longest])
    expect(bot.asked()).toEqual([longest])
  },
)
write(
  'behaviour',
  'inferred',
  'Given a question for the bot alone that fails, when the bot tells so, then only the sender hears it',
  async () => {
    const { bot, ana, bo, channelArn, session } = await stage()
    using _ = failing(bot, () => ({ status: 403, exception: 'AccessDeniedException' }))
    const forBo = await world.listen(bo)
    await world.post(channelArn, ana, 'psst', { Target: [{ MemberArn: bot.arn }] })
    const error = await errorIn(session, channelArn)
    expect(error.Target).toEqual([{ MemberArn: ana }])
    const [heard] = await world.received(forBo)
    expect(heard).toEqual([])
  },
)
write(
  'behaviour',
  'inferred',
  'Given a bot that is throttled, failing, cut off or not there for a while, when it recovers, then it answers, each question once and in order; when it does not, then the third failure is told',
  async () => {
    const kinds: readonly (readonly [LexFault, number])[] = [
      [{ status: 429, exception: 'ThrottlingException' }, 429],
      [{ status: 500, exception: 'InternalServerException' }, 500],
      [{ status: 502, exception: 'BadGatewayException' }, 502],
      // The clock was wrong or the credentials have ended: signed anew it may be taken.
      [{ status: 403, exception: 'InvalidSignatureException' }, 403],
      [{ status: 403, exception: 'ExpiredTokenException' }, 403],
      ['reset', 503],
    ]
    await Promise.all(
      kinds.map(async ([fault, code]) => {
        const { bot, ana, channelArn, session } = await stage()
        let failuresLeft = 2
        using _ = failing(bot, (text) =>
          text === 'never' || failuresLeft-- > 0 ? fault : undefined,
        )
        const first = await world.post(channelArn, ana, 'first')
        const second = await world.post(channelArn, ana, 'second')
        await answerTo(session, second)
        const answered = session.events.map(({ payload }) => originOf(payload))
        expect(answered.filter((id) => id !== undefined)).toEqual([first, second])
        expect(bot.asked()).toEqual(['first', 'first', 'first', 'second'])
        await world.post(channelArn, ana, 'never')
        expect((await errorIn(session, channelArn)).Content).toBe(`{"Code":${code}}`)
        expect(bot.asked().slice(4)).toEqual(['never', 'never', 'never'])
      }),
    )
  },
)
write(
  'behaviour',
  'inferred',
  'Given an answer that is none, or fits into no message, when Lex gives it, then the channel is told 502 at once',
  async () => {
    const { bot, ana, channelArn, session } = await stage()
    const bodies: Readonly<Record<string, string>> = {
      'no JSON': '<html>',
      'no end': JSON.stringify({ messages: [], more: 'x'.repeat(2 * 1024 * 1024) }),
    }
    using _ = failing(bot, (text = '') => {
      const body = bodies[text]
      return body === undefined ? undefined : { body }
    })
    const before = lex.answerTo
    lex.answerTo = ({ text }) => {
      if (text === 'card') return { messages: [{ contentType: 'ImageResponseCard' }] }
      return text === 'long' ? answerOf('x'.repeat(4_096)) : { messages: 'none' }
    }
    try {
      const texts = ['no JSON', 'no end', 'card', 'long']
      for (const text of texts) await world.post(channelArn, ana, text)
      await bot.askedFor(channelArn, ana)
      const codes = session.events.filter(({ payload }) => payload?.['ContentType'] === ERROR_TYPE)
      const contents = codes.map(({ payload }) => payload?.['Content'])
      expect(contents.slice(0, 4)).toEqual(texts.map(() => '{"Code":502}'))
      expect(bot.asked().slice(0, 4)).toEqual(texts)
    } finally {
      lex.answerTo = before
    }
  },
)
write(
  'behaviour',
  'inferred',
  'Given Lex that is down, when it is back, then new questions are answered, and members could send all the while',
  async () => {
    const { ana, channelArn, session } = await stage()
    await lex.down()
    try {
      for (let count = 0; count < 8; count++) await world.post(channelArn, ana, `down ${count}`)
      expect((await errorIn(session, channelArn)).Content).toBe('{"Code":503}')
    } finally {
      await lex.up()
    }
    const after = await world.post(channelArn, ana, 'back')
    expect(textsOf(await answerTo(session, after))).toEqual(['back'])
  },
)
write(
  'behaviour',
  'inferred',
  'Given a bot that never answers, when 30 seconds have passed, then the channel is told 504, it was asked once, and the log and metrics say so without what was said',
  async () => {
    const clock = createImpatientClock()
    const lines: string[] = []
    const settings = { outbound: 'aws', logLevel: 'warn' }
    const writeLog = (line: string) => void lines.push(line)
    const opened = await openWorld({ settings, overrides: { clock, writeLog } })
    const own = opened.world
    try {
      const { bot, ana, channelArn, session } = await stage(own)
      using _ = failing(bot, (text) => (text === 'a secret' ? 'hang' : undefined))
      await own.post(channelArn, ana, 'a secret')
      await bot.isAsked('a secret')
      clock.pass(30_000)
      expect((await errorIn(session, channelArn)).Content).toBe('{"Code":504}')
      const after = await own.post(channelArn, ana, 'next')
      await answerTo(session, after)
      expect(bot.asked()).toEqual(['a secret', 'next'])
      const told = lines.filter((line) => line.includes('AppInstanceBot Lex Failure'))
      expect(told.length).toBe(1)
      expect(JSON.parse(told[0]!)).toMatchObject({
        resourceArn: bot.arn,
        channelArn,
        failureReason: '504 the bot did not answer in time',
      })
      expect(lines.join('')).not.toContain('a secret')
      const metrics = await (await fetch(`${own.endpoint.httpUrl}/metrics`)).text()
      expect(metrics).toContain('carillon_bot_failures_total{code="504"} 1')
    } finally {
      clock.calm()
      await opened.end()
    }
  },
)
write(
  'behaviour',
  'inferred',
  'Given a bot that is removed or deleted while it thinks, when its answer comes, then nothing is said; renamed, it speaks under its new name',
  async () => {
    const [removed, deleted, renamed] = [await stage(), await stage(), await stage()]
    {
      using _ = holding(removed.bot, deleted.bot, renamed.bot)
      for (const { bot, channelArn, ana } of [removed, deleted, renamed]) {
        await world.post(channelArn, ana, 'think')
        await bot.isAsked('think')
      }
      await world.messaging.deleteChannelMembership({
        ChannelArn: removed.channelArn,
        MemberArn: removed.bot.arn,
        ChimeBearer: removed.ana,
      })
      await world.identity.deleteAppInstanceBot({ AppInstanceBotArn: deleted.bot.arn })
      await world.identity.updateAppInstanceBot({
        AppInstanceBotArn: renamed.bot.arn,
        Name: 'Robbie',
        Metadata: '',
      })
    }
    const { payload } = await renamed.session.waitFor(
      ({ payload: message }) => originOf(message) !== undefined,
    )
    expect(payload?.['Sender']).toEqual({ Arn: renamed.bot.arn, Name: 'Robbie' })
    await world.join(removed.channelArn, removed.ana, removed.bot.arn)
    await answerTo(removed.session, await world.post(removed.channelArn, removed.ana, 'back'))
    for (const { channelArn, ana } of [removed, deleted]) {
      const { ChannelMessages } = await world.messaging.listChannelMessages({
        ChannelArn: channelArn,
        ChimeBearer: ana,
      })
      const contents = ChannelMessages!.map(({ Content }) => Content)
      expect(contents.filter((content) => content?.includes('think'))).toEqual(['think'])
    }
  },
)
write(
  'behaviour',
  'inferred',
  'Given questions and a welcome that a channel was deleted before, when another one is made under its ARN with the same bot, then the bot says nothing there of the old one, and begins a new conversation',
  async () => {
    const bot = await startBot(world, lex, HEARS_ALL, { WelcomeIntent: 'Hello' })
    const ana = await world.user('Ana')
    const [ChannelId, bo] = [unique(), await world.user('Bo')]
    const make = () => world.channel(ana, { ChannelId, MemberArns: [bo, bot.arn] })
    const ofBot = () => lex.asked.items.filter(({ botAliasId }) => botAliasId === bot.aliasId)
    let channelArn: string
    {
      using _ = holding(bot)
      channelArn = await make()
      await world.post(channelArn, ana, 'waits behind the welcome')
      await lex.asked.first(({ botAliasId }) => botAliasId === bot.aliasId)
      await world.messaging.deleteChannel({ ChannelArn: channelArn, ChimeBearer: ana })
      expect(await make()).toBe(channelArn)
    }
    const session = await world.listen(ana)
    const question = await world.post(channelArn, ana, 'of the new one')
    await answerTo(session, question)
    const list = { ChannelArn: channelArn, ChimeBearer: ana, SortOrder: 'ASCENDING' } as const
    const { ChannelMessages } = await world.messaging.listChannelMessages(list)
    const answers = ChannelMessages!.filter(({ ContentType }) => ContentType === ANSWER_TYPE)
    // The welcome of the new channel, and the answer.
    expect(answers.map(originOf)).toEqual([undefined, question])
    const asked = ofBot().map(({ operation, text }) => text ?? operation)
    expect(asked).toEqual(['PutSession', 'PutSession', 'of the new one'])
    const [old, welcome, last] = ofBot().map(({ sessionId }) => sessionId)
    expect(welcome).toBe(last)
    expect(old).not.toBe(last)
  },
)
write(
  'behaviour',
  'inferred',
  'Given somebody who asks in private and leaves, when the answer comes, then nobody hears it',
  async () => {
    const { bot, ana, bo, channelArn, session } = await stage()
    {
      using _ = holding(bot)
      await world.post(channelArn, bo, 'in private', { Target: [{ MemberArn: bot.arn }] })
      await bot.isAsked('in private')
      const membership = { ChannelArn: channelArn, MemberArn: bo, ChimeBearer: ana }
      await world.messaging.deleteChannelMembership(membership)
    }
    const after = await world.post(channelArn, ana, 'after')
    await answerTo(session, after)
    const origins = session.events.map(({ payload }) => originOf(payload))
    expect(origins.filter((id) => id !== undefined)).toEqual([after])
    const bearer = { ChannelArn: channelArn, ChimeBearer: await world.admin() }
    const { ChannelMessages } = await world.messaging.listChannelMessages(bearer)
    expect(ChannelMessages!.filter((message) => originOf(message) !== undefined).length).toBe(1)
  },
)
write(
  'behaviour',
  'inferred',
  'Given many questions of two members at once, when the bot answers, then the answers stand in the order of the questions, each once',
  async () => {
    const { bot, ana, bo, channelArn, session } = await stage()
    const posts = Array.from({ length: 24 }, (_, count) =>
      world.post(channelArn, count % 2 === 0 ? ana : bo, `question ${count}`),
    )
    const ids = await Promise.all(posts)
    for (const id of ids) await answerTo(session, id)
    const list = { ChannelArn: channelArn, ChimeBearer: ana, SortOrder: 'ASCENDING' } as const
    const { ChannelMessages } = await world.messaging.listChannelMessages(list)
    const questions = ChannelMessages!.filter(({ Content }) => Content!.startsWith('question'))
    const answers = ChannelMessages!.filter((message) => originOf(message) !== undefined)
    expect(answers.map(originOf)).toEqual(questions.map(({ MessageId }) => MessageId))
    expect(bot.asked()).toEqual(questions.map(({ Content }) => Content))
  },
)
write(
  'behaviour',
  'inferred',
  'Given a server without credentials for Lex, when a member sends, then the channel is told 403 as if Lex had refused',
  async () => {
    const without = {
      AWS_ACCESS_KEY_ID: undefined,
      AWS_SECRET_ACCESS_KEY: undefined,
      AWS_SESSION_TOKEN: undefined,
      AWS_PROFILE: undefined,
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_CONFIG_FILE: '/dev/null',
      AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    }
    using _ = environment(without)
    const opened = await openWorld({ settings: { outbound: 'aws' } })
    try {
      const { bot, ana, channelArn, session } = await stage(opened.world)
      await opened.world.post(channelArn, ana, 'hello')
      expect((await errorIn(session, channelArn)).Content).toBe('{"Code":403}')
      expect(bot.asked()).toEqual([])
    } finally {
      await opened.end()
    }
  },
)
write(
  'behaviour',
  'inferred',
  'Given an alias that leads nowhere, when its bot is made and messages are sent, then the log warns once and nobody is asked or told anything',
  async () => {
    const lines: string[] = []
    const writeLog = (line: string) => void lines.push(line)
    const opened = await openWorld({ settings: { logLevel: 'warn' }, overrides: { writeLog } })
    try {
      const { bot, ana, channelArn, session } = await stage(opened.world)
      await opened.world.post(channelArn, ana, 'hello')
      await opened.world.post(channelArn, ana, 'you', { Target: [{ MemberArn: bot.arn }] })
      const [events] = await opened.world.received(session)
      expect(events!.filter(({ type }) => type === 'CREATE_CHANNEL_MESSAGE').length).toBe(2)
      expect(bot.asked()).toEqual([])
      const warnings = lines.filter((line) => line.includes('the bot leads nowhere'))
      expect(warnings.length).toBe(1)
    } finally {
      await opened.end()
    }
  },
)
