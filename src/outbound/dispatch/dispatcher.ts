// Takes what waits in the outbox to whoever delivers it, each destination for itself, and writes
// what became of it.
import type { Clock } from '../../base/clock.ts'
import type { Logger } from '../../base/logger.ts'
import type { OutboxDestination, OutboxEntry } from '../../domain/outbox.ts'
import type { Metrics } from '../../observability/metrics.ts'
import type { Deliverer, DeliveryOutcome, OutboundOverviewSource } from '../../ports/outbound.ts'
import type { Store, StoreTransaction } from '../../ports/store.ts'
import type { OutboxNudges } from '../outbox-nudges.ts'

export interface DispatcherOptions {
  readonly store: Store
  readonly deliverers: readonly Deliverer[]
  readonly nudges: Pick<OutboxNudges, 'listen'>
  readonly clock: Clock
  readonly logger: Logger
  readonly metrics: Metrics
}

export interface Dispatcher extends OutboundOverviewSource {
  start(): Promise<void>
  close(): Promise<void>
  /** Resolves when nothing is due now; for tests. */
  settled(): Promise<void>
}

export function createDispatcher(options: DispatcherOptions): Dispatcher {
  const { store, nudges, clock } = options
  const deliverers = new Map(options.deliverers.map((deliverer) => [deliverer.kind, deliverer]))
  const abort = new AbortController()
  let last: Promise<void> = Promise.resolve()
  const serve = (destination: OutboxDestination) => {
    last = last.then(() => serveDestination(destination)).catch(() => undefined)
  }

  async function serveDestination(destination: OutboxDestination): Promise<void> {
    const deliverer = deliverers.get(destination.kind)
    if (deliverer === undefined || abort.signal.aborted) return
    const policy = deliverer.policyOf(destination.target)
    for (const entry of await store.read.outbox.listWaiting(destination, 0, 256)) {
      if (entry.dueAt > clock.now()) continue
      const [outcome] = await deliverer
        .deliver(destination.target, [entry], abort.signal)
        .catch((error: Error): DeliveryOutcome[] => [
          { outcome: 'failed', reason: error.message, isDestinationDown: true },
        ])
      if (outcome === undefined) continue
      await store.transact(async (tx) => {
        if (outcome.outcome === 'delivered') {
          await outcome.apply?.(tx)
          if (outcome.remains === undefined) tx.outbox.remove(entry.entryId)
        } else if (outcome.outcome === 'refused' || entry.attemptsCount + 1 >= policy.attemptsMax) {
          await giveUp(tx, deliverer, entry, outcome.reason)
        } else {
          const pauseMs = Math.min(
            policy.pauseMsMax,
            policy.firstPauseMs * 2 ** entry.attemptsCount,
          )
          const dueAt = clock.now() + pauseMs
          tx.outbox.defer(entry.entryId, entry.attemptsCount + 1, dueAt, outcome.reason)
          clock.after(pauseMs, () => serve(destination))
        }
      })
    }
  }

  return {
    // Nothing is known of destinations until the queues are here.
    overview: () => [],
    async start() {
      nudges.listen(serve)
      for (const destination of await store.read.outbox.listDestinations()) serve(destination)
    },
    async close() {
      abort.abort()
      await last
    },
    async settled() {
      for (let seen; seen !== last;) {
        seen = last
        await seen
      }
    },
  }
}

async function giveUp(
  tx: StoreTransaction,
  deliverer: Deliverer,
  entry: OutboxEntry,
  reason: string,
): Promise<void> {
  const end = (await deliverer.giveUp?.(tx, entry, reason)) ?? 'bury'
  if (end === 'remove') tx.outbox.remove(entry.entryId)
  else tx.outbox.bury(entry.entryId, entry.attemptsCount + 1, reason)
}
