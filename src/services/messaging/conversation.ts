// Which conversation of a channel a request means.
import type { ChannelMessage, MessageId } from '../../domain/channel-message.ts'
import type { Channel, ChannelAccess } from '../../domain/channel.ts'
import { ACCESS_DENIED_TEXT, BadRequestException, ForbiddenException } from '../../domain/errors.ts'
import type { ConversationReference } from '../../ports/conversation-reference.ts'
import type { StoreReader } from '../../ports/store.ts'

/**
 * The conversation that `subChannelId` names in the channel: an elastic channel has one in each of
 * its sub-channels, every other channel exactly one. Throws BadRequestException when the id is
 * missing or does not belong there. To be called once the caller may know of the channel.
 */
// evidence: inferred (behaviour 4.3); an empty id counts as absent
export function conversationIn(
  channel: Pick<Channel, 'arn' | 'elasticChannelConfiguration'>,
  subChannelId: string | undefined,
): ConversationReference {
  refuseForeignSubChannel(channel, subChannelId)
  if (channel.elasticChannelConfiguration !== undefined) {
    throw new BadRequestException('SubChannelId is required, because the channel is elastic')
  }
  return { channelArn: channel.arn, subChannelId: '' }
}

/**
 * For requests about the channel as a whole that may name a sub-channel. Throws BadRequestException
 * on a channel that is not elastic, and ForbiddenException for a sub-channel that there is not:
 * nobody is placed into any yet. To be called once the caller may know of the channel.
 */
// evidence: inferred (behaviour 4.3)
export function refuseForeignSubChannel(
  channel: Pick<Channel, 'elasticChannelConfiguration'>,
  subChannelId: string | undefined,
): void {
  if (subChannelId === undefined || subChannelId === '') return
  if (channel.elasticChannelConfiguration === undefined) {
    throw new BadRequestException('SubChannelId is only for elastic channels, and this is none')
  }
  throw new ForbiddenException(`${ACCESS_DENIED_TEXT}: SubChannelId names no sub-channel of yours`)
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
  const conversation = { channelArn: access.channel.arn, subChannelId: '' }
  return reader.messages.find(conversation, input.MessageId as MessageId)
}
