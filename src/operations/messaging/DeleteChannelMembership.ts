// Ends a membership: a member leaves, or is removed. Whoever is no member is left as it is.
import type { Channel, ChannelMembership, ChannelRelation } from '../../domain/channel.ts'
import { BadRequestException } from '../../domain/errors.ts'
import { canDeleteMembership } from '../../policies/channel-membership.ts'
import { requireAllowed } from '../../policies/decision.ts'
import { noSuchSubChannel } from '../../policies/sub-channel.ts'
import type { StoreTransaction } from '../../ports/store.ts'
import { channelArnOf, memberArnOf } from '../../services/input-arns.ts'
import { requestedSubChannelId } from '../../services/messaging/elastic-channels.ts'
import { endMemberships, listMembershipsIn } from '../../services/messaging/membership-ending.ts'
import { defineOperation, type OperationDependencies } from '../define-operation.ts'

export const DeleteChannelMembership = defineOperation({
  name: 'DeleteChannelMembership',
  access: 'bearer',
  async run({ input, caller, now }, { store }: Pick<OperationDependencies, 'store'>) {
    const channelArn = channelArnOf(input.ChannelArn, caller)
    const memberArn = memberArnOf(input.MemberArn, caller.appInstanceArn)
    return store.transact(async (tx) => {
      const access = await tx.channels.findAccess(channelArn, caller.identity.arn)
      const { channel } = requireAllowed(canDeleteMembership(access, memberArn))
      const subChannelId = requestedSubChannelId(channel, input.SubChannelId)
      const member = (await tx.channels.findAccess(channelArn, memberArn))?.caller
      // evidence: inferred (behaviour 3.2), NotFoundException is not listed
      if (member === undefined) return undefined
      const memberships =
        subChannelId === undefined
          ? await listMembershipsIn(tx, channel, member)
          : await listMembershipsOfModerator(tx, channel, member, subChannelId)
      await endMemberships(tx, channel, memberships, now)
      return undefined
    })
  },
})

/** What a moderator has in one sub-channel. */
// evidence: docs elastic channels; the errors inferred (behaviour 4.3)
async function listMembershipsOfModerator(
  tx: StoreTransaction,
  channel: Channel,
  member: ChannelRelation,
  subChannelId: string,
): Promise<readonly ChannelMembership[]> {
  if (!member.isModerator) {
    throw new BadRequestException(
      'SubChannelId is only for moderators, and MemberArn is none of this channel: ' +
        'other members are in one sub-channel only',
    )
  }
  const subChannel = { channelArn: channel.arn, subChannelId }
  if ((await tx.subChannels.find(subChannel)) === undefined) {
    requireAllowed(noSuchSubChannel)
  }
  const membership = await tx.memberships.find(subChannel, member.arn)
  return membership === undefined ? [] : [membership]
}
