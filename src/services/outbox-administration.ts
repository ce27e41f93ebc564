// What an operator may do to the outbox: see what waits and what was given up, and have that tried
// again or dropped.
import type { Logger } from '../base/logger.ts'
import type { DeadLetter, DestinationOverview, OutboxKind } from '../domain/outbox.ts'
import { DEAD_LETTERS_COUNTED_MAX, type OutboxOverview } from '../domain/outbox-overview.ts'
import type { OutboundOverviewSource } from '../ports/outbound.ts'
import type { Page, PageRequest } from '../ports/paging.ts'
import type { Store, StoreTransaction } from '../ports/store.ts'

export interface OutboxAdministration {
  /** The ones that were given up last first. */
  listDead(kind: OutboxKind | undefined, page: PageRequest): Promise<Page<DeadLetter>>
  /** What something waits for, the ones that wait longest first. */
  listDestinations(): readonly DestinationOverview[]
  /** Resolves with the ids of those that are dead letters: they wait again. */
  retry(entryIds: readonly number[]): Promise<readonly number[]>
  /** Resolves with the ids of those that were dead letters: they are gone. */
  drop(entryIds: readonly number[]): Promise<readonly number[]>
  /** All of it in a few numbers. */
  measure(): Promise<OutboxOverview>
}

export interface OutboxAdministrationOptions {
  readonly store: Pick<Store, 'read' | 'transact'>
  readonly outbound: OutboundOverviewSource
  readonly logger: Logger
}

/** One per server. */
export function createOutboxAdministration(
  options: OutboxAdministrationOptions,
): OutboxAdministration {
  const { store, outbound, logger } = options
  return {
    listDead: (kind, page) => store.read.outbox.listDead(kind, page),
    listDestinations: () => outbound.overview(),
    async retry(entryIds) {
      const retried = await changeEach(options, entryIds, async ({ outbox }, entryId) => {
        return (await outbox.revive([entryId])).length > 0
      })
      logger.info({ entryIds: retried }, 'dead letters are tried again: the operator says so')
      return retried
    },
    async drop(entryIds) {
      const dropped = await changeEach(options, entryIds, async ({ outbox }, entryId) => {
        return (await outbox.discard([entryId])) > 0
      })
      logger.info({ entryIds: dropped }, 'dead letters are dropped: the operator says so')
      return dropped
    },
    async measure() {
      const destinations = outbound.overview()
      const { items } = await store.read.outbox.listDead(undefined, {
        limit: DEAD_LETTERS_COUNTED_MAX,
      })
      return {
        waitingCount: destinations.reduce((sum, { waitingCount }) => sum + waitingCount, 0),
        oldestAgeMs: destinations[0]?.oldestAgeMs,
        openCircuitsCount: destinations.filter(({ isCircuitOpen }) => isCircuitOpen).length,
        deadLettersCount: items.length,
      }
    },
  }
}

/** In one transaction; resolves with those of which `change` says that they were there. */
function changeEach(
  { store }: OutboxAdministrationOptions,
  entryIds: readonly number[],
  change: (tx: StoreTransaction, entryId: number) => Promise<boolean>,
): Promise<readonly number[]> {
  return store.transact(async (tx) => {
    const changed: number[] = []
    for (const entryId of new Set(entryIds)) {
      if (await change(tx, entryId)) changed.push(entryId)
    }
    return changed
  })
}
