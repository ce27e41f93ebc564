// Sub-channels of elastic channels, as the wire shows them.
import type { SubChannel } from '../../domain/channel.ts'
import type { ConversationReference } from '../../ports/conversation-reference.ts'

/** All memberships count, moderators' too: as many as ListChannelMemberships shows. */
// evidence: docs ListSubChannels (behaviour 4.3)
export function presentSubChannelSummary(subChannel: SubChannel) {
  return {
    SubChannelId: subChannel.subChannelId,
    MembershipCount: subChannel.regularMembershipsCount + subChannel.moderatorMembershipsCount,
  }
}

/** What streams are told of a sub-channel that begins or ends. */
// evidence: docs data streaming (behaviour 6)
export function presentSubChannelReference({ channelArn, subChannelId }: ConversationReference) {
  return { ChannelArn: channelArn, SubChannelId: subChannelId }
}
