// Shows one channel as a member of it sees it: the summary and that member's own membership.
import { ForbiddenException } from '../../domain/errors.ts'
import { canDescribeRelationOf } from '../../policies/channel-membership.ts'
import { requireAllowed } from '../../policies/decision.ts'
import { channelArnOf, memberArnOf } from '../../services/input-arns.ts'
import { presentOwnMembership } from '../../services/presenters/channel-presenters.ts'
import { defineOperation, type OperationDependencies } from '../define-operation.ts'

export const DescribeChannelMembershipForAppInstanceUser = defineOperation({
  name: 'DescribeChannelMembershipForAppInstanceUser',
  access: 'bearer',
  async run({ input, caller }, { store }: Pick<OperationDependencies, 'store'>) {
    const channelArn = channelArnOf(input.ChannelArn, caller)
    const memberArn = memberArnOf(input.AppInstanceUserArn, caller.appInstanceArn)
    const access = await store.read.channels.findAccess(channelArn, caller.identity.arn)
    requireAllowed(canDescribeRelationOf(access, memberArn))
    const membership = await store.read.ownMemberships.find(
      { channelArn, subChannelId: '' },
      memberArn,
    )
    // evidence: model lists no NotFoundException (behaviour 8.5)
    if (membership === undefined) throw new ForbiddenException()
    const isOwn = memberArn === caller.identity.arn
    return { ChannelMembership: presentOwnMembership(membership, isOwn) }
  },
})
