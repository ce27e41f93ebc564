// Token buckets: how often something may happen, with room for bursts. Pure arithmetic and a
// bounded table of buckets; what is counted by which key is decided elsewhere.

/** How fast a bucket fills, and how much it holds. */
export interface BucketRate {
  readonly perSecond: number
  /** Tokens of a full bucket: how many may be taken at once. At least 1. */
  readonly burst: number
}

/**
 * Takes a token at `nowMs` from the bucket that is full again at `fullAtMs`; absent for one that is
 * full. Returns when it is full after that, or undefined when it holds no whole token: nothing is
 * taken then. A bucket is one number: it lacks as many tokens as are filled in until it is full.
 */
export function takeToken(
  fullAtMs: number | undefined,
  nowMs: number,
  { perSecond, burst }: BucketRate,
): number | undefined {
  const intervalMs = 1_000 / perSecond
  const nextFullAtMs = Math.max(fullAtMs ?? nowMs, nowMs) + intervalMs
  return nextFullAtMs - nowMs > burst * intervalMs + ROUNDING_MS ? undefined : nextFullAtMs
}

/** A third of a second has no exact value; sums of thirds must not cost a token. */
const ROUNDING_MS = 1e-3

/** Full buckets that are forgotten with each attempt: more than it makes, so the table shrinks. */
const FORGOTTEN_PER_ATTEMPT = 2

/**
 * Longest text that tells one key from another. Keys are ARNs, and no ARN of something that exists
 * is as long; made-up ones that begin alike share a bucket.
 */
// evidence: inferred (an ARN with ids of 64 characters has fewer than 300)
const KEY_LENGTH_MAX = 512

/**
 * Buckets by key, in the order in which they were last taken from. Full ones are forgotten, as a
 * full bucket is the same as none. At `bucketsMax` the oldest is forgotten, full or not: somebody
 * gets a burst too many, but memory stays bounded whatever keys are made up.
 */
export class TokenBuckets {
  readonly #bucketsMax: number
  readonly #fullAtMs = new Map<string, number>()

  constructor(bucketsMax: number) {
    this.#bucketsMax = bucketsMax
  }

  /** How many buckets are remembered. */
  get size(): number {
    return this.#fullAtMs.size
  }

  /** Whether `key` has a token at `nowMs`; takes nothing. */
  has(key: string, nowMs: number, rate: BucketRate): boolean {
    const fullAtMs = this.#fullAtMs.get(key.slice(0, KEY_LENGTH_MAX))
    return takeToken(fullAtMs, nowMs, rate) !== undefined
  }

  /** Takes a token; false when there is none. `nowMs` never moves back. */
  take(key: string, nowMs: number, rate: BucketRate): boolean {
    this.#forgetFull(nowMs)
    const name = key.slice(0, KEY_LENGTH_MAX)
    const fullAtMs = this.#fullAtMs.get(name)
    const nextFullAtMs = takeToken(fullAtMs, nowMs, rate)
    if (nextFullAtMs === undefined) return false
    // Taken out first, so that it comes behind all others.
    if (!this.#fullAtMs.delete(name) && this.size >= this.#bucketsMax) this.#forgetOldest()
    // A new key is copied: a slice would keep the whole request line that it was cut from.
    this.#fullAtMs.set(fullAtMs === undefined ? Buffer.from(name).toString() : name, nextFullAtMs)
    return true
  }

  #forgetFull(nowMs: number): void {
    let left = FORGOTTEN_PER_ATTEMPT
    for (const [key, fullAtMs] of this.#fullAtMs) {
      if (fullAtMs > nowMs || left === 0) return
      this.#fullAtMs.delete(key)
      left -= 1
    }
  }

  #forgetOldest(): void {
    for (const key of this.#fullAtMs.keys()) {
      this.#fullAtMs.delete(key)
      return
    }
  }
}
