// Pushes to devices by way of the operator's own webhook, for providers that this server does not
// speak to.
import { DeliveryError } from '../domain/delivery-error.ts'
import type { WebhookTarget } from '../domain/outbound-mapping.ts'
import { webhookPushOf } from '../domain/push-payload.ts'
import type { PushSender } from '../ports/push-senders.ts'
import type { WebhookClient } from './webhook-client.ts'

/** By this a webhook says that the device's token is good for nothing. */
// evidence: inferred; Apple's service says so with the same status
const STATUS_GONE = 410

/** Whoever made `client` closes it. */
export function createWebhookPush(client: WebhookClient): PushSender<WebhookTarget> {
  return {
    async send(target, push, signal) {
      const body = JSON.stringify(webhookPushOf(push))
      try {
        await client.post(target, { kind: 'push', id: push.pushId, body, signal })
        return 'sent'
      } catch (error) {
        if (error instanceof DeliveryError && error.status === STATUS_GONE) return 'invalid-token'
        throw error
      }
    },
    close: () => undefined,
  }
}
