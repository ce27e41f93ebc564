// Which transactions may commit without running again. Pure bookkeeping of keys, counts and
// sequence numbers: it knows neither databases nor promises.
//
// A transaction reads the state up to some commit and commits as a later one. It may do so if no
// commit in between changed what it read, whether that commit is durable already or still queued.
import { assert } from '../../base/assert.ts'

/** A transaction that runs; what it notes here decides whether it may commit. */
export interface TrackedTransaction {
  /** Every commit up to this sequence number is in what it reads; none of those above need be. */
  readonly visibleAtStart: number
  readonly keysRead: string[]
  readonly keysChanged: string[]
  readonly countsRead: CountRead[]
  /** How many more of what will exist, by the key of the count. */
  readonly countsRaised: Map<string, number>
}

/** A quota that was found to leave room for `additional` more. */
export interface CountRead {
  readonly key: string
  readonly count: number
  /** Every commit up to this one is in the count, where more is known than `visibleAtStart`. */
  readonly sequence?: number | undefined
  readonly additional: number
  readonly quota: number
}

/** The sequence number of the newest commit that a transaction should have seen, if any. */
export type Conflict = number | undefined

interface Raise {
  readonly sequence: number
  readonly more: number
}

export class ConflictTracker {
  /** The last change of each key, oldest first, as far back as a running transaction may ask. */
  readonly #changes = new Map<string, number>()
  readonly #raises = new Map<string, Raise[]>()
  /** Keys of `#raises` in the order of their sequence numbers, for forgetting. */
  readonly #raisesInOrder: { readonly sequence: number; readonly key: string }[] = []
  /** In the order in which they began, hence of `visibleAtStart`. */
  readonly #running = new Set<TrackedTransaction>()
  #lastSequence: number
  #visibleSequence: number

  /** `lastSequence` is that of the newest commit in the database. */
  constructor(lastSequence: number) {
    this.#lastSequence = lastSequence
    this.#visibleSequence = lastSequence
  }

  get visibleSequence(): number {
    return this.#visibleSequence
  }

  begin(): TrackedTransaction {
    const transaction: TrackedTransaction = {
      visibleAtStart: this.#visibleSequence,
      keysRead: [],
      keysChanged: [],
      countsRead: [],
      countsRaised: new Map(),
    }
    this.#running.add(transaction)
    return transaction
  }

  /** Must be called once for every transaction that began, after its last check. */
  end(transaction: TrackedTransaction): void {
    this.#running.delete(transaction)
    this.#forget()
  }

  /** The newest commit, queued or durable, that changed what `transaction` read. */
  conflictOf(transaction: TrackedTransaction): Conflict {
    let conflict: Conflict
    for (const key of transaction.keysRead) {
      const changed = this.#changes.get(key)
      if (changed === undefined || changed <= transaction.visibleAtStart) continue
      if (conflict === undefined || changed > conflict) conflict = changed
    }
    for (const read of transaction.countsRead) {
      const raised = this.#conflictOfCount(transaction, read)
      if (raised !== undefined && (conflict === undefined || raised > conflict)) conflict = raised
    }
    return conflict
  }

  /** Gives `transaction` its place in the order of commits; it must be free of conflicts. */
  commit(transaction: TrackedTransaction): number {
    const sequence = ++this.#lastSequence
    for (const key of transaction.keysChanged) {
      // Deleted first, so that the map stays in the order of sequence numbers.
      this.#changes.delete(key)
      this.#changes.set(key, sequence)
    }
    for (const [key, more] of transaction.countsRaised) {
      const raises = this.#raises.get(key)
      if (raises === undefined) this.#raises.set(key, [{ sequence, more }])
      else raises.push({ sequence, more })
      this.#raisesInOrder.push({ sequence, key })
    }
    return sequence
  }

  /** The commit `sequence`, and all before it, are durable and seen by reads, or have failed. */
  settled(sequence: number): void {
    assert(sequence >= this.#visibleSequence, 'commits settle in order')
    this.#visibleSequence = sequence
    this.#forget()
  }

  /** By how much queued commits raise the count of `key`, as far as they come after `above`. */
  queuedOf(key: string, above: number): number {
    const seen = Math.max(above, this.#visibleSequence)
    let queued = 0
    for (const { sequence, more } of this.#raises.get(key) ?? []) {
      if (sequence > seen) queued += more
    }
    return queued
  }

  /** For tests and metrics: how many keys are remembered. */
  get keysCount(): number {
    return this.#changes.size + this.#raisesInOrder.length
  }

  /**
   * Raises that the count did not include may use up the room; what was lowered is not looked at.
   */
  #conflictOfCount(transaction: TrackedTransaction, read: CountRead): Conflict {
    const seen = Math.max(transaction.visibleAtStart, read.sequence ?? 0)
    let unseen = 0
    let newest: Conflict
    for (const raise of this.#raises.get(read.key) ?? []) {
      if (raise.sequence <= seen) continue
      unseen += raise.more
      newest = raise.sequence
    }
    return read.count + unseen + read.additional > read.quota ? newest : undefined
  }

  #forget(): void {
    const [oldest] = this.#running
    const horizon = oldest?.visibleAtStart ?? this.#visibleSequence
    for (const [key, sequence] of this.#changes) {
      if (sequence > horizon) break
      this.#changes.delete(key)
    }
    let forgotten = 0
    for (const { sequence, key } of this.#raisesInOrder) {
      if (sequence > horizon) break
      forgotten++
      const raises = this.#raises.get(key)
      if (raises === undefined) continue
      while (raises[0] !== undefined && raises[0].sequence <= horizon) raises.shift()
      if (raises.length === 0) this.#raises.delete(key)
    }
    if (forgotten > 0) this.#raisesInOrder.splice(0, forgotten)
  }
}
