// How entries of the outbox are delivered: what the dispatcher asks of the parts that talk to the
// world outside, and what they answer.
import type {
  DestinationOverview,
  OutboxDestination,
  OutboxEntry,
  OutboxKind,
} from '../domain/outbox.ts'
import type { ChannelEvent } from '../domain/channel-event.ts'
import type { StoreTransaction } from './store.ts'

/** What became of one entry. */
export type DeliveryOutcome =
  /**
   * It arrived. `apply` writes what follows from that, in the transaction that removes the entry;
   * it may run more than once, as the work of every transaction. With `remains` it stays, with what
   * `apply` has made of its content.
   */
  | {
      readonly outcome: 'delivered'
      readonly apply?: ((tx: StoreTransaction) => Promise<void>) | undefined
      readonly remains?: true | undefined
    }
  /** It may arrive later. Of a destination that is down, the other entries wait, too. */
  | {
      readonly outcome: 'failed'
      readonly reason: string
      readonly isDestinationDown: boolean
      /**
       * The destination asks for a pause of at least so long: for this entry, and for all others if
       * it is down. The dispatcher waits no longer than the entry may wait at all.
       */
      readonly retryAfterMs?: number | undefined
    }
  /** One before it in the batch failed, so it waits, without an attempt of its own. */
  | { readonly outcome: 'not tried' }
  /** It will never arrive as it is. */
  | { readonly outcome: 'refused'; readonly reason: string }

/** How often and how fast entries of a destination are tried. */
export interface DeliveryPolicy {
  /** Entries and characters of content that one call of `deliver` takes at most. */
  readonly batchEntriesMax: number
  readonly batchCharactersMax: number
  /**
   * Whether a batch may hold several entries of one ordering key, else only one of each: it arrives
   * in its order as a whole or not at all, or at least none of a key behind one that failed.
   */
  readonly isBatchAtomic: boolean
  /** Batches that are under way to one destination at once. */
  readonly batchesUnderWayMax: number
  /** Given up after so many attempts, or at this age, whichever is first. */
  readonly attemptsMax: number
  readonly ageMsMax: number
  /**
   * False where an entry is as good as new when the server is back after a while: its age counts
   * from the start then, and `attemptsMax` bounds how often it is tried. Else what is told late is
   * of no use, or tried for long enough.
   */
  readonly agesWhileAway?: false
  /** The pause after the first failure and the longest one; in between it doubles, with jitter. */
  readonly firstPauseMs: number
  readonly pauseMsMax: number
  /** For one attempt; its signal is aborted then. */
  readonly attemptMsMax: number
}

/** Delivers the entries of one kind. */
export interface Deliverer<Kind extends OutboxKind = OutboxKind> {
  readonly kind: Kind
  policyOf(target: string): DeliveryPolicy
  /**
   * One attempt at a batch of one destination; resolves with an outcome for each entry, in their
   * order. What it throws is so for all of them: a DeliveryError says itself whether they failed or
   * are refused, anything else is a failure of the destination. It must end soon after `signal` is
   * aborted. The same entry may come again after a crash.
   */
  deliver(
    target: string,
    entries: readonly OutboxEntry<Kind>[],
    signal: AbortSignal,
  ): Promise<readonly DeliveryOutcome[]>
  /**
   * An entry is given up: what follows from that, in the transaction that removes it. Without this,
   * and where it resolves with 'bury', the entry becomes a dead letter.
   */
  giveUp?(
    tx: StoreTransaction,
    entry: OutboxEntry<Kind>,
    reason: string,
  ): Promise<'remove' | 'bury'>
  /** Closes connections; nothing is delivered any more. */
  close?(): Promise<void>
}

/** Decides, within a transaction, what is to leave the server because of what it publishes. */
export interface OutboundRouting {
  /**
   * Called for every transaction that publishes, before its commit, with all of its events in
   * order; appends to the outbox. Undefined when there is nothing to wait for. A transaction reads
   * the state before it, so what it changes itself shows only in its events.
   */
  route(tx: StoreTransaction, events: readonly ChannelEvent[]): Promise<void> | undefined
}

/** Where the store says that something waits for a destination. */
export interface OutboxSignal {
  /**
   * Called after the commit, once for each entry; must not throw or wait. A revived one stands in
   * its old place, before others that wait, and not behind them.
   */
  appended(destination: OutboxDestination, isRevived?: boolean): void
}

/** What is known of the destinations at this moment, for the operator. */
export interface OutboundOverviewSource {
  /** Those that something waits for, the ones that wait longest first; from memory. */
  overview(): readonly DestinationOverview[]
}
