// Deliveries over random histories, on each store: appends, failures of all kinds, restarts,
// crashes, a store that is not there, a clock that is set, dead letters that are revived.
// Nothing is lost, each ordering key keeps its order, and nothing arrives twice but what a crash
// left in doubt. Run by store.contract.ts; CARILLON_DELIVERY_SEED=… repeats one,
// CARILLON_DELIVERY_HISTORIES=… runs more.
import { expect, it } from 'vitest'
import { DeliveryError } from '../../src/domain/delivery-error.ts'
import type { OutboxEntry } from '../../src/domain/outbox.ts'
import type { DeliveryOutcome } from '../../src/ports/outbound.ts'
import { StoreUnavailableError } from '../../src/ports/store.ts'
import { deliveryWorld, entriesOf, textOf, type DeliveryWorld } from './delivery-world.ts'
import { channelArn } from './store-world.ts'
import type { CreateStoreBed } from './store.contract.ts'

const HISTORIES_DEFAULT = 4
const STEPS = 60
const ATTEMPTS_MAX = 6
const HOUR_MS = 60 * 60 * 1000
const TARGETS = ['arn:stream/a', 'arn:stream/b']
const KEYS = [channelArn('one'), channelArn('two'), channelArn('three'), ''] as const

const histories = Number(process.env['CARILLON_DELIVERY_HISTORIES'] ?? HISTORIES_DEFAULT)
const firstSeed = Number(process.env['CARILLON_DELIVERY_SEED'] ?? Date.now() % 2 ** 31)

export function describeHistories(createBed: CreateStoreBed): void {
  for (let seed = firstSeed; seed < firstSeed + histories; seed++) {
    it(`nothing is lost or overtaken, whatever happens (seed ${seed})`, async () => {
      const world = await deliveryWorld(createBed)
      try {
        expect(await new History(world, mulberry32(seed)).run()).toEqual([])
      } finally {
        await world.dispose()
      }
    })
  }
}

class History {
  readonly #world: DeliveryWorld
  readonly #random: () => number
  /** By target and ordering key, in the order of appends. */
  readonly #appended = new Map<string, string[]>()
  readonly #attempts = new Map<string, number>()
  /** Texts that were dead letters, and how often: they may come late. */
  readonly #deaths = new Map<string, number>()
  /** A crash may forget of a refusal what has arrived behind it: they may come late, too. */
  readonly #refused = new Set<string>()
  /** Texts that had arrived when that was lost: they may come twice. */
  readonly #inDoubt = new Set<string>()
  readonly #underWay = new Set<string>()
  /** Of the batch that arrives. */
  readonly #failedLanes = new Set<string>()
  readonly #faults: string[] = []
  #textsCount = 0
  #crashesCount = 0
  #lostCount = 0
  #clockOffsetMs = 0
  #isCalm = false

  constructor(world: DeliveryWorld, random: () => number) {
    this.#world = world
    this.#random = random
  }

  /** Resolves with everything that should not have been. */
  async run(): Promise<readonly string[]> {
    const world = this.#world
    const isBatchAtomic = this.#random() < 0.5
    world.policy = {
      isBatchAtomic,
      batchEntriesMax: this.#pick([1, 3, 10]),
      batchesUnderWayMax: this.#pick([1, 2, 5]),
      attemptsMax: ATTEMPTS_MAX,
      pauseMsMax: 8_000,
    }
    world.onTheWay = (entries) => this.#travel(entries)
    world.outcomeOf = ({ entry, text }) => this.#outcome(laneOf(entry), text)
    world.giveUp = async (_tx, entry) => {
      this.#deaths.set(textOf(entry), (this.#deaths.get(textOf(entry)) ?? 0) + 1)
      return 'bury'
    }
    await world.start()
    for (let step = 0; step < STEPS; step++) await this.#step()
    await this.#calmDown()
    this.#check()
    return this.#faults
  }

