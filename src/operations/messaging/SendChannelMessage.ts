// Sends a message to a channel: kept if PERSISTENT, and told to every connected member that may see
// it, after its flow if the channel has one. This is the hot path: one look at the caller's access,
// one at the token, one append.
import { canBeTarget, canSendMessage } from '../../policies/channel-message.ts'
import { requireAllowed } from '../../policies/decision.ts'
import { hashRequest, requireSameRequest } from '../../services/idempotency.ts'
import { channelArnOf, targetArnOf } from '../../services/input-arns.ts'
import { ownConversationIn } from '../../services/messaging/conversation.ts'
import { draftMessage } from '../../services/messaging/message-draft.ts'
import { sendMessage } from '../../services/messaging/message-sending.ts'
import { presentSentMessage } from '../../services/presenters/message-presenters.ts'
import { defineOperation, type OperationDependencies } from '../define-operation.ts'

export const SendChannelMessage = defineOperation({
  name: 'SendChannelMessage',
  access: 'bearer',
  async run({ input, caller }, { store }: Pick<OperationDependencies, 'store'>) {
    const sender = caller.identity
    const channelArn = channelArnOf(input.ChannelArn, caller)
    const target = targetArnOf(input.Target, caller.appInstanceArn)
    const draft = draftMessage(input, { channelArn, sender, target })
    // evidence: field (behaviour 13.7), not every client sends the token that the model requires
    const token = input.ClientRequestToken
    const request = token === undefined ? undefined : { token, requestHash: hashRequest(input) }
    return store.transact(async (tx) => {
      const access = await tx.channels.findAccess(channelArn, sender.arn)
      const allowed = requireAllowed(canSendMessage(access))
      const conversation = ownConversationIn(allowed, input.SubChannelId)
      if (request !== undefined) {
        const sent = await tx.messages.findByRequestToken(conversation, sender.arn, request.token)
        if (sent !== undefined) {
          requireSameRequest(sent.requestHash, request.requestHash)
          return presentSentMessage(sent.message)
        }
      }
      if (target !== undefined) {
        const targetAccess = await tx.channels.findAccess(channelArn, target)
        requireAllowed(canBeTarget(targetAccess?.caller, conversation))
      }
      const message = await sendMessage(tx, allowed.channel, draft, request)
      return presentSentMessage(message)
    })
  },
})
