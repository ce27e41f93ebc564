// How a flow goes on after one of its processors has answered, could not be invoked, or has let its
// time pass: the next processor is asked, or it is settled what becomes of the message.
import { appInstanceArnWithin, isBot } from '../../base/arn.ts'
import { channelMessageEvent, flowEvent } from '../../domain/channel-event.ts'
import {
  progressAfterFailure,
  type FlowProgress,
  type FlowStep,
  type WaitingCallback,
} from '../../domain/channel-flow-steps.ts'
import { stampAfter } from '../../domain/channel-message-rules.ts'
import type { ChannelMessage } from '../../domain/channel-message.ts'
import { DAY_MS } from '../../domain/expiration.ts'
import type { StoreTransaction } from '../../ports/store.ts'
import { presentMessage, presentProcessedMessage } from '../presenters/message-presenters.ts'
import { isConversationThere, saidIn } from '../shared/message-conversation.ts'
import { askProcessor } from '../shared/processor-asking.ts'

/** Why an edit came to nothing that no processor stopped. */
const UNCHANGEABLE_DETAIL = 'The message was redacted or deleted meanwhile'
/** Why a message was not sent whose processor let its time pass. */
const LATE_DETAIL = 'Processor did not call back in time'

/** What there is now of a message that a processor was asked about. */
interface Current {
  readonly message: ChannelMessage
  /** Whether an edit still has something to change. */
  readonly isChangeable: boolean
}

/**
 * Writes what `progress` means for the message that the processor was asked about. Resolves with
 * false, having written nothing, when the message has gone: with its channel or sub-channel, or
 * with its retention. That the callback waits no more is for the caller to write.
 */
export async function applyProgress(
  tx: StoreTransaction,
  { step }: WaitingCallback,
  progress: FlowProgress,
  now: number,
  failureDetail?: string,
): Promise<boolean> {
  const current = await findCurrent(tx, step, progress, now)
  if (current === undefined) return false
  const { isChangeable } = current
  if (progress.outcome === 'ASKS' && isChangeable) {
    askProcessor(tx, progress.step, now)
    return true
  }
  const isStopped = progress.outcome === 'ASKS' || (!isChangeable && progress.outcome === 'SENT')
  const outcome = isStopped ? 'FAILED' : progress.outcome
  const processed = progress.outcome === 'ASKS' ? step.message : progress.message
  const { isSenderRemoved, isTargetRemoved } = current.message
  const message = { ...processed, status: outcome, isSenderRemoved, isTargetRemoved }
  if (step.change === 'CREATE') await settleNew(tx, message, current.message, failureDetail)
  else settleEdit(tx, message, current.message, isChangeable ? failureDetail : UNCHANGEABLE_DETAIL)
  return true
}

/** The processor could not be invoked: its FallbackAction says what then. */
// evidence: docs FallbackAction (behaviour 5)
export async function applyInvocationFailure(
  tx: StoreTransaction,
  callback: WaitingCallback,
  now: number,
): Promise<void> {
  tx.flowCallbacks.end(callback)
  await applyProgress(tx, callback, progressAfterFailure(callback.step), now)
}

/**
 * Ends what was asked if its time has passed at `now`: resolves with 1, or with 0 when it was
 * answered since it was found.
 */
// evidence: docs, the 48 hours; what follows from them is inferred (behaviour 5)
export async function endExpiredCallback(
  tx: StoreTransaction,
  callbackId: string,
  now: number,
): Promise<number> {
  const callback = await tx.flowCallbacks.find(callbackId)
  if (callback?.state !== 'WAITING' || callback.expiresAt > now) return 0
  tx.flowCallbacks.end(callback)
  await applyProgress(tx, callback, progressAfterFailure(callback.step), now, LATE_DETAIL)
  return 1
}

