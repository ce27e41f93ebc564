// The end of a membership, whoever ends it: the change and the event that tells of it.
import { membershipEvent } from '../../domain/channel-event.ts'
import type { ChannelMembership } from '../../domain/channel.ts'
import type { StoreTransaction } from '../../ports/store.ts'
import { presentMembership } from '../presenters/channel-presenters.ts'

/** Removes the membership and publishes DELETE_CHANNEL_MEMBERSHIP, to the one removed as well. */
export async function endMembership(
  tx: Pick<StoreTransaction, 'memberships' | 'publish'>,
  membership: ChannelMembership,
): Promise<void> {
  const { channelArn, subChannelId, member, type: membershipType } = membership
  tx.memberships.remove(membership)
  const moderatorMemberArns =
    membershipType === 'HIDDEN' ? await tx.memberships.listModeratorMemberArns(channelArn) : []
  const plan = {
    channelArn,
    subChannelId,
    membershipType,
    membershipChanges: [{ memberArn: member.arn, change: 'left' as const, subChannelId }],
    moderatorMemberArns,
  }
  tx.publish(membershipEvent('DELETE_CHANNEL_MEMBERSHIP', plan, presentMembership(membership)))
}
