// A message on its way through a flow: which processor is asked, and what its answer, or that there
// is none, makes of the message. Each step holds the processors that are left, so that a flow which
// is changed, disassociated or deleted meanwhile still finishes what it began.
import type { ChannelArn } from '../base/arn.ts'
import { assert } from '../base/assert.ts'
import type { ChannelFlowProcessor } from './channel-flow.ts'
import type { ChannelMessage, ChannelMessageDraft, MessageId } from './channel-message.ts'
import type { OutboxDraft } from './outbox.ts'

/** How long a processor may take to call back, from when its invocation was asked for. */
// evidence: docs channel flows (behaviour 5)
export const CALLBACK_DEADLINE_MS = 48 * 60 * 60 * 1000

/** What goes through a flow. */
export interface FlowSubject {
  readonly change: 'CREATE' | 'UPDATE'
  /** As it would be sent, or as it would be after its edit; what it is so far. */
  readonly message: ChannelMessage
  /** When the channel was made: one that is made later may have its ARN, and other members. */
  readonly channelCreatedAt: number
}

/** One processor is asked about one message. Kept as JSON, so only what JSON keeps. */
export interface FlowStep extends FlowSubject {
  readonly processor: ChannelFlowProcessor
  /** Those that are asked after it, in their order. */
  readonly next: readonly ChannelFlowProcessor[]
}

/** What a processor was asked, known by the id that it is to answer with. */
export type FlowCallback = {
  /** 32 to 64 characters. */
  readonly callbackId: string
  readonly channelArn: ChannelArn
  readonly messageId: MessageId
  /** Epoch milliseconds: from then on no answer is taken. */
  readonly expiresAt: number
} & (
  | { readonly state: 'WAITING'; readonly step: FlowStep }
  | {
      readonly state: 'ANSWERED'
      /** Of all that the answer said, to know its repetition. */
      readonly answerHash: string
    }
  /** It could not be invoked, or did not answer in time. */
  | { readonly state: 'ENDED' }
)

/** One that its processor has not answered yet. */
export type WaitingCallback = Extract<FlowCallback, { readonly state: 'WAITING' }>

/** What a processor says of a message; absent members stay as they are. */
export type FlowAnswer =
  | { readonly isDenied: true }
  | ({ readonly isDenied: false } & Pick<
      ChannelMessageDraft,
      'content' | 'metadata' | 'contentType' | 'messageAttributes' | 'pushNotification'
    >)

/** Where a message stands after a step: at the next processor, or at the end of the flow. */
export type FlowProgress =
  | { readonly outcome: 'ASKS'; readonly step: FlowStep }
  | { readonly outcome: 'SENT' | 'DENIED' | 'FAILED'; readonly message: ChannelMessage }

/** Whether a new message goes through the flow of its channel. */
// evidence: docs channel flows: STANDARD ones, persistent or not (behaviour 5)
export function isProcessed({ type }: Pick<ChannelMessageDraft, 'type'>): boolean {
  return type === 'STANDARD'
}

/** The way of a message into a flow, which has processors. */
export function firstStep(
  subject: FlowSubject,
  processors: readonly ChannelFlowProcessor[],
): FlowStep {
  const inOrder = processors.toSorted((one, other) => one.executionOrder - other.executionOrder)
  const progress = nextProgress(subject, inOrder)
  assert(progress.outcome === 'ASKS', 'a flow has processors')
  return progress.step
}

/** After the processor of `step` has answered. */
// evidence: docs channel flows; that absent members stay is inferred (behaviour 5)
export function progressAfterAnswer(step: FlowStep, answer: FlowAnswer): FlowProgress {
  if (answer.isDenied) return { outcome: 'DENIED', message: step.message }
  const { content, metadata, contentType, messageAttributes, pushNotification } = answer
  const message: ChannelMessage = {
    ...step.message,
    content: content ?? step.message.content,
    metadata: metadata ?? step.message.metadata,
    contentType: contentType ?? step.message.contentType,
    messageAttributes: messageAttributes ?? step.message.messageAttributes,
    // evidence: docs UpdateChannelMessage, an edit is not pushed
    pushNotification:
      step.change === 'CREATE' ? (pushNotification ?? step.message.pushNotification) : undefined,
  }
  return nextProgress({ ...step, message }, step.next)
}

/** After the processor of `step` could not be invoked, or has let its time pass. */
// evidence: docs FallbackAction; the deadline inferred (behaviour 5)
export function progressAfterFailure(step: FlowStep): FlowProgress {
  if (step.processor.fallbackAction === 'ABORT') return { outcome: 'FAILED', message: step.message }
  return nextProgress(step, step.next)
}

function nextProgress(
  { change, message, channelCreatedAt }: FlowSubject,
  [processor, ...next]: readonly ChannelFlowProcessor[],
): FlowProgress {
  return processor === undefined
    ? { outcome: 'SENT', message }
    : { outcome: 'ASKS', step: { change, message, channelCreatedAt, processor, next } }
}

/** What is written for a processor to be asked at `now`, under a new id. */
export function planInvocation(
  step: FlowStep,
  callbackId: string,
  now: number,
): { readonly callback: WaitingCallback; readonly entry: OutboxDraft } {
  const { channelArn, messageId } = step.message
  const expiresAt = now + CALLBACK_DEADLINE_MS
  return {
    callback: { callbackId, channelArn, messageId, expiresAt, state: 'WAITING', step },
    entry: {
      kind: 'processor',
      target: step.processor.lambdaArn,
      // Each message is on its own: none waits for another one's processors.
      orderingKey: '',
      content: { callbackId },
    },
  }
}
