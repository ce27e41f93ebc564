// Asks processors of channel flows by webhook: the JSON that a Lambda function would get.
import type { WebhookTarget } from '../domain/outbound-mapping.ts'
import type { ProcessorInvoker } from '../ports/processor-invoker.ts'
import type { WebhookClient } from './webhook-client.ts'

/** Any 2xx will do; what else it says is not looked at. */
export function createWebhookInvoker(
  client: Pick<WebhookClient, 'post'>,
): ProcessorInvoker<WebhookTarget> {
  return {
    async invoke(target, { callbackId, body }, signal) {
      await client.post(target, { kind: 'processor', id: callbackId, body, signal })
    },
    close: () => Promise.resolve(),
  }
}
