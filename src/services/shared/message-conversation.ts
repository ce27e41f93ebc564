// Whether the conversation is still there in which something was said that waits: for its flow to
// go on, or to leave the server. What was said in one that was deleted or taken apart comes to
// nothing, and another one may have its ARN meanwhile.
import type { ChannelArn, MemberArn } from '../../base/arn.ts'
import type { FlowSubject } from '../../domain/channel-flow-steps.ts'
import type { StoreReader } from '../../ports/store.ts'

/** Of a message: where it was said, by whom, and when that channel was made. */
export interface SaidIn {
  readonly channelArn: ChannelArn
  readonly channelCreatedAt: number
  /** Empty unless the channel is elastic. */
  readonly subChannelId: string
  readonly senderArn: MemberArn
}

/** Of a message that is in a flow. */
export function saidIn({ message, channelCreatedAt }: FlowSubject): SaidIn {
  const { channelArn, subChannelId, sender } = message
  return { channelArn, channelCreatedAt, subChannelId, senderArn: sender.arn }
}

/** Mostly answered from memory: what the sender is to the channel was looked at when it sent. */
export async function isConversationThere(
  reader: Pick<StoreReader, 'channels' | 'subChannels'>,
  { channelArn, channelCreatedAt, subChannelId, senderArn }: SaidIn,
): Promise<boolean> {
  const access = await reader.channels.findAccess(channelArn, senderArn)
  if (access?.channel.createdAt !== channelCreatedAt) return false
  if (subChannelId === '') return true
  return (await reader.subChannels.find({ channelArn, subChannelId })) !== undefined
}
