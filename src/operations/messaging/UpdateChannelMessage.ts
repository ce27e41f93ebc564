// Replaces the content of one's own message.
import { channelMessageEvent } from '../../domain/channel-event.ts'
import { editMessage } from '../../domain/channel-message-rules.ts'
import { canUpdateMessage } from '../../policies/channel-message.ts'
import { requireAllowed } from '../../policies/decision.ts'
import { channelArnOf } from '../../services/input-arns.ts'
import { conversationIn, findMessage } from '../../services/conversation.ts'
import { presentMessage, presentSentMessage } from '../../services/presenters.ts'
import { defineOperation, type OperationDependencies } from '../define-operation.ts'

export const UpdateChannelMessage = defineOperation({
  name: 'UpdateChannelMessage',
  access: 'bearer',
  async run({ input, caller, now }, { store }: Pick<OperationDependencies, 'store'>) {
    const channelArn = channelArnOf(input.ChannelArn, caller)
    return store.transact(async (tx) => {
      const access = await tx.channels.findAccess(channelArn, caller.identity.arn)
      const found = await findMessage(tx, access, input)
      const { channel, message } = requireAllowed(canUpdateMessage(access, found))
      conversationIn(channel, input.SubChannelId)
      const edit = {
        content: input.Content,
        metadata: input.Metadata,
        contentType: input.ContentType,
      }
      const edited = editMessage(message, edit, now)
      tx.messages.replace(edited)
      tx.publish(channelMessageEvent('UPDATE_CHANNEL_MESSAGE', edited, presentMessage(edited)))
      return presentSentMessage(edited)
    })
  },
})
