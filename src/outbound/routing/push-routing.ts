// What is pushed: each message that was sent with a push notification, once it is delivered. Whose
// devices it goes to is found out afterwards, so that no sender waits for it.
import {
  viewersOf,
  type ChannelMessage,
  type PushNotification,
} from '../../domain/channel-message.ts'
import type { StoreTransaction } from '../../ports/store.ts'
import type { EventRoute } from './outbound-router.ts'

/** Edits are not pushed. */
// evidence: docs push notifications; those of non-persistent messages inferred (behaviour 3.6, 7.1)
export const routeToPush: EventRoute = (tx, { type, message }, _settings, mapping) => {
  if (type !== 'CREATE_CHANNEL_MESSAGE' || message?.pushNotification === undefined) return undefined
  return mapping.hasPush ? appendAudience(tx, message, message.pushNotification) : undefined
}

async function appendAudience(
  tx: StoreTransaction,
  message: ChannelMessage,
  push: PushNotification,
): Promise<void> {
  const { channelArn, subChannelId, messageId, sender, messageAttributes } = message
  if (!(await tx.outboundSettings.hasEndpoints(sender.arn))) return
  const channel = await tx.channels.find(channelArn)
  if (channel === undefined) return
  const viewers = viewersOf(message)
  tx.outbox.append({
    kind: 'push-audience',
    target: '',
    orderingKey: '',
    content: {
      message: {
        channelArn,
        channelCreatedAt: channel.createdAt,
        subChannelId,
        messageId,
        senderArn: sender.arn,
        push,
        messageAttributes,
      },
      viewers: viewers && [...viewers],
    },
  })
}
