// Adds one member to a channel.
import { membershipEvent } from '../../domain/channel-event.ts'
import { ConflictException, NotFoundException } from '../../domain/errors.ts'
import { canBecomeMember, canCreateMembership } from '../../policies/channel-membership.ts'
import { requireAllowed } from '../../policies/decision.ts'
import { channelArnOf, memberArnOf } from '../../services/input-arns.ts'
import { refuseForeignSubChannel } from '../../services/messaging/conversation.ts'
import { refusePlacement } from '../../services/messaging/elastic-channels.ts'
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
    return store.transact(async (tx) => {
      const access = await tx.channels.findAccess(channelArn, caller.identity.arn)
      const { channel } = requireAllowed(canCreateMembership(access, type, [memberArn]))
      refusePlacement(channel, type)
      refuseForeignSubChannel(channel, input.SubChannelId)
      const member = await tx.members.findIdentity(memberArn)
      const target = await tx.channels.findAccess(channelArn, memberArn)
      if (member === undefined || target === undefined) {
        throw new NotFoundException('MemberArn names no user or bot that exists')
      }
      requireAllowed(canBecomeMember(target.caller))
      if (target.caller.membershipType !== undefined) {
        throw new ConflictException('MemberArn is a member of the channel already')
      }
      await requireQuota(tx, limits, { kind: 'memberships-of-channel', of: channelArn })
      await requireQuota(tx, limits, { kind: 'memberships-of-member', of: memberArn })
      const membership = {
        channelArn,
        member,
        subChannelId: '',
        isOfModerator: false,
        type,
        invitedBy: caller.identity,
        createdAt: now,
        lastUpdatedAt: now,
      }
      tx.memberships.insert(membership)
      const moderatorMemberArns =
        type === 'HIDDEN' ? await tx.memberships.listModeratorMemberArns(channelArn) : []
      const plan = {
        channelArn,
        subChannelId: '',
        membershipType: type,
        membershipChanges: [{ memberArn, change: 'joined' as const, subChannelId: '' }],
        moderatorMemberArns,
      }
      const payload = presentMembership(membership)
      tx.publish(membershipEvent('CREATE_CHANNEL_MEMBERSHIP', plan, payload))
      return { ChannelArn: channelArn, Member: presentIdentity(member) }
    })
  },
})
