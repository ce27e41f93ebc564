// Takes a processor's answer about a message that waits for it.
// NOTE: This server does not invoke processors yet, so no CallbackId was ever given out.
import { asArnOf } from '../../base/arn.ts'
import { requireMessageFits } from '../../domain/channel-message-rules.ts'
import type { MessageId } from '../../domain/channel-message.ts'
import { ACCESS_DENIED_TEXT, ForbiddenException } from '../../domain/errors.ts'
import { attributesOf, requirePushText } from '../../services/messaging/message-draft.ts'
import { defineOperation, type OperationDependencies } from '../define-operation.ts'

export const ChannelFlowCallback = defineOperation({
  name: 'ChannelFlowCallback',
  access: 'credential',
  async run({ input }, { store }: Pick<OperationDependencies, 'store'>) {
    const answer = input.ChannelMessage
    // evidence: docs, an accepted message may be enlarged up to the limits of sending
    requireMessageFits({
      type: 'STANDARD',
      content: answer.Content,
      metadata: answer.Metadata,
      messageAttributes: attributesOf(answer.MessageAttributes),
    })
    requirePushText(answer.PushNotification)
    const channelArn = asArnOf(input.ChannelArn, 'channel')
    if (channelArn === undefined) throw new ForbiddenException()
    const message = await store.read.messages.find(
      { channelArn, subChannelId: answer.SubChannelId ?? '' },
      answer.MessageId as MessageId,
    )
    // evidence: docs for expired ids; for unknown ones inferred (behaviour 5)
    throw new ForbiddenException(
      message?.status === 'PENDING'
        ? `${ACCESS_DENIED_TEXT}: CallbackId was not given out for this message`
        : `${ACCESS_DENIED_TEXT}: no message of this channel waits for CallbackId`,
    )
  },
})