  async #step(): Promise<void> {
    const world = this.#world
    const drawn = this.#random()
    if (drawn < 0.45) await this.#append()
    else if (drawn < 0.7) world.clock.advance(Math.floor(this.#random() * 5_000))
    else if (drawn < 0.76) world.unavailableTransactions = Math.floor(this.#random() * 3)
    else if (drawn < 0.82) await this.#crash()
    else if (drawn < 0.86) await this.#restart()
    else if (drawn < 0.92) await this.#revive()
    else if (drawn < 0.95) world.areNudgesLost = !world.areNudgesLost
    else if (drawn < 0.97) this.#setClock(this.#pick([-HOUR_MS, 0, HOUR_MS]))
    else await world.settledOrWaiting()
    await turns(Math.floor(this.#random() * 6))
  }

  /** Steps the wall clock so far away from the time that passes. */
  #setClock(offsetMs: number): void {
    const { clock } = this.#world
    clock.setNow(clock.now() - this.#clockOffsetMs + offsetMs)
    this.#clockOffsetMs = offsetMs
  }

  async #append(): Promise<void> {
    const target = this.#pick(TARGETS)
    const count = 1 + Math.floor(this.#random() * this.#pick([1, 5, 40, 160]))
    await this.#world.store.transact(async (tx) => {
      for (let n = 0; n < count; n++) {
        const key = this.#pick(KEYS)
        const text = `t${this.#textsCount++}`
        const lane = `${target} ${key}`
        this.#appended.set(lane, [...(this.#appended.get(lane) ?? []), text])
        tx.outbox.append(entriesOf(text, key, target))
      }
    })
  }

  async #travel(entries: readonly OutboxEntry[]): Promise<void> {
    const lanes = new Set(
      entries.filter(({ orderingKey }) => orderingKey !== '').map((entry) => laneOf(entry)),
    )
    const crashesCount = this.#crashesCount
    for (const lane of lanes) {
      if (this.#underWay.has(lane)) this.#faults.push(`two batches of ${lane} at once`)
      this.#underWay.add(lane)
    }
    await turns(Math.floor(this.#random() * 4))
    this.#failedLanes.clear()
    if (crashesCount === this.#crashesCount) for (const lane of lanes) this.#underWay.delete(lane)
    if (!this.#isCalm && this.#random() < 0.1) throw this.#error()
  }

  #error(): Error {
    if (this.#random() < 0.2) return new StoreUnavailableError('not now')
    if (this.#random() < 0.3) return new Error('lost')
    return new DeliveryError('lost', {
      isRetryable: this.#random() < 0.8,
      isDestinationDown: this.#random() < 0.5,
      retryAfterMs: this.#retryAfterMs(),
    })
  }

  #outcome(lane: string, text: string): DeliveryOutcome {
    if (this.#failedLanes.has(lane)) return { outcome: 'not tried' }
    this.#attempts.set(text, (this.#attempts.get(text) ?? 0) + 1)
    const drawn = this.#random()
    if (this.#isCalm || drawn < 0.7) return { outcome: 'delivered' }
    if (drawn < 0.75) {
      this.#refused.add(text)
      return { outcome: 'refused', reason: 'never' }
    }
    // Of a batch that is atomic nothing of the lane may arrive any more.
    if (!lane.endsWith(' ')) this.#failedLanes.add(lane)
    const retryAfterMs = this.#retryAfterMs()
    return { outcome: 'failed', reason: 'not now', isDestinationDown: drawn < 0.85, retryAfterMs }
  }

  /** Longer than any pause at times, and shorter than the calm in the end. */
  #retryAfterMs(): number | undefined {
    return this.#random() < 0.7 ? undefined : Math.floor(this.#random() * 12_000)
  }

  async #crash(): Promise<void> {
    this.#crashesCount++
    this.#underWay.clear()
    await this.#world.crash(() => this.#noteDoubts())
  }

  async #restart(): Promise<void> {
    const world = this.#world
    const closing = world.dispatcher.close()
    // Longer than it waits for what is under way.
    await world.passWithin(3_000)
    await closing
    if (world.lostTransactionsCount > this.#lostCount) await this.#noteDoubts()
    this.#lostCount = world.lostTransactionsCount
    await world.start()
  }

  async #noteDoubts(): Promise<void> {
    const { arrived } = this.#world
    for (const entry of await this.#listWaiting()) {
      if (arrived.includes(textOf(entry))) this.#inDoubt.add(textOf(entry))
    }
  }

  async #revive(): Promise<void> {
    const { store } = this.#world
    for (const letter of await this.#world.dead()) {
      if (this.#random() < 0.5) continue
      await store.transact((tx) => tx.outbox.revive([letter.entryId]))
    }
  }

  /** From now on everything arrives; what was given up before, too. */
  async #calmDown(): Promise<void> {
    const world = this.#world
    this.#isCalm = true
    world.areNudgesLost = false
    world.unavailableTransactions = 0
    this.#setClock(0)
    // Longer than anything waits for the store.
    for (let second = 0; second < 6; second++) await world.passWithin(1_000)
    await this.#drain()
    const letters = (await world.dead()).map(({ entryId }) => entryId)
    await world.store.transact((tx) => tx.outbox.revive(letters))
    await this.#drain()
    if ((await world.dead()).length > 0) this.#faults.push('dead in the end')
  }

  async #drain(): Promise<void> {
    // Longer than any pause, and than the time between two looks for what no nudge told of.
    for (let second = 0; second < 45; second++) await this.#world.pass(1_000)
    for (const entry of await this.#listWaiting()) this.#faults.push(`${textOf(entry)} waits`)
  }

  async #listWaiting(): Promise<readonly OutboxEntry[]> {
    const { outbox } = this.#world.store.read
    const lists = TARGETS.map((target) => outbox.listWaiting({ kind: 'stream', target }, 0, 9_999))
    return (await Promise.all(lists)).flat()
  }

  #check(): void {
    const { arrived } = this.#world
    const counts = new Map<string, number>()
    for (const text of arrived) counts.set(text, (counts.get(text) ?? 0) + 1)
    for (const text of [...this.#appended.values()].flat()) {
      const count = counts.get(text) ?? 0
      if (count === 0) this.#faults.push(`${text} is lost`)
      if (count > 1 && !this.#inDoubt.has(text)) this.#faults.push(`${text} arrived ${count} times`)
      const attemptsMax = (1 + (this.#deaths.get(text) ?? 0)) * ATTEMPTS_MAX + this.#crashesCount
      const attemptsCount = this.#attempts.get(text) ?? 0
      if (attemptsCount > attemptsMax) this.#faults.push(`${text} had ${attemptsCount} attempts`)
    }
    this.#checkOrder(new Map(arrived.toReversed().map((text, index) => [text, -index])))
  }

  #checkOrder(firstArrivals: ReadonlyMap<string, number>): void {
    for (const [lane, texts] of this.#appended) {
      if (lane.endsWith(' ')) continue
      let last = Number.NEGATIVE_INFINITY
      for (const text of texts) {
        if (this.#deaths.has(text) || this.#refused.has(text)) continue
        const arrival = firstArrivals.get(text) ?? Number.POSITIVE_INFINITY
        if (arrival < last) this.#faults.push(`${text} overtook another in ${lane}`)
        last = Math.max(last, arrival)
      }
    }
  }

  #pick<Item>(items: readonly Item[]): Item {
    return items[Math.floor(this.#random() * items.length)]!
  }
}

function laneOf({ target, orderingKey }: OutboxEntry): string {
  return `${target} ${orderingKey}`
}

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) {
    await new Promise((resolve) => void setImmediate(resolve))
  }
}

/** A small generator of numbers in [0, 1) that repeats for a seed. */
function mulberry32(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
