// Shows one membership of a channel.
import { NotFoundException } from '../../domain/errors.ts'
import { canDescribeMembership, canSeeMembership } from '../../policies/channel-membership.ts'
import { requireAllowed } from '../../policies/decision.ts'
import { conversationIn } from '../../services/messaging/conversation.ts'
import { channelArnOf, memberArnOf } from '../../services/input-arns.ts'
import { presentMembership } from '../../services/presenters/channel-presenters.ts'
import { defineOperation, type OperationDependencies } from '../define-operation.ts'

export const DescribeChannelMembership = defineOperation({
  name: 'DescribeChannelMembership',
  access: 'bearer',
  async run({ input, caller }, { store }: Pick<OperationDependencies, 'store'>) {
    const channelArn = channelArnOf(input.ChannelArn, caller)
    const memberArn = memberArnOf(input.MemberArn, caller.appInstanceArn)
    const found = await store.read.channels.findAccess(channelArn, caller.identity.arn)
    const access = requireAllowed(canDescribeMembership(found, memberArn))
    conversationIn(access.channel, input.SubChannelId)
    const membership = await store.read.memberships.find(channelArn, memberArn)
    if (membership === undefined || !canSeeMembership(access, membership)) {
      throw new NotFoundException('MemberArn is not a member of the channel')
    }
    return { ChannelMembership: presentMembership(membership) }
  },
})