async function findCurrent(
  tx: StoreTransaction,
  step: FlowStep,
  { outcome }: FlowProgress,
  now: number,
): Promise<Current | undefined> {
  const { change, message } = step
  const isKept = message.persistence === 'PERSISTENT'
  const goesOn = outcome === 'ASKS' || outcome === 'SENT'
  if (change === 'CREATE' && isKept && goesOn && message.target === undefined) {
    // Nothing but its flow changes it, and nobody asks whether its sender is still there.
    return (await isKeptStill(tx, step, now)) ? { message, isChangeable: true } : undefined
  }
  const kept = isKept ? await tx.messages.find(message, message.messageId) : undefined
  if (change === 'CREATE' && isKept) {
    return kept?.status === 'PENDING' ? { message: kept, isChangeable: true } : undefined
  }
  if (kept !== undefined) return { message: kept, isChangeable: !kept.redacted }
  if (!(await isConversationThere(tx, saidIn(step)))) return undefined
  return { message: await withRemovals(tx, message), isChangeable: change === 'CREATE' }
}

/** Whether the message can still be found, without looking for it. */
async function isKeptStill(tx: StoreTransaction, step: FlowStep, now: number): Promise<boolean> {
  const { message } = step
  if (!(await isConversationThere(tx, saidIn(step)))) return false
  const settings = await tx.retention.find(appInstanceArnWithin(message.channelArn))
  const days = settings?.retentionDays
  return days === undefined || message.createdAt >= now - days * DAY_MS
}

/** A message that is not kept, as the store would tell of it: are its people still there? */
async function withRemovals(
  tx: StoreTransaction,
  message: ChannelMessage,
): Promise<ChannelMessage> {
  const isRemoved = async (arn: ChannelMessage['sender']['arn']): Promise<true | undefined> => {
    const member = isBot(arn)
      ? await tx.appInstanceBots.find(arn)
      : await tx.appInstanceUsers.find(arn)
    return member === undefined || member.createdAt > message.createdAt ? true : undefined
  }
  return {
    ...message,
    isSenderRemoved: await isRemoved(message.sender.arn),
    isTargetRemoved: message.target === undefined ? undefined : await isRemoved(message.target),
  }
}

async function settleNew(
  tx: StoreTransaction,
  message: ChannelMessage,
  current: ChannelMessage,
  failureDetail: string | undefined,
): Promise<void> {
  const isKept = message.persistence === 'PERSISTENT'
  if (message.status === 'SENT') {
    if (isKept) await tx.messages.release(message)
    tx.publish(channelMessageEvent('CREATE_CHANNEL_MESSAGE', message, presentMessage(message)))
    return
  }
  // Its sender keeps what it wrote, not what processors made of it.
  const stopped = { ...current, status: message.status }
  if (isKept) tx.messages.replace(stopped)
  if (stopped.status === 'DENIED') {
    // evidence: docs, a denied message is never stored
    if (isKept) tx.messages.remove(stopped, stopped.messageId)
    tell(tx, 'DENIED_CREATE_CHANNEL_MESSAGE', stopped)
  } else {
    tell(tx, 'FAILED_CREATE_CHANNEL_MESSAGE', stopped, failureDetail)
  }
}

function settleEdit(
  tx: StoreTransaction,
  edited: ChannelMessage,
  current: ChannelMessage,
  failureDetail: string | undefined,
): void {
  if (edited.status === 'SENT') {
    const message = { ...edited, lastUpdatedAt: stampAfter(current, edited.lastUpdatedAt) }
    tx.messages.replace(message)
    tx.publish(channelMessageEvent('UPDATE_CHANNEL_MESSAGE', message, presentMessage(message)))
  } else if (edited.status === 'DENIED') {
    tell(tx, 'DENIED_UPDATE_CHANNEL_MESSAGE', edited)
  } else {
    tell(tx, 'FAILED_UPDATE_CHANNEL_MESSAGE', edited, failureDetail)
  }
}

/** Whoever has the ARN of a sender that was removed is somebody else, and hears nothing. */
function tell(
  tx: StoreTransaction,
  type: Parameters<typeof flowEvent>[0],
  message: ChannelMessage,
  detail?: string,
): void {
  if (message.isSenderRemoved === true) return
  tx.publish(flowEvent(type, message, presentProcessedMessage(message, detail)))
}
