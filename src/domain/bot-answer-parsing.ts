// Reads the answer of a bot, in the form of Lex's RecognizeText, from JSON that nobody has checked.
// What is not understood of it is ignored; what is there must be as Lex would say it.
import type { BotAnswer, BotMessage, BotMessageType, ImageResponseCard } from './bot-answer.ts'

/** Things that a bot says at once. */
// evidence: docs Lex V2 RecognizeText, messages
const BOT_MESSAGES_MAX = 10
/** Characters of an intent's name. */
// evidence: docs Lex V2 Intent; and that all attributes of a message fit
const INTENT_NAME_CHARACTERS_MAX = 100

// evidence: docs Lex V2 Message
const MESSAGE_TYPES: ReadonlySet<string> = new Set<BotMessageType>([
  'PlainText',
  'CustomPayload',
  'SSML',
  'ImageResponseCard',
])
// evidence: docs Lex V2 Intent
const INTENT_STATES: ReadonlySet<string> = new Set([
  'Failed',
  'Fulfilled',
  'InProgress',
  'ReadyForFulfillment',
  'Waiting',
  'FulfillmentInProgress',
])

/** What is null counts as absent. */
type Fields = Readonly<Record<string, unknown>>

/**
 * The answer that `value` holds: `messages` with the fields of Lex's messages, and
 * `sessionState.intent`, either of which may be missing. Undefined when it is no answer.
 */
export function parseBotAnswer(value: unknown): BotAnswer | undefined {
  if (!isFields(value)) return undefined
  const messages = parseMessages(value['messages'] ?? [])
  const intent = parseIntent(value['sessionState'] ?? {})
  return messages === undefined || intent === undefined
    ? undefined
    : { messages, intent: intent === 'none' ? undefined : intent }
}

function parseMessages(value: unknown): readonly BotMessage[] | undefined {
  if (!Array.isArray(value) || value.length > BOT_MESSAGES_MAX) return undefined
  const messages = value.map(parseMessage)
  return messages.every((message) => message !== undefined) ? messages : undefined
}

function parseMessage(value: unknown): BotMessage | undefined {
  if (!isFields(value)) return undefined
  const { contentType } = value
  if (typeof contentType !== 'string' || !MESSAGE_TYPES.has(contentType)) return undefined
  const content = value['content'] ?? undefined
  const given = value['imageResponseCard'] ?? undefined
  if (!isTextOrNothing(content)) return undefined
  const imageResponseCard = given === undefined ? undefined : parseCard(given)
  const isFaulty = given !== undefined && imageResponseCard === undefined
  const isEmpty = content === undefined && imageResponseCard === undefined
  if (isFaulty || isEmpty) return undefined
  return { content, contentType: contentType as BotMessageType, imageResponseCard }
}

function parseCard(value: unknown): ImageResponseCard | undefined {
  if (!isFields(value)) return undefined
  const { title } = value
  const [subtitle, imageUrl, buttons] = ['subtitle', 'imageUrl', 'buttons'].map(
    (name) => value[name] ?? undefined,
  )
  if (!isText(title) || !isTextOrNothing(subtitle) || !isTextOrNothing(imageUrl)) {
    return undefined
  }
  if (buttons === undefined) return { title, subtitle, imageUrl }
  if (!Array.isArray(buttons)) return undefined
  const parsed = buttons.map(parseButton)
  return parsed.every((button) => button !== undefined)
    ? { title, subtitle, imageUrl, buttons: parsed }
    : undefined
}

function parseButton(value: unknown) {
  if (!isFields(value)) return undefined
  const { text, value: said } = value
  return isText(text) && isText(said) ? { text, value: said } : undefined
}

function parseIntent(sessionState: unknown) {
  if (!isFields(sessionState)) return undefined
  const { intent } = sessionState
  if (intent === undefined || intent === null) return 'none'
  if (!isFields(intent)) return undefined
  const { name, state } = intent
  if (!isText(name) || name === '' || name.length > INTENT_NAME_CHARACTERS_MAX) {
    return undefined
  }
  // No store can keep it.
  if (name.includes('\0')) return undefined
  if (state === undefined || state === null) return { name }
  return typeof state === 'string' && INTENT_STATES.has(state) ? { name, state } : undefined
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Half of a surrogate pair is no text, as in requests. */
function isText(value: unknown): value is string {
  return typeof value === 'string' && value.isWellFormed()
}

function isTextOrNothing(value: unknown): value is string | undefined {
  return value === undefined || isText(value)
}
