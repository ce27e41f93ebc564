// Tells the sender what became of a message.
import type { MessageId } from '../../domain/channel-message.ts'
import { canGetMessageStatus, canGetMessageStatuses } from '../../policies/channel-message.ts'
import { requireAllowed } from '../../policies/decision.ts'
import { channelArnOf } from '../../services/input-arns.ts'
import { seenConversationIn } from '../../services/messaging/conversation.ts'
import { presentMessageStatus } from '../../services/presenters/message-presenters.ts'
import { defineOperation, type OperationDependencies } from '../define-operation.ts'

export const GetChannelMessageStatus = defineOperation({
  name: 'GetChannelMessageStatus',
  access: 'bearer',
  async run({ input, caller }, { store }: Pick<OperationDependencies, 'store'>) {
    const channelArn = channelArnOf(input.ChannelArn, caller)
    const access = await store.read.channels.findAccess(channelArn, caller.identity.arn)
    const allowed = requireAllowed(canGetMessageStatuses(access))
    const conversation = await seenConversationIn(store.read, allowed, input.SubChannelId)
    const found = await store.read.messages.find(conversation, input.MessageId as MessageId)
    const message = requireAllowed(canGetMessageStatus(allowed, found))
    // evidence: inferred (behaviour 3.8), to its sender the edit of a message is its latest version
    const edit = await store.read.flowCallbacks.findWaitingEdit(message.messageId)
    const status = edit === undefined ? message.status : 'PENDING'
    return { Status: presentMessageStatus({ status }) }
  },
})
