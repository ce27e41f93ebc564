// Replaces the content of one's own message.
import { channelMessageEvent, flowEvent } from '../../domain/channel-event.ts'
import { editMessage } from '../../domain/channel-message-rules.ts'
import type { MessageId } from '../../domain/channel-message.ts'
import { canUpdateMessage, canUpdateMessages } from '../../policies/channel-message.ts'
import { requireAllowed } from '../../policies/decision.ts'
import { channelArnOf } from '../../services/input-arns.ts'
import { ownConversationIn } from '../../services/messaging/conversation.ts'
import { statusBehindFlow } from '../../services/messaging/flow-fallback.ts'
import { presentMessage, presentSentMessage } from '../../services/presenters/message-presenters.ts'
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
      const { channelFlowArn } = allowed.channel
      if (channelFlowArn !== undefined) {
        const status = await statusBehindFlow(tx, channelFlowArn, message.type)
        if (status !== 'SENT') {
          // What was sent before stays as it is.
          const failed = { ...edited, status }
          const payload = presentMessage(failed)
          tx.publish(flowEvent('FAILED_UPDATE_CHANNEL_MESSAGE', failed, payload))
          return presentSentMessage(failed)
        }
      }
      tx.messages.replace(edited)
      tx.publish(channelMessageEvent('UPDATE_CHANNEL_MESSAGE', edited, presentMessage(edited)))
      return presentSentMessage(edited)
    })
  },
})
