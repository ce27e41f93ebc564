// Writes what became of a batch: what follows from an arrival, the next attempt, or the end, each
// in the transaction that removes or changes the entry.
import type { OutboxEntry } from '../../domain/outbox.ts'
import type { Deliverer, DeliveryOutcome, DeliveryPolicy } from '../../ports/outbound.ts'
import type { StoreTransaction } from '../../ports/store.ts'
import { agesFrom, nextAttemptAt } from './retry.ts'

/** What is to become of an entry. */
export type Settlement =
  | {
      readonly kind: 'delivered'
      readonly entry: OutboxEntry
      readonly apply: ((tx: StoreTransaction) => Promise<void>) | undefined
      readonly remains: boolean
    }
  | { readonly kind: 'not tried'; readonly entry: OutboxEntry }
  | {
      readonly kind: 'deferred'
      readonly entry: OutboxEntry
      readonly attemptsCount: number
      readonly dueAt: number
      readonly reason: string
    }
  | {
      readonly kind: 'given up'
      readonly entry: OutboxEntry
      readonly attemptsCount: number
      readonly reason: string
    }

/** What has become of it: it is gone for good or dead, or waits. */
export interface Settled {
  readonly settlement: Settlement
  readonly dueAt: number | undefined
  readonly isDead: boolean
}

/** What was so when a batch ended, for all of it: what failed together is tried together. */
export interface BatchEnd {
  readonly policy: DeliveryPolicy
  readonly now: number
  /** So long before `now` did the server begin to deliver. */
  readonly upSince: number
  /** At least 0, below 1. */
  readonly random: number
  /** When the destination is tried again, if it is left alone because it is down. */
  readonly openUntil: number | undefined
}

export function planSettlement(
  entry: OutboxEntry,
  outcome: DeliveryOutcome,
  end: BatchEnd,
): Settlement {
  if (outcome.outcome === 'delivered') {
    const { apply, remains = false } = outcome
    return { kind: 'delivered', entry, apply, remains }
  }
  if (outcome.outcome === 'not tried') return { kind: 'not tried', entry }
  const { reason } = outcome
  const attemptsCount = entry.attemptsCount + 1
  const dueAt = outcome.outcome === 'failed' ? nextDueAt(entry, outcome, end) : undefined
  return dueAt === undefined
    ? { kind: 'given up', entry, attemptsCount, reason }
    : { kind: 'deferred', entry, attemptsCount, dueAt, reason }
}

/** Once a destination is back, nothing waits for a pause that it has because that was down. */
function nextDueAt(
  entry: OutboxEntry,
  { isDestinationDown, retryAfterMs }: DeliveryOutcome & { readonly outcome: 'failed' },
  { policy, now, upSince, random, openUntil }: BatchEnd,
): number | undefined {
  const { attemptsCount, createdAt } = entry
  const aging = { attemptsCount, agesFrom: agesFrom(createdAt, policy, upSince) }
  const dueAt = nextAttemptAt(aging, policy, now, random, retryAfterMs)
  if (dueAt === undefined || openUntil === undefined || !isDestinationDown) return dueAt
  return Math.min(dueAt, openUntil)
}

/** Writes them all in one transaction; resolves with what became of each. */
export async function writeSettlements(
  tx: StoreTransaction,
  deliverer: Pick<Deliverer, 'giveUp'>,
  settlements: readonly Settlement[],
): Promise<readonly Settled[]> {
  const settled: Settled[] = []
  const gone: number[] = []
  for (const settlement of settlements) {
    const end = await writeEnd(tx, deliverer, settlement)
    if (end === 'gone') gone.push(settlement.entry.entryId)
    const dueAt = typeof end === 'number' ? end : undefined
    settled.push({ settlement, dueAt, isDead: end === 'dead' })
  }
  tx.outbox.removeAll(gone)
  return settled
}

/** Resolves with when the entry is due again, or with its end; those that are gone stay for now. */
async function writeEnd(
  tx: StoreTransaction,
  deliverer: Pick<Deliverer, 'giveUp'>,
  settlement: Settlement,
): Promise<number | 'gone' | 'dead'> {
  const { entry } = settlement
  if (settlement.kind === 'delivered') {
    await settlement.apply?.(tx)
    // What remains is read again at once, with its new content.
    return settlement.remains ? 0 : 'gone'
  }
  // Its lane is cut before it, or goes on with it at once.
  if (settlement.kind === 'not tried') return 0
  const { attemptsCount, reason } = settlement
  if (settlement.kind === 'deferred') {
    tx.outbox.defer(entry.entryId, attemptsCount, settlement.dueAt, reason)
    return settlement.dueAt
  }
  const end = (await deliverer.giveUp?.(tx, entry, reason)) ?? 'bury'
  if (end === 'remove') return 'gone'
  tx.outbox.bury(entry.entryId, attemptsCount, reason)
  return 'dead'
}
