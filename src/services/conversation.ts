// Which conversation of a channel a request means.
import type { ChannelMessage, MessageId } from '../domain/channel-message.ts'
import type { Channel, ChannelAccess } from '../domain/channel.ts'
import { BadRequestException } from '../domain/errors.ts'
import type { ConversationReference, StoreReader } from '../ports/store.ts'

/**
 * The conversation that `subChannelId` names in the channel. Throws BadRequestException for a
 * sub-channel of a channel that has none. To be called once the caller may know of the channel.
 */
// evidence: inferred (behaviour 4.3); an empty id counts as absent
export function conversationIn(
  channel: Pick<Channel, 'arn'>,
  subChannelId: string | undefined,
): ConversationReference {
  if (subChannelId !== undefined && subChannelId !== '') {
    throw new BadRequestException('SubChannelId is only for elastic channels, and this is none')
  }
  return { channelArn: channel.arn, subChannelId: '' }
}

/**
 * The message that a request names, or undefined when it or the channel does not exist. A
 * sub-channel that the channel does not have is refused later, by `conversationIn`, so that it
 * tells nothing to those who may not know of the channel.
 */
export async function findMessage(
  reader: Pick<StoreReader, 'messages'>,
  access: ChannelAccess | undefined,
  input: { readonly MessageId: string },
): Promise<ChannelMessage | undefined> {
  if (access === undefined) return undefined
  const conversation = conversationIn(access.channel, undefined)
  return reader.messages.find(conversation, input.MessageId as MessageId)
}
