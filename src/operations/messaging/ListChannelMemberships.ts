// Lists the members of a channel of one type, oldest first.
import { canListMemberships } from '../../policies/channel-membership.ts'
import { requireAllowed } from '../../policies/decision.ts'
import { conversationKey } from '../../ports/conversation-reference.ts'
import { channelArnOf } from '../../services/input-arns.ts'
import { seenConversationIn } from '../../services/messaging/conversation.ts'
import { refuseElastic } from '../../services/messaging/elastic-channels.ts'
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
    const allowed = requireAllowed(canListMemberships(access, type))
    if (type === 'HIDDEN') refuseElastic(access, 'Hidden memberships are')
    const conversation = await seenConversationIn(store.read, allowed, input.SubChannelId)
    const viewer = caller.identity.arn
    const listing = ['ListChannelMemberships', viewer, conversationKey(conversation), type]
    const { items, NextToken } = await listPage(nextTokens, listing, input, (page) =>
      store.read.memberships.list(conversation, type, page),
    )
    return {
      ChannelArn: channelArn,
      ChannelMemberships: items.map(presentMembershipSummary),
      NextToken,
    }
  },
})
