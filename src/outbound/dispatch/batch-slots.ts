// How many batches are under way in the whole server, shared fairly: no destination keeps the
// others waiting by having many of its own.

/** Batches under way at once: connections and memory of a small server. */
const SLOTS_MAX = 64
/** The last ones go to destinations that have none under way. */
const SLOTS_RESERVED = 16

export class BatchSlots {
  #takenCount = 0
  /** Who is told when a slot becomes free, in their order. */
  readonly #waiting = new Set<() => void>()

  /** Takes a slot for whoever has `ownCount` already; false when it must wait. */
  tryTake(ownCount: number): boolean {
    const max = ownCount === 0 ? SLOTS_MAX : SLOTS_MAX - SLOTS_RESERVED
    if (this.#takenCount >= max) return false
    this.#takenCount++
    return true
  }

  /** `tell` is called once when it may try again. */
  wait(tell: () => void): void {
    this.#waiting.add(tell)
  }

  release(): void {
    this.#takenCount--
    const waiting = [...this.#waiting]
    this.#waiting.clear()
    for (const tell of waiting) tell()
  }
}
