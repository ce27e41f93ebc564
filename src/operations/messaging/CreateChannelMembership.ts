// Adds one member to a channel; an elastic channel places it, unless it is a moderator.
import { membershipEvent } from '../../domain/channel-event.ts'
import type { ChannelMembership } from '../../domain/channel.ts'
import { ResourceLimitExceededException } from '../../domain/errors.ts'
import { canCreateMembership } from '../../policies/channel-membership.ts'
import { requireAllowed } from '../../policies/decision.ts'
import type { StoreTransaction } from '../../ports/store.ts'
import { channelArnOf, memberArnOf } from '../../services/input-arns.ts'
import { refuseHidden, requestedSubChannelId } from '../../services/messaging/elastic-channels.ts'
import { requireAdmitted } from '../../services/messaging/member-identities.ts'
import {
  joinModerators,
  noRoomText,
  placeRegularMembers,
} from '../../services/messaging/sub-channel-joining.ts'
import { presentMembership } from '../../services/presenters/channel-presenters.ts'
import { presentIdentity } from '../../services/presenters/identity-presenters.ts'
import { requireQuota } from '../../services/quotas.ts'
import { defineOperation, type OperationDependencies } from '../define-operation.ts'

export const CreateChannelMembership = defineOperation({
  name: 'CreateChannelMembership',
  access: 'bearer',
  async run(
    { input, caller, now },
    { store, limits }: Pick<OperationDependencies, 'store' | 'limits'>,
  ) {
    const channelArn = channelArnOf(input.ChannelArn, caller)
    const memberArn = memberArnOf(input.MemberArn, caller.appInstanceArn)
    // evidence: docs guide, whose example leaves out what the model requires (behaviour 3.2)
    const type = input.Type ?? 'DEFAULT'
    const invitedBy = caller.identity
    return store.transact(async (tx) => {
      const access = await tx.channels.findAccess(channelArn, invitedBy.arn)
      const { channel } = requireAllowed(canCreateMembership(access, type, [memberArn]))
      refuseHidden(channel, type)
      const subChannelId = requestedSubChannelId(channel, input.SubChannelId)
      const member = await requireAdmitted(tx, limits, { channel, subChannelId }, memberArn)
      const answer = { ChannelArn: channelArn, Member: presentIdentity(member) }
      const configuration = channel.elasticChannelConfiguration
      if (configuration === undefined) {
        await requireQuota(tx, limits, { kind: 'memberships-of-channel', of: channelArn })
        const place = { channelArn, subChannelId: '', isOfModerator: false }
        const stamps = { createdAt: now, lastUpdatedAt: now }
        await join(tx, { ...place, member, type, invitedBy, ...stamps })
        return answer
      }
      const invitation = { channelArn, configuration, invitedBy, now }
      const [membership] =
        subChannelId === undefined
          ? await placeRegularMembers(tx, invitation, [member])
          : await joinModerators(tx, invitation, [member], subChannelId)
      if (membership === undefined) {
        throw new ResourceLimitExceededException(noRoomText(configuration))
      }
      return { ...answer, SubChannelId: membership.subChannelId }
    })
  },
})

async function join(tx: StoreTransaction, membership: ChannelMembership): Promise<void> {
  const { channelArn, subChannelId, member, type: membershipType } = membership
  tx.memberships.insert(membership)
  const plan = {
    channelArn,
    subChannelId,
    membershipType,
    membershipChanges: [{ memberArn: member.arn, change: 'joined' as const, subChannelId }],
    moderatorMemberArns:
      membershipType === 'HIDDEN' ? await tx.memberships.listModeratorMemberArns(channelArn) : [],
  }
  tx.publish(membershipEvent('CREATE_CHANNEL_MEMBERSHIP', plan, presentMembership(membership)))
}
