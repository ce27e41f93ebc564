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
  const { channelArn, member, type: membershipType } = membership
  tx.memberships.remove(channelArn, member.arn)
  const moderatorMemberArns =
    membershipType === 'HIDDEN' ? await tx.memberships.listModeratorMemberArns(channelArn) : []
  const plan = {
    channelArn,
    membershipType,
    membershipChanges: [{ memberArn: member.arn, change: 'left' as const }],
    moderatorMemberArns,
  }
  tx.publish(membershipEvent('DELETE_CHANNEL_MEMBERSHIP', plan, presentMembership(membership)))
}
