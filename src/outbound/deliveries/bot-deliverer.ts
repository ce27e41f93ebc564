// Asks bots what somebody said to them, one question of a conversation after the other, and lets
// them say what they answer. The answer is sent in the transaction that removes the question.
import { createHash } from 'node:crypto'
import type { Clock } from '../../base/clock.ts'
import type { Logger } from '../../base/logger.ts'
import {
  addresseeOf,
  codeOfFailure,
  draftAnswer,
  draftError,
  failureOf,
  INVALID_ANSWER_CODE,
  TIMED_OUT_CODE,
  UNREACHABLE_CODE,
  type BotAnswer,
} from '../../domain/bot-answer.ts'
import { DeliveryError } from '../../domain/delivery-error.ts'
import type { OutboundMapping } from '../../domain/outbound-mapping.ts'
import type { BotInvocation, OutboxEntry } from '../../domain/outbox.ts'
import type { Metrics } from '../../observability/metrics.ts'
import type { BotRequest, LexClient, WebhookBot } from '../../ports/bot-client.ts'
import type { Deliverer, DeliveryOutcome, DeliveryPolicy } from '../../ports/outbound.ts'
import type { Store, StoreTransaction } from '../../ports/store.ts'
import { findAnsweringBot } from '../../services/messaging/bot-answers.ts'
import { sendMessage } from '../../services/messaging/message-sending.ts'
import { failureOfError, outcomeOfFailure } from '../delivery-outcome.ts'

/** What bots are asked with. */
export interface BotClients {
  readonly lex: LexClient
  readonly webhook: WebhookBot
}

export const BOT_POLICY: DeliveryPolicy = {
  // An answer takes seconds: none waits for that of another conversation.
  batchEntriesMax: 1,
  batchCharactersMax: Number.MAX_SAFE_INTEGER,
  isBatchAtomic: false,
  // evidence: docs Lex V2 quotas, 50 conversations of an alias at once; bots are slow, and other
  // destinations need some of what the server has
  batchesUnderWayMax: 16,
  // evidence: inferred; a question that waited longer is of no interest any more
  attemptsMax: 3,
  ageMsMax: 60_000,
  firstPauseMs: 1_000,
  pauseMsMax: 4_000,
  // Later than ANSWER_MS_MAX: only a server that is being closed goes by it.
  attemptMsMax: 35_000,
}

/** A bot that has not answered by then has no answer. */
// evidence: docs Lex V2, a bot's own function has 30 seconds
export const ANSWER_MS_MAX = 30_000

// evidence: field (behaviour 7.3) for the names; the platform's name inferred
const CHANNEL_ATTRIBUTE = 'CHIME.channel.arn'
const SENDER_ATTRIBUTE = 'CHIME.sender.arn'
const PLATFORM_ATTRIBUTE = 'x-amz-lex:channels:platform'
const PLATFORM = 'Amazon Chime SDK Messaging'

// evidence: docs EventBridge events of AppInstanceBots
const FAILURE_TEXT = 'Chime Messaging AppInstanceBot Lex Failure'

const ERROR_STATUS_MIN = 400

export interface BotDelivererOptions {
  readonly store: Pick<Store, 'read'>
  readonly mapping: Pick<OutboundMapping, 'bot'>
  readonly clients: BotClients
  readonly clock: Clock
  readonly logger: Logger
  readonly metrics: Pick<Metrics, 'botFailed'>
}

export function createBotDeliverer(options: BotDelivererOptions): Deliverer<'bot'> {
  const { clients, logger, metrics } = options
  /** A transaction may run more than once, but a failure is told once. */
  const told = new WeakSet<OutboxEntry<'bot'>>()
  return {
    kind: 'bot',
    policyOf: () => BOT_POLICY,
    deliver: (_target, entries, closing) =>
      Promise.all(entries.map((entry) => ask(options, entry, closing))),
    async giveUp(tx, entry, reason) {
      // A reason that is not ours, such as its age, comes behind what failed before.
      const code = codeOfFailure(reason) ?? codeOfFailure(entry.failure) ?? UNREACHABLE_CODE
      if (!told.has(entry)) {
        told.add(entry)
        const { botArn: resourceArn, channelArn } = entry.content
        logger.warn({ resourceArn, channelArn, failureReason: reason }, FAILURE_TEXT)
        metrics.botFailed(code)
      }
      const answering = await findAnsweringBot(tx, entry.content)
      if (answering !== undefined) {
        await sendMessage(tx, answering.channel, draftError(answering, code))
      }
      return 'remove'
    },
    close: () => Promise.resolve(clients.lex.close()),
  }
}

