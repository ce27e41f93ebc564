// Lists the persistent messages of a channel that the caller may see, newest first by default.
import { canReadMessages } from '../../policies/channel-message.ts'
import { requireAllowed } from '../../policies/decision.ts'
import { conversationKey } from '../../ports/conversation-reference.ts'
import { channelArnOf } from '../../services/input-arns.ts'
import { seenConversationIn } from '../../services/messaging/conversation.ts'
import { listPage } from '../../services/next-tokens.ts'
import {
  presentMessageSummary,
  presentSubChannelId,
} from '../../services/presenters/message-presenters.ts'
import { defineOperation, type OperationDependencies } from '../define-operation.ts'

export const ListChannelMessages = defineOperation({
  name: 'ListChannelMessages',
  access: 'bearer',
  async run(
    { input, caller },
    { store, nextTokens }: Pick<OperationDependencies, 'store' | 'nextTokens'>,
  ) {
    const channelArn = channelArnOf(input.ChannelArn, caller)
    const viewer = caller.identity.arn
    const access = await store.read.channels.findAccess(channelArn, viewer)
    const allowed = requireAllowed(canReadMessages(access))
    const conversation = await seenConversationIn(store.read, allowed, input.SubChannelId)
    // evidence: docs ListChannelMessages
    const order = input.SortOrder ?? 'DESCENDING'
    const notBefore = input.NotBefore?.getTime()
    const notAfter = input.NotAfter?.getTime()
    // Without the times: apps reckon "the last hour" anew for each page, and whatever the range,
    // a page goes on behind the one before. evidence: inferred
    const listing = ['ListChannelMessages', viewer, conversationKey(conversation), order]
    const { items, NextToken } = await listPage(nextTokens, listing, input, (page) =>
      store.read.messages.list(conversation, { ...page, order, notBefore, notAfter, viewer }),
    )
    return {
      ChannelArn: channelArn,
      SubChannelId: presentSubChannelId(conversation),
      ChannelMessages: items.map(presentMessageSummary),
      NextToken,
    }
  },
})
