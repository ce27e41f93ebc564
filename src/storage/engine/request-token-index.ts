// When the message with a given request token was created: a table in memory, because an index in
// the database would halve the rate of messages. It may err towards too many candidates, never too
// few within its bound: the message itself decides.
import type { Clock } from '../../base/clock.ts'

/** A generation covers this long, and goes as a whole. */
const GENERATION_MS = 60_000
/** Ten minutes (REQUEST_TOKEN_WINDOW_MS), the generation that fills, and one that straddles. */
const GENERATIONS_KEPT = 12
/** Tokens in all: ten minutes at 6,000 messages/s. Some 130 MB when full; the oldest go first. */
const TOKENS_MAX = 4_000_000
const GENERATION_TOKENS_MAX = TOKENS_MAX / 4
/** Slots of a fresh generation; doubled at half full. */
const SLOTS_AT_FIRST = 1_024

export class RequestTokenIndex {
  readonly #clock: Clock
  readonly #seed: number
  /** The newest last. */
  #generations: Generation[] = []

  /** `seed` must be random, so that no client can choose tokens that collide with others'. */
  constructor(clock: Clock, seed: number) {
    this.#clock = clock
    this.#seed = seed
  }

  add(key: string, instant: number): void {
    const { low, high } = hashOf(key, this.#seed)
    this.#current().add(low, high, instant)
  }

  /** The instant of the message that was added last under `key`. */
  find(key: string): number | undefined {
    const { low, high } = hashOf(key, this.#seed)
    for (let index = this.#generations.length - 1; index >= 0; index--) {
      const instant = this.#generations[index]?.find(low, high)
      if (instant !== undefined) return instant
    }
    return undefined
  }

  get tokensCount(): number {
    return this.#generations.reduce((sum, { tokensCount }) => sum + tokensCount, 0)
  }

  #current(): Generation {
    const period = Math.floor(this.#clock.now() / GENERATION_MS)
    const newest = this.#generations.at(-1)
    if (newest && newest.period >= period && newest.tokensCount < GENERATION_TOKENS_MAX) {
      return newest
    }
    const fresh = new Generation(Math.max(period, newest?.period ?? period))
    this.#generations = this.#generations.filter(
      (generation) => generation.period > fresh.period - GENERATIONS_KEPT,
    )
    while (this.tokensCount > TOKENS_MAX - GENERATION_TOKENS_MAX) this.#generations.shift()
    this.#generations.push(fresh)
    return fresh
  }
}

/** An open-addressing table of 64-bit hashes; instants are never 0, which marks a free slot. */
class Generation {
  readonly period: number
  tokensCount = 0
  #hashes = new Uint32Array(2 * SLOTS_AT_FIRST)
  #instants = new Float64Array(SLOTS_AT_FIRST)

  constructor(period: number) {
    this.period = period
  }

  add(low: number, high: number, instant: number): void {
    if (2 * this.tokensCount >= this.#instants.length) this.#grow()
    const slot = this.#slotOf(low, high)
    if (this.#instants[slot] === 0) this.tokensCount++
    this.#hashes[2 * slot] = low
    this.#hashes[2 * slot + 1] = high
    this.#instants[slot] = instant
  }

  find(low: number, high: number): number | undefined {
    const instant = this.#instants[this.#slotOf(low, high)]
    return instant === 0 ? undefined : instant
  }

  /** Where the hash is, or where it belongs. */
  #slotOf(low: number, high: number): number {
    const mask = this.#instants.length - 1
    let slot = low & mask
    while (
      this.#instants[slot] !== 0 &&
      (this.#hashes[2 * slot] !== low || this.#hashes[2 * slot + 1] !== high)
    ) {
      slot = (slot + 1) & mask
    }
    return slot
  }

  #grow(): void {
    const hashes = this.#hashes
    const instants = this.#instants
    this.#hashes = new Uint32Array(2 * hashes.length)
    this.#instants = new Float64Array(2 * instants.length)
    this.tokensCount = 0
    for (const [slot, instant] of instants.entries()) {
      if (instant !== 0) this.add(hashes[2 * slot] ?? 0, hashes[2 * slot + 1] ?? 0, instant)
    }
  }
}

/** Two 32-bit hashes of `text`, mixed as in MurmurHash3. */
function hashOf(text: string, seed: number): { low: number; high: number } {
  let low = seed ^ 0xdeadbeef
  let high = seed ^ 0x41c6ce57
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    low = Math.imul(low ^ code, 0x9e3779b1)
    high = Math.imul(high ^ code, 0x5f356495)
    low ^= low >>> 15
    high ^= high >>> 13
  }
  low = Math.imul(low ^ (low >>> 16), 0x85ebca6b) ^ Math.imul(high ^ (high >>> 13), 0xc2b2ae35)
  high = Math.imul(high ^ (high >>> 16), 0x85ebca6b) ^ Math.imul(low ^ (low >>> 13), 0xc2b2ae35)
  return { low: low >>> 0, high: high >>> 0 }
}
