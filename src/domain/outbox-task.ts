// What an operator wants of the outbox, as `carillon outbox` is told it.
import type { OutboxKind } from './outbox.ts'

/** Which destinations are meant; absent members leave them all. */
export interface OutboxFilter {
  readonly kind?: OutboxKind | undefined
  /** The ARN of a destination. */
  readonly target?: string | undefined
}

/** Dead letters by their ids, or all of some destinations. */
export type ChosenLetters = { readonly entryIds: readonly number[] } | OutboxFilter

/** What the operator wants of an outbox. */
export type OutboxTask =
  | {
      readonly name: 'list-dead'
      readonly filter: OutboxFilter
      readonly limit: number
      /** A JSON object a line instead of a table. */
      readonly isJson: boolean
    }
  | { readonly name: 'list-waiting'; readonly filter: OutboxFilter; readonly isJson: boolean }
  | { readonly name: 'retry'; readonly chosen: ChosenLetters }
  /** Nobody is asked where `isConfirmed`. */
  | { readonly name: 'drop'; readonly chosen: ChosenLetters; readonly isConfirmed: boolean }
