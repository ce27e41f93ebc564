// What a server tells its operator of its outbox: what waits for each destination, and how much of
// it there is in all. Also where that is served, which is no part of AWS's APIs.
import type { OutboxDestination } from './outbox.ts'

/** A destination that something waits for, or that failed lately. */
export interface DestinationOverview extends OutboxDestination {
  /** At least so many: what is known without counting everything. */
  readonly waitingCount: number
  /** Since the oldest that waits was made; undefined where nothing waits. */
  readonly oldestAgeMs: number | undefined
  /** Nothing is sent for a while, because it was down. */
  readonly isCircuitOpen: boolean
  /** Why the last attempt failed; undefined after one that did not. Never holds content. */
  readonly lastFailure: string | undefined
}

/** All destinations together. */
export interface OutboxOverview {
  /** At least so many. */
  readonly waitingCount: number
  readonly oldestAgeMs?: number | undefined
  readonly openCircuitsCount: number
  /** Counted no further than DEAD_LETTERS_COUNTED_MAX. */
  readonly deadLettersCount: number
}

/** Where the outbox is listed, and where dead letters are retried and dropped. */
export const OUTBOX_PATH = '/outbox'
/** Dead letters in one answer, and ids in one request: a commit of them holds up nobody. */
export const DEAD_LETTERS_PER_PAGE_MAX = 100
/** Our choice: from here on a person wants the list, not the number. */
export const DEAD_LETTERS_COUNTED_MAX = DEAD_LETTERS_PER_PAGE_MAX
