// Leaves a destination alone that is down: after some failures in a row nothing is sent to it for
// a while, then one batch, which decides how it goes on.
import type { DeliveryPolicy } from '../../ports/outbound.ts'
import { askedPauseMs, isDue, pauseMsAfter, type Random } from './retry.ts'

/** Failures in a row that open the circuit. */
// A few, so that one lost connection or restart of the destination does not.
const FAILURES_MAX = 5

export class CircuitBreaker {
  readonly #policy: DeliveryPolicy
  readonly #random: Random
  /** In a row, of batches. */
  #failuresCount = 0
  /** In a row, each with a longer pause. */
  #openingsCount = 0
  #openingsEver = 0
  #openUntil: number | undefined
  /** It was the destination that asked for the pause. */
  #isAskedFor = false

  constructor(policy: DeliveryPolicy, random: Random) {
    this.#policy = policy
    this.#random = random
  }

  /** From the failure that opens it to the success that closes it, also while it tries. */
  get isOpen(): boolean {
    return this.#openUntil !== undefined
  }

  /** Whether the last batch that said anything of the destination found it down. */
  get isFailing(): boolean {
    return this.#failuresCount > 0
  }

  /** Nothing is sent before; undefined while it is closed. */
  get openUntil(): number | undefined {
    return this.#openUntil
  }

  /** How many batches may be under way at once. */
  batchesMax(now: number): number {
    if (this.#openUntil === undefined) return this.#policy.batchesUnderWayMax
    return isDue(this.#openUntil, now, this.#policy) ? 1 : 0
  }

  /** How often it was opened, ever: tells batches that began before from those that began after. */
  get openingsEver(): number {
    return this.#openingsEver
  }

  /**
   * A batch found it down that began after so many openings, or was asked for a pause, which begins
   * at once. True: this opened it.
   */
  failed(openingsBefore: number, now: number, retryAfterMs?: number): boolean {
    this.#failuresCount++
    const { isOpen } = this
    const isAskedFor = retryAfterMs !== undefined
    // Those that were under way when it opened say nothing new, unless they were told for how long.
    const isOfBefore = isOpen && openingsBefore < this.#openingsEver
    if (isOfBefore && !isAskedFor) return false
    if (!isOpen && !isAskedFor && this.#failuresCount < FAILURES_MAX) return false
    this.#isAskedFor = isAskedFor
    if (!isOfBefore) {
      this.#openingsCount++
      this.#openingsEver++
      this.#openUntil = now + pauseMsAfter(this.#openingsCount, this.#policy, this.#random())
    }
    const askedMs = askedPauseMs(retryAfterMs ?? 0, this.#policy)
    this.#openUntil = Math.max(this.#openUntil ?? now, now + askedMs)
    return !isOpen
  }

  /**
   * The destination took or refused something of a batch that began after so many openings: it is
   * there. True: this closed it. What began before the destination asked for a pause does not.
   */
  answered(openingsBefore: number): boolean {
    const wasOpen = this.isOpen
    if (this.#isAskedFor && openingsBefore < this.#openingsEver) return false
    this.#isAskedFor = false
    this.#failuresCount = 0
    this.#openingsCount = 0
    this.#openUntil = undefined
    return wasOpen
  }
}
