// Lists the members of a channel of one type, oldest first.
import { canListMemberships } from '../../policies/channel-membership.ts'
import { requireAllowed } from '../../policies/decision.ts'
import { channelArnOf } from '../../services/input-arns.ts'
import { conversationIn } from '../../services/messaging/conversation.ts'
import { listPage } from '../../services/next-tokens.ts'
import { presentMembershipSummary } from '../../services/presenters/channel-presenters.ts'
import { defineOperation, type OperationDependencies } from '../define-operation.ts'

export const ListChannelMemberships = defineOperation({
  name: 'ListChannelMemberships',
  access: 'bearer',
  async run(
    { input, caller },
    { store, nextTokens }: Pick<OperationDependencies, 'store' | 'nextTokens'>,
  ) {
    const channelArn = channelArnOf(input.ChannelArn, caller)
    const type = input.Type ?? 'DEFAULT'
    const access = await store.read.channels.findAccess(channelArn, caller.identity.arn)
    const { channel } = requireAllowed(canListMemberships(access, type))
    conversationIn(channel, input.SubChannelId)
    const listing = ['ListChannelMemberships', caller.identity.arn, channelArn, type]
    const { items, NextToken } = await listPage(nextTokens, listing, input, (page) =>
      store.read.memberships.list({ channelArn, subChannelId: '' }, type, page),
    )
    return {
      ChannelArn: channelArn,
      ChannelMemberships: items.map(presentMembershipSummary),
      NextToken,
    }
  },
})
