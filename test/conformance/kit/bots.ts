// Bots that answer, for the cases about them: a Lex of the test's own, bots of different aliases,
// and what they said in a channel.
import { afterAll, beforeAll } from 'vitest'
import type { InvokedBy, LexConfiguration } from '@aws-sdk/client-chime-sdk-identity'
import type { ChannelMessageSummary } from '@aws-sdk/client-chime-sdk-messaging'
import { lexEnvironment, startLexServer, type LexServer } from '../../harness/lex-server.ts'
import type { TestSession } from '../../harness/messaging-session.ts'
import { aliasArnOf, createBot, lexConfiguration } from './lex.ts'
import { unique, type World } from './world.ts'

export const ANSWER_TYPE = 'application/amz-chime-lex-msgs'
export const ERROR_TYPE = 'application/amz-chime-lex-error'
/** `InvokedBy` of a bot that hears everything that it may. */
export const HEARS_ALL = { StandardMessages: 'ALL', TargetedMessages: 'ALL' } as const

/** Sets variables of this process, where undefined takes one away, until it is disposed of. */
export function environment(variables: Readonly<Record<string, string | undefined>>): Disposable {
  const set = (values: typeof variables) => {
    for (const [name, value] of Object.entries(values)) {
      if (value === undefined) Reflect.deleteProperty(process.env, name)
      else process.env[name] = value
    }
  }
  const before = Object.fromEntries(
    Object.keys(variables).map((name) => [name, process.env[name]] as const),
  )
  set(variables)
  return { [Symbol.dispose]: () => set(before) }
}

/** A Lex for the cases of a file; the server under test finds it by the environment. */
export function useLex(): LexServer {
  let started: LexServer | undefined
  let present: Disposable | undefined
  beforeAll(async () => {
    started = await startLexServer()
    present = environment(lexEnvironment(started.url))
  })
  afterAll(async () => {
    present?.[Symbol.dispose]()
    await started?.[Symbol.asyncDispose]()
  })
  // There before it is started, so that cases can be written about it.
  return new Proxy({} as LexServer, {
    get: (_, name) => Reflect.get(started!, name) as unknown,
    set: (_, name, value) => Reflect.set(started!, name, value),
  })
}

export interface TestBot {
  readonly arn: string
  readonly aliasId: string
  /** What it was asked: texts, and the intents of welcomes. */
  asked(): readonly string[]
  /** Resolves with the first question of `text`, asked before or after. */
  isAsked(text: string): ReturnType<LexServer['asked']['first']>
  configure(input: Partial<LexConfiguration>): Promise<void>
  /**
   * What it was asked in the channel, once it is certain that nothing more is on its way there: a
   * question of `bearer` passes it first.
   */
  askedFor(channelArn: string, bearer: string): Promise<readonly string[]>
}

/** A new bot with an alias of its own. */
export async function startBot(
  world: World,
  lex: LexServer,
  invokedBy: InvokedBy | undefined = HEARS_ALL,
  input: Partial<LexConfiguration> = {},
): Promise<TestBot> {
  const aliasId = unique().replaceAll('-', '').slice(0, 10).toUpperCase()
  const configuration = { LexBotAliasArn: aliasArnOf(world, aliasId), InvokedBy: invokedBy }
  const arn = await createBot(world, {
    Configuration: lexConfiguration(world, { ...configuration, ...input }),
  })
  const questions = () => lex.asked.items.filter(({ botAliasId }) => botAliasId === aliasId)
  const asked = () => {
    return questions().map(({ text, sessionState }) => text ?? JSON.stringify(sessionState))
  }
  const isAsked = (text: string) =>
    lex.asked.first((question) => question.botAliasId === aliasId && question.text === text)
  const configure = async (changed: Partial<LexConfiguration>) => {
    await world.identity.updateAppInstanceBot({
      AppInstanceBotArn: arn,
      Name: 'Botty',
      Metadata: '',
      Configuration: lexConfiguration(world, { ...configuration, ...input, ...changed }),
    })
  }
  return {
    arn,
    aliasId,
    asked,
    isAsked,
    configure,
    async askedFor(channelArn, bearer) {
      await configure({ InvokedBy: HEARS_ALL })
      const fence = `fence ${unique()}`
      await world.post(channelArn, bearer, fence)
      await isAsked(fence)
      await configure({})
      return asked().filter((text) => !text.startsWith('fence '))
    },
  }
}

export interface SaidByBot {
  readonly MessageId: string
  readonly Content: string
  readonly ContentType: string
  readonly Type: string
  readonly Persistence: string
  readonly SubChannelId?: string
  readonly MessageAttributes?: Readonly<Record<string, { readonly StringValues: string[] }>>
  readonly Sender: { readonly Arn: string; readonly Name: string }
  readonly Target?: readonly { readonly MemberArn: string }[]
}

/** The first answer to `messageId` that `session` hears. */
export async function answerTo(session: TestSession, messageId: string): Promise<SaidByBot> {
  const { payload } = await session.waitFor(
    ({ type, payload: message }) =>
      type === 'CREATE_CHANNEL_MESSAGE' && originOf(message) === messageId,
  )
  return payload as unknown as SaidByBot
}

/** The first error that `session` hears in the channel. */
export async function errorIn(session: TestSession, channelArn: string): Promise<SaidByBot> {
  const { payload } = await session.waitFor(
    ({ type, payload: message }) =>
      type === 'CREATE_CHANNEL_MESSAGE' &&
      message?.['ChannelArn'] === channelArn &&
      message['ContentType'] === ERROR_TYPE,
  )
  return payload as unknown as SaidByBot
}

/** The question that an answer is to. */
export function originOf(
  message: Pick<ChannelMessageSummary, 'MessageAttributes'> | object | undefined,
): string | undefined {
  const { MessageAttributes: attributes } = (message ?? {}) as ChannelMessageSummary
  return attributes?.['CHIME.LEX.sessionState.originatingRequestId']?.StringValues?.[0]
}

/** What a bot says in an answer. */
export function textsOf({ Content }: { readonly Content?: string | undefined }): string[] {
  const { Messages } = JSON.parse(Content ?? '{}') as { readonly Messages: { Content: string }[] }
  return Messages.map((message) => message.Content)
}
