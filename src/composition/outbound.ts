// What leaves the server: the clients that talk to the world outside, who delivers what with them,
// and the dispatcher that drives them.
import type { Clock } from '../base/clock.ts'
import { createWebhookBot } from '../integrations/webhook-bot.ts'
import { createWebhookClient, type WebhookClient } from '../integrations/webhook-client.ts'
import { createWebhookInvoker } from '../integrations/webhook-invoker.ts'
import { createWebhookPush } from '../integrations/webhook-push.ts'
import { createWebhookSink } from '../integrations/webhook-sink.ts'
import { createBotDeliverer } from '../outbound/deliveries/bot-deliverer.ts'
import { createDispatcher, type Dispatcher } from '../outbound/dispatch/dispatcher.ts'
import { createProcessorDeliverer } from '../outbound/deliveries/processor-deliverer.ts'
import { createPushAudienceDeliverer } from '../outbound/deliveries/push-audience-deliverer.ts'
import { createPushDeliverer } from '../outbound/deliveries/push-deliverer.ts'
import { createStreamDeliverer, type StreamSinks } from '../outbound/deliveries/stream-deliverer.ts'
import type { Deliverer } from '../ports/outbound.ts'
import type { Foundation, StartContext } from './foundation.ts'
import {
  createApnsOnDemand,
  createFcmOnDemand,
  createJetStreamOnDemand,
  createKinesisOnDemand,
  createLambdaOnDemand,
  createLexOnDemand,
} from './vendor-clients.ts'

/** Begins to deliver what waits in the outbox. */
export async function startOutbound(
  context: StartContext,
  foundation: Foundation,
): Promise<Dispatcher> {
  const { clock, logger, parts } = context
  const { store, outboxNudges: nudges, metrics } = foundation
  const webhooks = createWebhookClient(clock)
  const deliverers = createDeliverers(context, foundation, webhooks)
  const dispatcher = createDispatcher({ store, deliverers, nudges, clock, logger, metrics })
  await parts.start({
    name: 'outbound',
    start: () => dispatcher.start(),
    async close() {
      await dispatcher.close()
      for (const deliverer of deliverers) await deliverer.close?.()
      webhooks.close()
    },
  })
  return dispatcher
}

/** One for each kind of entry. Entries of a kind that is missing here wait. */
function createDeliverers(
  { clock, logger }: StartContext,
  { outboundMapping: mapping, store, metrics }: Foundation,
  webhooks: WebhookClient,
): readonly Deliverer[] {
  const invokers = { lambda: createLambdaOnDemand(clock), webhook: createWebhookInvoker(webhooks) }
  const clients = { lex: createLexOnDemand(clock), webhook: createWebhookBot(webhooks) }
  return [
    createProcessorDeliverer({ store, mapping, invokers, clock, logger, metrics }),
    createStreamDeliverer(mapping, createStreamSinks(clock, webhooks)),
    createPushAudienceDeliverer({ store, mapping, logger }),
    createPushDeliverer({
      store,
      mapping,
      senders: {
        apns: createApnsOnDemand(clock),
        fcm: createFcmOnDemand(clock),
        webhook: createWebhookPush(webhooks),
      },
      clock,
      logger,
    }),
    createBotDeliverer({ store, mapping, clients, clock, logger, metrics }),
  ]
}

function createStreamSinks(clock: Clock, webhooks: WebhookClient): StreamSinks {
  return {
    kinesis: createKinesisOnDemand(clock),
    jetstream: createJetStreamOnDemand(),
    webhook: createWebhookSink(webhooks),
  }
}
