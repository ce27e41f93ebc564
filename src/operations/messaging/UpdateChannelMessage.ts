// Replaces the content of one's own message: at once, or after the flow of its channel.
import { editMessage } from '../../domain/channel-message-rules.ts'
import type { MessageId } from '../../domain/channel-message.ts'
import { canUpdateMessage, canUpdateMessages } from '../../policies/channel-message.ts'
import { requireAllowed } from '../../policies/decision.ts'
import { channelArnOf } from '../../services/input-arns.ts'
import { ownConversationIn } from '../../services/messaging/conversation.ts'
import { sendEdit } from '../../services/messaging/message-sending.ts'
import { presentSentMessage } from '../../services/presenters/message-presenters.ts'
import { defineOperation, type OperationDependencies } from '../define-operation.ts'

export const UpdateChannelMessage = defineOperation({
  name: 'UpdateChannelMessage',
  access: 'bearer',
  async run({ input, caller, now }, { store }: Pick<OperationDependencies, 'store'>) {
    const channelArn = channelArnOf(input.ChannelArn, caller)
    return store.transact(async (tx) => {
      const access = await tx.channels.findAccess(channelArn, caller.identity.arn)
      const allowed = requireAllowed(canUpdateMessages(access))
      const conversation = ownConversationIn(allowed, input.SubChannelId)
      const found = await tx.messages.find(conversation, input.MessageId as MessageId)
      const message = requireAllowed(canUpdateMessage(allowed, found))
      const edit = {
        content: input.Content,
        metadata: input.Metadata,
        contentType: input.ContentType,
      }
      const edited = editMessage(message, edit, now)
      return presentSentMessage(await sendEdit(tx, allowed.channel, edited))
    })
  },
})
