// Takes away what a message said; the message itself stays in the channel.
import { channelMessageEvent } from '../../domain/channel-event.ts'
import { redactMessage } from '../../domain/channel-message-rules.ts'
import type { MessageId } from '../../domain/channel-message.ts'
import { canRedactMessage, canRedactMessages } from '../../policies/channel-message.ts'
import { requireAllowed } from '../../policies/decision.ts'
import { channelArnOf } from '../../services/input-arns.ts'
import { seenConversationIn } from '../../services/messaging/conversation.ts'
import {
  presentMessage,
  presentSubChannelId,
} from '../../services/presenters/message-presenters.ts'
import { defineOperation, type OperationDependencies } from '../define-operation.ts'

export const RedactChannelMessage = defineOperation({
  name: 'RedactChannelMessage',
  access: 'bearer',
  async run({ input, caller, now }, { store }: Pick<OperationDependencies, 'store'>) {
    const channelArn = channelArnOf(input.ChannelArn, caller)
    return store.transact(async (tx) => {
      const access = await tx.channels.findAccess(channelArn, caller.identity.arn)
      const allowed = requireAllowed(canRedactMessages(access))
      const conversation = await seenConversationIn(tx, allowed, input.SubChannelId)
      const found = await tx.messages.find(conversation, input.MessageId as MessageId)
      const message = requireAllowed(canRedactMessage(allowed, found))
      const redacted = redactMessage(message, now)
      if (redacted !== undefined) {
        tx.messages.replace(redacted)
        const payload = presentMessage(redacted)
        tx.publish(channelMessageEvent('REDACT_CHANNEL_MESSAGE', redacted, payload))
      }
      return {
        ChannelArn: channelArn,
        MessageId: message.messageId,
        SubChannelId: presentSubChannelId(message),
      }
    })
  },
})
