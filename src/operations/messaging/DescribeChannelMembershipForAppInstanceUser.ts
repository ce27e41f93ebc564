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
    const allowed = requireAllowed(canDescribeRelationOf(access, memberArn))
    const isOwn = memberArn === caller.identity.arn
    const isElastic = allowed.channel.elasticChannelConfiguration !== undefined
    const found =
      isElastic && !isOwn ? await store.read.channels.findAccess(channelArn, memberArn) : allowed
    // Of a moderator's memberships in several sub-channels always the same one.
    // evidence: inferred (behaviour 4.3), the model has one membership and no way to say which
    const subChannelId = found?.caller.subChannelIds[0] ?? ''
    const membership = await store.read.ownMemberships.find({ channelArn, subChannelId }, memberArn)
    // evidence: model lists no NotFoundException (behaviour 8.5)
    if (membership === undefined) throw new ForbiddenException()
    return { ChannelMembership: presentOwnMembership(membership, isOwn) }
  },
})
