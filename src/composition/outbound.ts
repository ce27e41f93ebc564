// What leaves the server: the clients that talk to the world outside, who delivers what with them,
// and the dispatcher that drives them.
import { createJetStreamSink } from '../integrations/jetstream-sink.ts'
import { createKinesisSink } from '../integrations/kinesis-sink.ts'
import { createWebhookClient, type WebhookClient } from '../integrations/webhook-client.ts'
import { createWebhookSink } from '../integrations/webhook-sink.ts'
import { createDispatcher, type Dispatcher } from '../outbound/dispatch/dispatcher.ts'
import { createStreamDeliverer, type StreamSinks } from '../outbound/deliveries/stream-deliverer.ts'
import type { Deliverer } from '../ports/outbound.ts'
import type { Foundation, StartContext } from './foundation.ts'

/** Begins to deliver what waits in the outbox. */
export async function startOutbound(
  context: StartContext,
  foundation: Foundation,
): Promise<Dispatcher> {
  const { clock, logger, parts } = context
  const { store, outboxNudges: nudges, metrics } = foundation
  const deliverers = createDeliverers(context, foundation)
  const dispatcher = createDispatcher({ store, deliverers, nudges, clock, logger, metrics })
  await parts.start({
    name: 'outbound',
    start: () => dispatcher.start(),
    async close() {
      await dispatcher.close()
      for (const deliverer of deliverers) await deliverer.close?.()
    },
  })
  return dispatcher
}

/** One for each kind of entry. Entries of a kind that is missing here wait. */
function createDeliverers(
  { clock }: StartContext,
  { outboundMapping: mapping }: Foundation,
): readonly Deliverer[] {
  const webhooks = createWebhookClient(clock)
  return [createStreamDeliverer(mapping, createStreamSinks(webhooks))]
}

function createStreamSinks(webhooks: WebhookClient): StreamSinks {
  return {
    kinesis: createKinesisSink(),
    jetstream: createJetStreamSink(),
    webhook: createWebhookSink(webhooks),
  }
}
