// Takes a processor's answer about a message that waits for it.
import { asArnOf } from '../../base/arn.ts'
import { requireMessageFits } from '../../domain/channel-message-rules.ts'
import { progressAfterAnswer, type FlowAnswer } from '../../domain/channel-flow-steps.ts'
import { ConflictException, ForbiddenException } from '../../domain/errors.ts'
import { canAnswerCallback, noMessageToAnswer } from '../../policies/channel-flow.ts'
import { requireAllowed } from '../../policies/decision.ts'
import type { Operations } from '../../protocol/generated/messaging-types.ts'
import { hashRequest } from '../../services/idempotency.ts'
import { applyProgress } from '../../services/messaging/flow-progress.ts'
import { attributesOf, pushNotificationOf } from '../../services/messaging/message-draft.ts'
import { defineOperation, type OperationDependencies } from '../define-operation.ts'

type Input = Operations['ChannelFlowCallback']['input']

export const ChannelFlowCallback = defineOperation({
  name: 'ChannelFlowCallback',
  access: 'credential',
  async run({ input, now }, { store }: Pick<OperationDependencies, 'store'>) {
    const answer = answerOf(input)
    const channelArn = asArnOf(input.ChannelArn, 'channel')
    if (channelArn === undefined) throw new ForbiddenException()
    const output = { ChannelArn: input.ChannelArn, CallbackId: input.CallbackId }
    const answerHash = hashRequest({ ...input, DeleteResource: input.DeleteResource ?? false })
    return store.transact(async (tx) => {
      const found = await tx.flowCallbacks.find(input.CallbackId ?? '')
      const { MessageId: messageId, SubChannelId: subChannelId } = input.ChannelMessage
      const about = { channelArn, messageId, subChannelId }
      const callback = requireAllowed(canAnswerCallback(found, about, now))
      if (callback.state === 'ANSWERED') {
        // evidence: inferred (behaviour 5)
        if (callback.answerHash === answerHash) return output
        throw new ConflictException('CallbackId was already used for another answer')
      }
      tx.flowCallbacks.answer(callback, answerHash)
      const progress = progressAfterAnswer(callback.step, answer)
      if (await applyProgress(tx, callback, progress, now)) return output
      return requireAllowed(noMessageToAnswer)
    })
  },
})

/** Throws BadRequestException when the message that it makes would break a rule of sending. */
// evidence: docs, an accepted message may be enlarged up to the limits of sending
function answerOf({ ChannelMessage: message, DeleteResource }: Input): FlowAnswer {
  const parts = {
    content: message.Content,
    metadata: message.Metadata,
    contentType: message.ContentType,
    messageAttributes: attributesOf(message.MessageAttributes),
    pushNotification: pushNotificationOf(message.PushNotification),
  }
  requireMessageFits({ ...parts, type: 'STANDARD' })
  return DeleteResource === true ? { isDenied: true } : { ...parts, isDenied: false }
}