async function ask(
  { store, mapping, clients, clock }: BotDelivererOptions,
  entry: OutboxEntry<'bot'>,
  closing: AbortSignal,
): Promise<DeliveryOutcome> {
  const { content: invocation, target: botAliasArn } = entry
  const answering = await findAnsweringBot(store.read, invocation)
  if (answering === undefined) return { outcome: 'delivered' }
  const target = mapping.bot(botAliasArn)
  if (target === undefined) return refused(UNREACHABLE_CODE, 'the bot is mapped nowhere any more')
  const sessionId = sessionIdOf(invocation)
  const { localeId } = answering.configuration
  const late = new AbortController()
  const timer = clock.after(ANSWER_MS_MAX, () => late.abort())
  const signal = AbortSignal.any([closing, late.signal])
  const request = { ...requestOf(entry), botAliasArn, localeId, sessionId, signal }
  let answer: BotAnswer
  try {
    answer = await (target.kind === 'lex'
      ? clients.lex.ask(request)
      : clients.webhook.ask(target, request))
  } catch (error) {
    return late.signal.aborted ? TIMED_OUT : outcomeOfError(error)
  } finally {
    timer.cancel()
  }
  if (draftAnswer(answering, answer, sessionId) === undefined) {
    return refused(INVALID_ANSWER_CODE, 'the answer does not fit into a message')
  }
  return {
    outcome: 'delivered',
    apply: (tx) => say(tx, invocation, answer, sessionId),
  }
}

/** A flow of the channel sees what bots say, too. */
async function say(
  tx: StoreTransaction,
  invocation: BotInvocation,
  answer: BotAnswer,
  sessionId: string,
): Promise<void> {
  const answering = await findAnsweringBot(tx, invocation)
  if (answering === undefined) return
  for (const draft of draftAnswer(answering, answer, sessionId) ?? []) {
    await sendMessage(tx, answering.channel, draft)
  }
}

function requestOf({
  content: invocation,
  createdAt,
  entryId,
}: OutboxEntry<'bot'>): Pick<BotRequest, 'requestAttributes' | 'input' | 'id'> {
  const { channelArn } = invocation
  const common = { [CHANNEL_ATTRIBUTE]: channelArn, [PLATFORM_ATTRIBUTE]: PLATFORM }
  // Numbers of entries may begin anew with another database.
  const id = `${createdAt}-${entryId}`
  return invocation.cause === 'message'
    ? {
        id,
        requestAttributes: { ...common, [SENDER_ATTRIBUTE]: invocation.senderArn },
        input: { kind: 'text', text: invocation.text },
      }
    : { id, requestAttributes: common, input: { kind: 'intent', intent: invocation.intent } }
}

/**
 * One session for each conversation that a bot is in, and one for each user who speaks to it alone:
 * what it was told in private, it does not tell the others, nor in a later channel of the same ARN.
 */
// evidence: inferred (behaviour 7.3)
function sessionIdOf(invocation: BotInvocation): string {
  const { channelArn, channelCreatedAt, subChannelId, botArn } = invocation
  const addressee = addresseeOf(invocation) ?? ''
  const parts = [channelArn, channelCreatedAt, subChannelId, botArn, addressee]
  return createHash('sha256').update(parts.join(' ')).digest('hex')
}

/**
 * It is not asked again, which would be to say it twice: after ANSWER_MS_MAX there is no time left
 * for that in BOT_POLICY. But when it happens again and again, the bot is left alone for a while.
 */
const TIMED_OUT: DeliveryOutcome = {
  outcome: 'failed',
  reason: failureOf(TIMED_OUT_CODE, 'the bot did not answer in time'),
  isDestinationDown: true,
}

function outcomeOfError(error: unknown): DeliveryOutcome {
  if (!(error instanceof DeliveryError)) throw error
  const reason = failureOf(codeOf(error), error.message)
  return outcomeOfFailure({ ...failureOfError(error), reason })
}

/** The status of an error; redirects and the like are no answer. */
function codeOf({ status, isRetryable }: DeliveryError): number {
  if (status !== undefined && status >= ERROR_STATUS_MIN) return status
  return isRetryable ? UNREACHABLE_CODE : INVALID_ANSWER_CODE
}

function refused(code: number, reason: string): DeliveryOutcome {
  return { outcome: 'refused', reason: failureOf(code, reason) }
}
