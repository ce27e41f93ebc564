// Adds up to 100 members to a channel; those who cannot be added come back as errors.
import { membershipEvent } from '../../domain/channel-event.ts'
import { canCreateMembership } from '../../policies/channel-membership.ts'
import { requireAllowed } from '../../policies/decision.ts'
import { channelArnOf, requestedMembers } from '../../services/input-arns.ts'
import { refuseForeignSubChannel } from '../../services/messaging/conversation.ts'
import { refusePlacement } from '../../services/messaging/elastic-channels.ts'
import { admitMembers } from '../../services/messaging/member-identities.ts'
import { presentMembershipBatch } from '../../services/presenters/channel-presenters.ts'
import { requireQuota } from '../../services/quotas.ts'
import { defineOperation, type OperationDependencies } from '../define-operation.ts'

export const BatchCreateChannelMembership = defineOperation({
  name: 'BatchCreateChannelMembership',
  access: 'bearer',
  async run(
    { input, caller, now },
    { store, limits }: Pick<OperationDependencies, 'store' | 'limits'>,
  ) {
    const channelArn = channelArnOf(input.ChannelArn, caller)
    const type = input.Type ?? 'DEFAULT'
    const requested = requestedMembers(input.MemberArns, caller.appInstanceArn)
    return store.transact(async (tx) => {
      const access = await tx.channels.findAccess(channelArn, caller.identity.arn)
      const arns = requested.map(({ arn }) => arn)
      const { channel } = requireAllowed(canCreateMembership(access, type, arns))
      refusePlacement(channel, type)
      refuseForeignSubChannel(channel, input.SubChannelId)
      const { members, errors } = await admitMembers(tx, limits, channelArn, requested)
      const batch = {
        channelArn,
        subChannelId: '',
        isOfModerator: false,
        type,
        invitedBy: caller.identity,
      }
      const payload = presentMembershipBatch(batch, members)
      if (members.length > 0) {
        const counted = { kind: 'memberships-of-channel', of: channelArn } as const
        await requireQuota(tx, limits, counted, members.length)
        for (const member of members) {
          tx.memberships.insert({ ...batch, member, createdAt: now, lastUpdatedAt: now })
        }
        const plan = {
          channelArn,
          subChannelId: '',
          membershipType: type,
          membershipChanges: members.map(({ arn }) => ({
            memberArn: arn,
            change: 'joined' as const,
            subChannelId: '',
          })),
          moderatorMemberArns:
            type === 'HIDDEN' ? await tx.memberships.listModeratorMemberArns(channelArn) : [],
        }
        tx.publish(membershipEvent('BATCH_CREATE_CHANNEL_MEMBERSHIP', plan, payload))
      }
      return { BatchChannelMemberships: payload, Errors: errors }
    })
  },
})
