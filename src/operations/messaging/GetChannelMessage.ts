// Shows one persistent message that the caller may see.
import { isVisibleTo, type MessageId } from '../../domain/channel-message.ts'
import { NotFoundException } from '../../domain/errors.ts'
import { canReadMessages } from '../../policies/channel-message.ts'
import { requireAllowed } from '../../policies/decision.ts'
import { channelArnOf } from '../../services/input-arns.ts'
import { seenConversationIn } from '../../services/messaging/conversation.ts'
import { presentMessage } from '../../services/presenters/message-presenters.ts'
import { defineOperation, type OperationDependencies } from '../define-operation.ts'

export const GetChannelMessage = defineOperation({
  name: 'GetChannelMessage',
  access: 'bearer',
  async run({ input, caller }, { store }: Pick<OperationDependencies, 'store'>) {
    const channelArn = channelArnOf(input.ChannelArn, caller)
    const access = await store.read.channels.findAccess(channelArn, caller.identity.arn)
    const allowed = requireAllowed(canReadMessages(access))
    const conversation = await seenConversationIn(store.read, allowed, input.SubChannelId, noSuch)
    const message = await store.read.messages.find(conversation, input.MessageId as MessageId)
    if (message === undefined || !isVisibleTo(message, caller.identity.arn)) throw noSuch()
    return { ChannelMessage: presentMessage(message) }
  },
})

function noSuch(): NotFoundException {
  return new NotFoundException('MessageId names no message of this channel that you may see')
}
