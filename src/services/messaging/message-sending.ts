// Sends messages and edits, whoever wrote them: at once, or into the flow of their channel. Whether
// the sender may is decided before. How a flow goes on is flow-progress.ts.
import type { ChannelFlowArn } from '../../base/arn.ts'
import { channelMessageEvent, flowEvent } from '../../domain/channel-event.ts'
import { firstStep, isProcessed, type FlowSubject } from '../../domain/channel-flow-steps.ts'
import type { ChannelFlowProcessor } from '../../domain/channel-flow.ts'
import type { ChannelMessage, ChannelMessageDraft } from '../../domain/channel-message.ts'
import type { Channel } from '../../domain/channel.ts'
import { ConflictException } from '../../domain/errors.ts'
import type { StoreTransaction } from '../../ports/store.ts'
import { presentMessage } from '../presenters/message-presenters.ts'
import { askProcessor } from '../shared/processor-asking.ts'

type Transaction = Pick<
  StoreTransaction,
  'messages' | 'channelFlows' | 'flowCallbacks' | 'outbox' | 'publish'
>

/** A client request token of SendChannelMessage, which was not used before. */
export interface SendRequest {
  readonly token: string
  readonly requestHash: string
}

/**
 * Sends a message to the conversation that the draft names, whose sender, target and limits are
 * checked: to everybody who may see it, or first to the processors of the channel's flow. Resolves
 * with the message, which is SENT or PENDING.
 */
// evidence: docs channel flows (behaviour 5)
export async function sendMessage(
  tx: Transaction,
  channel: Pick<Channel, 'channelFlowArn' | 'createdAt'>,
  draft: ChannelMessageDraft,
  request?: SendRequest,
): Promise<ChannelMessage> {
  // Channels without a flow pay nothing for those with one, not even a turn.
  const processors = hasFlow(channel, draft) ? await processorsOf(tx, channel) : []
  if (processors.length === 0) {
    const message = await tx.messages.append(draft, 'SENT', request)
    tx.publish(channelMessageEvent('CREATE_CHANNEL_MESSAGE', message, presentMessage(message)))
    return message
  }
  const message = await tx.messages.append(draft, 'PENDING', request)
  askProcessor(tx, firstStep(subjectOf('CREATE', message, channel), processors), message.createdAt)
  tx.publish(flowEvent('PENDING_CREATE_CHANNEL_MESSAGE', message, presentMessage(message)))
  return message
}

/**
 * The same for a message that its sender has edited. Throws ConflictException while an earlier edit
 * is in a flow: readers see the old version as long.
 */
// evidence: docs channel flows; the conflict inferred (behaviour 3.8)
export async function sendEdit(
  tx: Transaction,
  channel: Pick<Channel, 'channelFlowArn' | 'createdAt'>,
  edited: ChannelMessage,
): Promise<ChannelMessage> {
  if ((await tx.flowCallbacks.findWaitingEdit(edited.messageId)) !== undefined) {
    throw new ConflictException('An earlier update of the message is PENDING')
  }
  const processors = hasFlow(channel, edited) ? await processorsOf(tx, channel) : []
  if (processors.length === 0) {
    tx.messages.replace(edited)
    tx.publish(channelMessageEvent('UPDATE_CHANNEL_MESSAGE', edited, presentMessage(edited)))
    return edited
  }
  const pending: ChannelMessage = { ...edited, status: 'PENDING' }
  askProcessor(
    tx,
    firstStep(subjectOf('UPDATE', pending, channel), processors),
    edited.lastUpdatedAt,
  )
  tx.publish(flowEvent('PENDING_UPDATE_CHANNEL_MESSAGE', pending, presentMessage(pending)))
  return pending
}

interface FlowingChannel {
  readonly channelFlowArn: ChannelFlowArn
}

function hasFlow(
  channel: Pick<Channel, 'channelFlowArn'>,
  message: Pick<ChannelMessageDraft, 'type'>,
): channel is FlowingChannel {
  return channel.channelFlowArn !== undefined && isProcessed(message)
}

function subjectOf(
  change: FlowSubject['change'],
  message: ChannelMessage,
  { createdAt: channelCreatedAt }: Pick<Channel, 'createdAt'>,
): FlowSubject {
  return { change, message, channelCreatedAt }
}

async function processorsOf(
  tx: Transaction,
  { channelFlowArn }: FlowingChannel,
): Promise<readonly ChannelFlowProcessor[]> {
  const flow = await tx.channelFlows.find(channelFlowArn)
  return flow?.processors ?? []
}
