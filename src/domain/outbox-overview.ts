// What a server tells its operator of its whole outbox in a few numbers, and where the rest of it
// is served, which is no part of AWS's APIs.

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
