// Deletes a message for everyone.
import { channelMessageEvent } from '../../domain/channel-event.ts'
import { stampAfter } from '../../domain/channel-message-rules.ts'
import { canDeleteMessage } from '../../policies/channel-message.ts'
import { requireAllowed } from '../../policies/decision.ts'
import { channelArnOf } from '../../services/input-arns.ts'
import { conversationIn, findMessage } from '../../services/messaging/conversation.ts'
import { presentDeletedMessage } from '../../services/presenters/message-presenters.ts'
import { defineOperation, type OperationDependencies } from '../define-operation.ts'

export const DeleteChannelMessage = defineOperation({
  name: 'DeleteChannelMessage',
  access: 'bearer',
  async run({ input, caller, now }, { store }: Pick<OperationDependencies, 'store'>) {
    const channelArn = channelArnOf(input.ChannelArn, caller)
    return store.transact(async (tx) => {
      const access = await tx.channels.findAccess(channelArn, caller.identity.arn)
      const found = await findMessage(tx, access, input)
      const { channel, message } = requireAllowed(canDeleteMessage(access, found))
      conversationIn(channel, input.SubChannelId)
      tx.messages.remove(message, message.messageId)
      const payload = presentDeletedMessage(message, stampAfter(message, now))
      tx.publish(channelMessageEvent('DELETE_CHANNEL_MESSAGE', message, payload))
      return undefined
    })
  },
})
