// How many batches are under way in the whole server, shared fairly: no destination keeps the
// others waiting by having many of its own, and no number of them by not answering.

/** Batches under way at once: connections and memory of a small server. */
const SLOTS_MAX = 64
/** The last ones go to destinations that have none under way. */
const SLOTS_RESERVED = 16
/** Of those to destinations that failed last, which may hang: others get on with the rest. */
const SLOTS_OF_FAILING_MAX = 32

/** Who asks for a slot. */
export interface SlotClaim {
  /** How many it has already. */
  readonly ownCount: number
  /** Whether its last batch found it down. */
  readonly isFailing: boolean
}

/** To be released once. */
export interface BatchSlot {
  release(): void
}

export class BatchSlots {
  #takenCount = 0
  #failingCount = 0
  /** Who is told when a slot becomes free, in their order. */
  readonly #waiting = new Set<() => void>()

  /** Undefined when the claimant must wait. */
  tryTake({ ownCount, isFailing }: SlotClaim): BatchSlot | undefined {
    const max = ownCount === 0 ? SLOTS_MAX : SLOTS_MAX - SLOTS_RESERVED
    if (this.#takenCount >= max) return undefined
    if (isFailing && this.#failingCount >= SLOTS_OF_FAILING_MAX) return undefined
    const failingCount = isFailing ? 1 : 0
    this.#takenCount++
    this.#failingCount += failingCount
    return {
      release: () => {
        this.#takenCount--
        this.#failingCount -= failingCount
        this.#tellWaiting()
      },
    }
  }

  /** `tell` is called once when it may try again. */
  wait(tell: () => void): void {
    this.#waiting.add(tell)
  }

  #tellWaiting(): void {
    const waiting = [...this.#waiting]
    this.#waiting.clear()
    for (const tell of waiting) tell()
  }
}
