// Decides which entries of the outbox an event causes, within the transaction that publishes it.
// What each kind of destination wants of an event is written in a file of its own beside this one.
import type { ChannelEvent } from '../../domain/channel-event.ts'
import type { OutboundMapping } from '../../domain/outbound-mapping.ts'
import type { OutboundRouting } from '../../ports/outbound.ts'
import type { OutboundSettings } from '../../ports/store-outbox.ts'
import type { StoreTransaction } from '../../ports/store.ts'

/** What one kind of destination wants of an event: appends its entries to the outbox. */
export type EventRoute = (
  tx: StoreTransaction,
  event: ChannelEvent,
  settings: OutboundSettings,
  mapping: OutboundMapping,
) => Promise<void> | undefined

/** Asks every route about every event, in their order. */
export function createOutboundRouter(
  mapping: OutboundMapping,
  routes: readonly EventRoute[],
): OutboundRouting {
  return {
    async route(tx, events) {
      for (const event of events) {
        const settings = await tx.outboundSettings.find(event.channelArn)
        for (const route of routes) {
          const routing = route(tx, event, settings, mapping)
          // Most routes want nothing of most events: no turn is spent on that.
          if (routing !== undefined) await routing
        }
      }
    },
  }
}
