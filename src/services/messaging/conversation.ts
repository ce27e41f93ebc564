// Which conversation of a channel a request means, and whether the caller belongs there.
import type { ChannelAccess } from '../../domain/channel.ts'
import { BadRequestException, ForbiddenException } from '../../domain/errors.ts'
import { hasRole, READERS } from '../../policies/channel-role.ts'
import { requireAllowed } from '../../policies/decision.ts'
import {
  canSeeSubChannel,
  canTakePartIn,
  isInSubChannel,
  noSuchSubChannel,
} from '../../policies/sub-channel.ts'
import type { ConversationReference } from '../../ports/conversation-reference.ts'
import type { StoreReader } from '../../ports/store.ts'

/**
 * The conversation that `subChannelId` names, for what only its members may do: a channel that is
 * not elastic has exactly one. Throws BadRequestException when the id is missing or does not belong
 * there, ForbiddenException for a sub-channel that the caller is not in. On the path of every
 * message.
 */
// evidence: docs elastic channels; the errors inferred (behaviour 4.3)
export function ownConversationIn(
  access: ChannelAccess,
  subChannelId: string | undefined,
): ConversationReference {
  const conversation = namedConversationIn(access, subChannelId)
  if (conversation.subChannelId !== '') {
    requireAllowed(canTakePartIn(access, conversation.subChannelId))
  }
  return conversation
}

/**
 * The same for what moderators and admins may do in any sub-channel: of these throws `noneError`,
 * ForbiddenException unless given, when there is no such sub-channel. Reads only for them.
 */
// evidence: docs elastic channels; the errors inferred (behaviour 4.3, 8.5)
export async function seenConversationIn(
  reader: Pick<StoreReader, 'subChannels'>,
  access: ChannelAccess,
  subChannelId: string | undefined,
  noneError?: () => Error,
): Promise<ConversationReference> {
  const conversation = namedConversationIn(access, subChannelId)
  if (conversation.subChannelId === '') return conversation
  requireAllowed(canSeeSubChannel(access, conversation.subChannelId))
  // Where the caller is a member, there is a sub-channel.
  if (isInSubChannel(access.caller, conversation.subChannelId)) return conversation
  if ((await reader.subChannels.find(conversation)) === undefined) {
    if (noneError !== undefined) throw noneError()
    requireAllowed(noSuchSubChannel)
  }
  return conversation
}

/**
 * The conversation as named, whether or not there is one or the caller is in it. Throws
 * BadRequestException when the id is missing or does not belong there; to those who may not know of
 * the channel it is the same as one that does not exist.
 */
// evidence: inferred (behaviour 4.3); an empty id counts as absent
function namedConversationIn(
  access: ChannelAccess,
  subChannelId: string | undefined = '',
): ConversationReference {
  const { channel } = access
  const isElastic = channel.elasticChannelConfiguration !== undefined
  if (isElastic !== (subChannelId !== '')) {
    if (!hasRole(access, READERS)) throw new ForbiddenException()
    throw new BadRequestException(isElastic ? REQUIRED_TEXT : NOT_ELASTIC_TEXT)
  }
  return { channelArn: channel.arn, subChannelId }
}

const REQUIRED_TEXT = 'SubChannelId is required, because the channel is elastic'
const NOT_ELASTIC_TEXT = 'SubChannelId is only for elastic channels, and this is none'
