// Shows one channel as a moderator of it sees it.
import { ForbiddenException } from '../../domain/errors.ts'
import { canDescribeRelationOf } from '../../policies/channel-membership.ts'
import { requireAllowed } from '../../policies/decision.ts'
import { channelArnOf, memberArnOf } from '../../services/input-arns.ts'
import { refuseElastic } from '../../services/messaging/elastic-channels.ts'
import { presentChannelSummary } from '../../services/presenters/channel-presenters.ts'
import { defineOperation, type OperationDependencies } from '../define-operation.ts'

export const DescribeChannelModeratedByAppInstanceUser = defineOperation({
  name: 'DescribeChannelModeratedByAppInstanceUser',
  access: 'bearer',
  async run({ input, caller }, { store }: Pick<OperationDependencies, 'store'>) {
    const channelArn = channelArnOf(input.ChannelArn, caller)
    const moderatorArn = memberArnOf(input.AppInstanceUserArn, caller.appInstanceArn)
    const found = await store.read.channels.findAccess(channelArn, caller.identity.arn)
    refuseElastic(found, 'Descriptions of moderated channels are')
    const { channel } = requireAllowed(canDescribeRelationOf(found, moderatorArn))
    // evidence: model lists no NotFoundException (behaviour 8.5)
    if ((await store.read.moderators.find(channelArn, moderatorArn)) === undefined) {
      throw new ForbiddenException()
    }
    const lastMessageAt = await store.read.channels.findLastMessageAt(channelArn, moderatorArn)
    return { Channel: { ChannelSummary: presentChannelSummary({ channel, lastMessageAt }) } }
  },
})
