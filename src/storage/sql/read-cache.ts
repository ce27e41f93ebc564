// Results of the reads that come with every message, kept until something that shows in them
// changes. Knows keys, not queries: a result is kept by the same keys that make a transaction run
// again.

/**
 * Keys that are remembered to have changed while reads are on their way; a second's worth of
 * commits. A read that takes longer is not kept.
 */
const CHANGES_MAX = 65_536

/** Results that are kept, of about 1 KB each. The oldest go first and are read again. */
const RESULTS_MAX = 16_384

/** What a read found, and the keys of everything that shows in it. */
export interface KeyedResult<Result> {
  readonly result: Result
  readonly keys: readonly string[]
}

/**
 * `forget` must be called for every key that a commit changes, after the commit and before anybody
 * is told of it. Then nobody gets from here what was true before an acknowledged change.
 */
export class ReadCache {
  readonly #resultsMax: number
  /** By name, the oldest first. */
  readonly #results = new Map<string, KeyedResult<unknown>>()
  /** The names of the results that hang on a key. */
  readonly #namesByKey = new Map<string, Set<string>>()
  #changesCount = 0
  /** By key, the number of its last change while any read was on its way. */
  readonly #changes = new Map<string, number>()
  #readsCount = 0
  /** Changes up to this number are no longer in `#changes`. */
  #forgottenCount = 0

  constructor(resultsMax = RESULTS_MAX) {
    this.#resultsMax = resultsMax
  }

  /** What is kept under `name`, or else what `read` finds. An undefined result is not kept. */
  async recall<Result>(
    name: string,
    read: () => Promise<KeyedResult<Result>>,
  ): Promise<KeyedResult<Result>> {
    const kept = this.#results.get(name) as KeyedResult<Result> | undefined
    if (kept !== undefined) return kept
    const changesBefore = this.#changesCount
    this.#readsCount++
    try {
      const found = await read()
      // What was read before a change must not be kept after it.
      const isCurrent =
        this.#forgottenCount <= changesBefore &&
        found.keys.every((key) => (this.#changes.get(key) ?? 0) <= changesBefore)
      if (isCurrent && found.result !== undefined) this.keep(name, found)
      return found
    } finally {
      this.#readsCount--
      if (this.#readsCount === 0) this.#changes.clear()
    }
  }

  /** What a read of `name` would find now, until one of the keys changes. */
  keep(name: string, found: KeyedResult<unknown>): void {
    // Another reader may have kept the same meanwhile.
    this.#drop(name)
    const [oldest] = this.#results.size >= this.#resultsMax ? this.#results.keys() : []
    if (oldest !== undefined) this.#drop(oldest)
    this.#results.set(name, found)
    for (const key of found.keys) {
      const names = this.#namesByKey.get(key)
      if (names === undefined) this.#namesByKey.set(key, new Set([name]))
      else names.add(name)
    }
  }

  /** What `key` names has changed. */
  forget(key: string): void {
    this.#changesCount++
    if (this.#readsCount > 0) this.#noteChange(key)
    const names = this.#namesByKey.get(key)
    if (names === undefined) return
    for (const name of names) this.#drop(name)
  }

  /** For tests: how many keys hold something. */
  get keysCount(): number {
    return this.#namesByKey.size
  }

  #noteChange(key: string): void {
    if (this.#changes.size >= CHANGES_MAX) {
      this.#changes.clear()
      this.#forgottenCount = this.#changesCount
    }
    this.#changes.set(key, this.#changesCount)
  }

  #drop(name: string): void {
    const found = this.#results.get(name)
    if (found === undefined) return
    this.#results.delete(name)
    for (const key of found.keys) {
      const names = this.#namesByKey.get(key)
      names?.delete(name)
      if (names?.size === 0) this.#namesByKey.delete(key)
    }
  }
}
