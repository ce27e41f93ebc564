// What a bot says, as messages of its channel: Lex's answer in the form that clients of the service
// know, and the code of an error when there is no answer.
import type { MemberArn } from '../base/arn.ts'
import { STANDARD_CONTENT_BYTES_MAX } from './channel-message-rules.ts'
import type { ChannelMessageDraft } from './channel-message.ts'
import type { Identity } from './identity.ts'
import type { BotInvocation } from './outbox.ts'

/** The forms of what a bot says. */
// evidence: docs Lex V2 RecognizeText
export type BotMessageType = 'PlainText' | 'CustomPayload' | 'SSML' | 'ImageResponseCard'

/** One thing that a bot says, in Lex's words. */
// evidence: docs Lex V2 RecognizeText
export interface BotMessage {
  readonly contentType: BotMessageType
  readonly content?: string | undefined
  readonly imageResponseCard?: ImageResponseCard | undefined
}

/** A card with buttons; to press one is to say its `value`. */
export interface ImageResponseCard {
  readonly title: string
  readonly subtitle?: string | undefined
  readonly imageUrl?: string | undefined
  readonly buttons?: readonly { readonly text: string; readonly value: string }[] | undefined
}

/** What a bot answers to one question. */
export interface BotAnswer {
  /** May be empty. */
  readonly messages: readonly BotMessage[]
  /** What the bot took the question for, and how far it has come with it. */
  readonly intent?: { readonly name: string; readonly state?: string | undefined } | undefined
}

/** A bot that speaks in a conversation, because of what it was asked. */
export interface BotSpeaker {
  readonly bot: Identity
  readonly invocation: BotInvocation
}

// evidence: docs processing responses from an AppInstanceBot
const ANSWER_CONTENT_TYPE = 'application/amz-chime-lex-msgs'
const ERROR_CONTENT_TYPE = 'application/amz-chime-lex-error'
const ATTRIBUTE_PREFIX = 'CHIME.LEX.sessionState.'

/**
 * The messages that an answer given in the session `sessionId` is told by, in their order: one, or
 * as many as are needed so that each fits. Undefined when something that the bot says does not fit
 * by itself.
 */
// evidence: docs processing responses from an AppInstanceBot; more than one message inferred
export function draftAnswer(
  speaker: BotSpeaker,
  answer: BotAnswer,
  sessionId: string,
): readonly ChannelMessageDraft[] | undefined {
  const contents = contentsOf(answer.messages)
  return contents?.map((content) => ({
    ...addressOf(speaker),
    type: 'STANDARD',
    persistence: 'PERSISTENT',
    content,
    contentType: ANSWER_CONTENT_TYPE,
    messageAttributes: attributesOf(speaker.invocation, answer, sessionId),
  }))
}

/** The message that tells clients that the bot could not be asked; `code` is an HTTP status. */
// evidence: docs processing responses from an AppInstanceBot, they are listed, so they are kept;
// CONTROL field (behaviour 7.3)
export function draftError(speaker: BotSpeaker, code: number): ChannelMessageDraft {
  return {
    ...addressOf(speaker),
    type: 'CONTROL',
    persistence: 'PERSISTENT',
    content: JSON.stringify({ Code: code }),
    contentType: ERROR_CONTENT_TYPE,
  }
}

/** Whom the bot speaks to: the sender alone, if the question was for the bot alone. */
export function addresseeOf(invocation: BotInvocation): MemberArn | undefined {
  return invocation.cause === 'message' && invocation.isTargeted ? invocation.senderArn : undefined
}

function addressOf({ bot, invocation }: BotSpeaker) {
  const { channelArn, subChannelId } = invocation
  return { channelArn, subChannelId, sender: bot, target: addresseeOf(invocation) }
}

function attributesOf(invocation: BotInvocation, { intent }: BotAnswer, sessionId: string) {
  const attributes: Record<string, readonly string[]> = {}
  const set = (name: string, value: string | undefined) => {
    if (value !== undefined) attributes[`${ATTRIBUTE_PREFIX}${name}`] = [value]
  }
  set('intent.name', intent?.name)
  set('intent.state', intent?.state)
  set('originatingRequestId', invocation.cause === 'message' ? invocation.messageId : undefined)
  set('sessionId', sessionId)
  return attributes
}

const CONTENT_HEAD = '{"Messages":['
const CONTENT_TAIL = ']}'

function contentsOf(messages: readonly BotMessage[]): readonly string[] | undefined {
  const contents: string[] = []
  let present = ''
  for (const message of messages) {
    const item = JSON.stringify(presentBotMessage(message))
    const longer = present === '' ? item : `${present},${item}`
    if (fits(longer)) {
      present = longer
      continue
    }
    if (!fits(item)) return undefined
    contents.push(present)
    present = item
  }
  return [...contents, present].map((items) => `${CONTENT_HEAD}${items}${CONTENT_TAIL}`)
}

function fits(items: string): boolean {
  const frameBytes = CONTENT_HEAD.length + CONTENT_TAIL.length
  return Buffer.byteLength(items) + frameBytes <= STANDARD_CONTENT_BYTES_MAX
}

// evidence: docs processing responses from an AppInstanceBot
function presentBotMessage({ content, contentType, imageResponseCard: card }: BotMessage) {
  return {
    Content: content,
    ContentType: contentType,
    ImageResponseCard: card && {
      Title: card.title,
      Subtitle: card.subtitle,
      ImageUrl: card.imageUrl,
      Buttons: card.buttons?.map(({ text, value }) => ({ Text: text, Value: value })),
    },
  }
}

/** For a bot that could not be reached. */
export const UNREACHABLE_CODE = 503
/** For one that did not answer in time. */
export const TIMED_OUT_CODE = 504
/** For one whose answer is none. */
export const INVALID_ANSWER_CODE = 502

/** Why a bot was not asked, for the log and the operator; `codeOfFailure` finds the code again. */
export function failureOf(code: number, reason: string): string {
  return `${code} ${reason}`
}

/** The code in what `failureOf` has made; undefined in every other text. */
export function codeOfFailure(failure: string | undefined): number | undefined {
  const code = /^([1-5]\d\d) /.exec(failure ?? '')?.[1]
  return code === undefined ? undefined : Number(code)
}
