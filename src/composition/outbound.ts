// What leaves the server: the clients that talk to the world outside, who delivers what with them,
// and the dispatcher that drives them.
import { createDispatcher, type Dispatcher } from '../outbound/dispatch/dispatcher.ts'
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
function createDeliverers(_context: StartContext, _foundation: Foundation): readonly Deliverer[] {
  return []
}
