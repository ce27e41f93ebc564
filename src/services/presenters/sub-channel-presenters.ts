// Sub-channels of elastic channels, as the wire shows them.
import type { SubChannel } from '../../domain/channel.ts'

/** All memberships count, moderators' too: as many as ListChannelMemberships shows. */
// evidence: docs ListSubChannels (behaviour 4.3)
export function presentSubChannelSummary(subChannel: SubChannel) {
  return {
    SubChannelId: subChannel.subChannelId,
    MembershipCount: subChannel.regularMembershipsCount + subChannel.moderatorMembershipsCount,
  }
}
