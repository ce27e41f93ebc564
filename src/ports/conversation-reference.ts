// The name of a conversation: a channel, or a sub-channel of an elastic one.
import type { ChannelArn } from '../base/arn.ts'

/** A conversation within a channel: `subChannelId` is empty unless the channel is elastic. */
export interface ConversationReference {
  readonly channelArn: ChannelArn
  readonly subChannelId: string
}

/** Names a conversation among all others. An ARN holds no `#`. */
export function conversationKey({ channelArn, subChannelId }: ConversationReference): string {
  return subChannelId === '' ? channelArn : `${channelArn}#${subChannelId}`
}
