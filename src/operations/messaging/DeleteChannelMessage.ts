// Deletes a message for everyone.
import { channelMessageEvent } from '../../domain/channel-event.ts'
import { stampAfter } from '../../domain/channel-message-rules.ts'
import type { MessageId } from '../../domain/channel-message.ts'
import { canDeleteMessage, canDeleteMessages } from '../../policies/channel-message.ts'
import { requireAllowed } from '../../policies/decision.ts'
import { channelArnOf } from '../../services/input-arns.ts'
import { seenConversationIn } from '../../services/messaging/conversation.ts'
import { presentDeletedMessage } from '../../services/presenters/message-presenters.ts'
import { defineOperation, type OperationDependencies } from '../define-operation.ts'

export const DeleteChannelMessage = defineOperation({
  name: 'DeleteChannelMessage',
  access: 'bearer',
  async run({ input, caller, now }, { store }: Pick<OperationDependencies, 'store'>) {
    const channelArn = channelArnOf(input.ChannelArn, caller)
    return store.transact(async (tx) => {
      const access = await tx.channels.findAccess(channelArn, caller.identity.arn)
      const allowed = requireAllowed(canDeleteMessages(access))
      const conversation = await seenConversationIn(tx, allowed, input.SubChannelId)
      const found = await tx.messages.find(conversation, input.MessageId as MessageId)
      const message = requireAllowed(canDeleteMessage(found))
      tx.messages.remove(message, message.messageId)
      const payload = presentDeletedMessage(message, stampAfter(message, now))
      tx.publish(channelMessageEvent('DELETE_CHANNEL_MESSAGE', message, payload))
      return undefined
    })
  },
})
