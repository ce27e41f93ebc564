// One destination: keeps the head of what waits for it in memory, sends it in batches, and rests
// when there is nothing to do or nobody to talk to. It acts only in its turns, which the dispatcher
// gives it, and never does more in one than start some batches and one read.
import type { Clock, Timer } from '../../base/clock.ts'
import type { Logger } from '../../base/logger.ts'
import type { OutboxDestination, OutboxEntry } from '../../domain/outbox.ts'
import type { Deliverer, DeliveryOutcome, DeliveryPolicy } from '../../ports/outbound.ts'
import type { OutboxReader } from '../../ports/store-outbox.ts'
import { attemptDelivery } from './attempt.ts'
import type { BatchSlot, BatchSlots } from './batch-slots.ts'
import { CircuitBreaker } from './circuit-breaker.ts'
import type { DeliveryRecords } from './delivery-records.ts'
import { EntryWindow, PAGE_ROWS, type HeldEntries } from './entry-window.ts'
import { agesFrom, type Random } from './retry.ts'
import { planSettlement, type Settled, type Settlement } from './settlement.ts'
import type { Settler } from './settler.ts'

/** What all destinations hold together: some tens of megabytes. */
const ALL_HELD_MAX = 16_384
/** Rows that a destination may read nevertheless. */
const PAGE_ROWS_MIN = 16
/** A timer that has nothing to do for longer than this looks again: clocks may be set. */
const SLEEP_MS_MAX = 60_000
/** After a read that failed: the database is away, and every destination notices. */
const READ_PAUSE_MS = 5_000

/** What all queues of a dispatcher share. */
export interface QueueSurroundings {
  readonly outbox: OutboxReader
  readonly clock: Clock
  readonly logger: Logger
  readonly random: Random
  readonly slots: BatchSlots
  readonly settler: Settler
  readonly records: DeliveryRecords
  readonly allHeld: HeldEntries
  /** When the server began to deliver, monotonic milliseconds. */
  readonly startedAt: number
  /** Aborted when the server stops. */
  readonly stop: AbortSignal
  /** Work that `settled` waits for. */
  track(work: Promise<void>): void
  /** Gives `queue` a turn soon. */
  requestTurn(queue: DestinationQueue): void
  /** Nothing waits for its destination any more. */
  finished(queue: DestinationQueue): void
}

export class DestinationQueue {
  readonly destination: OutboxDestination
  /** Of the one that waits longest, as far as is known, epoch milliseconds. */
  oldestAt: number
  lastFailure: string | undefined
  readonly #deliverer: Deliverer
  readonly #policy: DeliveryPolicy
  readonly #surroundings: QueueSurroundings
  readonly #circuit: CircuitBreaker
  #waitingCount = 0
  /** So many waited when they were counted, and more than that. */
  #countedAtLeast = 0
  #window: EntryWindow
  #underWayCount = 0
  #isReading = false
  #timer: Timer | undefined
  /** While it is down: nothing is looked at before the timer. */
  #isLeftAlone = false

  constructor(
    destination: OutboxDestination,
    deliverer: Deliverer,
    surroundings: QueueSurroundings,
  ) {
    this.destination = destination
    this.#deliverer = deliverer
    this.#policy = deliverer.policyOf(destination.target)
    this.#surroundings = surroundings
    this.#circuit = new CircuitBreaker(this.#policy, surroundings.random)
    this.#window = this.#newWindow()
    this.oldestAt = surroundings.clock.now()
  }

  /**
   * About as many as wait, exact when the dispatcher has just counted. Of very many, so many as
   * were counted, until they are counted again.
   */
  get waitingCount(): number {
    return Math.max(this.#waitingCount, this.#countedAtLeast)
  }

  get isCircuitOpen(): boolean {
    return this.#circuit.isOpen
  }

  /** So many wait; at least so many, if they are not all. */
  counted(count: number, areAll: boolean): void {
    this.#countedAtLeast = areAll ? 0 : count
    this.#waitingCount = areAll ? count : Math.max(this.#waitingCount, count)
  }

  /** Something was appended. */
  appended(): void {
    this.#waitingCount++
    this.#window.expectMore()
    if (!this.#isLeftAlone) this.#requestTurn()
  }

  /** Something may wait anywhere: looks through all of it once more. */
  lookAgain(): void {
    this.#window.scanAgain()
    if (!this.#isLeftAlone) this.#requestTurn()
  }

  /** Whatever is under way goes on; nothing new begins. */
  close(): void {
    this.#timer?.cancel()
    this.#window.drop()
  }

  takeTurn(): void {
    const { clock, stop } = this.#surroundings
    if (stop.aborted) return
    const now = clock.now()
    this.#window.resume(now)
    while (this.#underWayCount < this.#circuit.batchesMax(now) && this.#startBatch()) {
      // Until there are enough.
    }
    const { nextDueAt } = this.#window
    if (nextDueAt < Number.POSITIVE_INFINITY) this.#sleepUntil(nextDueAt)
    if (this.#isReading) return
    if (this.#circuit.batchesMax(now) === 0) {
      if (this.#underWayCount === 0) this.#track(this.#restWhileDown())
    } else if (this.#window.wantsMore) {
      this.#track(this.#read())
    } else if (this.#isFinished) {
      this.#surroundings.finished(this)
    }
  }

  get #isFinished(): boolean {
    const { heldCount, nextDueAt } = this.#window
    return this.#underWayCount + heldCount === 0 && nextDueAt === Number.POSITIVE_INFINITY
  }

  #newWindow(): EntryWindow {
    return new EntryWindow(this.#policy, this.#surroundings.allHeld)
  }

  /** False when there is nothing to start, or no slot for it: then it has a turn when there is. */
  #startBatch(): boolean {
    const { slots } = this.#surroundings
    if (this.#window.heldCount === 0) return false
    const { isFailing } = this.#circuit
    const slot = slots.tryTake({ ownCount: this.#underWayCount, isFailing })
    if (slot === undefined) {
      slots.wait(this.#requestTurn)
      return false
    }
    const entries = this.#window.take()
    if (entries.length === 0) {
      slot.release()
      return false
    }
    this.#underWayCount++
    this.#track(this.#deliver(entries, slot, this.#circuit.openingsEver))
    return true
  }

  async #deliver(
    entries: readonly OutboxEntry[],
    slot: BatchSlot,
    openingsBefore: number,
  ): Promise<void> {
    const { clock, logger, stop } = this.#surroundings
    const { target } = this.destination
    try {
      const attempt = { deliverer: this.#deliverer, target, clock, logger, stop }
      const outcomes = await attemptDelivery(entries, attempt)
      if (outcomes === 'not tried') this.#putOff(entries)
      else if (outcomes !== undefined) await this.#conclude(entries, outcomes, openingsBefore)
    } finally {
      this.#underWayCount--
      slot.release()
      this.#requestTurn()
    }
  }

  /** They are as they were, but for a moment. */
  #putOff(entries: readonly OutboxEntry[]): void {
    const dueAt = this.#surroundings.clock.now() + READ_PAUSE_MS
    for (const entry of entries) this.#window.settle(entry, dueAt)
  }

  async #conclude(
    entries: readonly OutboxEntry[],
    outcomes: readonly DeliveryOutcome[],
    openingsBefore: number,
  ): Promise<void> {
    const { clock, random, records, stop } = this.#surroundings
    const now = clock.now()
    if (!stop.aborted) this.#noteHealth(outcomes, openingsBefore, now)
    const { openUntil } = this.#circuit
    const hasFailed = outcomes.some(({ outcome }) => outcome === 'failed')
    // Randomness is not for nothing.
    const chance = hasFailed ? random() : 0
    const upSince = this.#upSince(now)
    const end = { policy: this.#policy, now, upSince, random: chance, openUntil }
    const settlements: Settlement[] = []
    for (const [index, entry] of entries.entries()) {
      const outcome = outcomes[index]
      // What fails while the server stops may have failed because it was broken off.
      if (outcome === undefined || (stop.aborted && outcome.outcome === 'failed')) continue
      settlements.push(planSettlement(entry, outcome, end))
      if (outcome.outcome !== 'not tried') records.attempted(entry.kind, outcome.outcome)
    }
    await this.#settle(settlements)
  }

  #noteHealth(outcomes: readonly DeliveryOutcome[], openingsBefore: number, now: number): void {
    const { records } = this.#surroundings
    const tried = outcomes.filter((each) => each.outcome !== 'not tried')
    const failure = tried.find((each) => each.outcome !== 'delivered')
    if (failure !== undefined) this.lastFailure = failure.reason
    const down = tried.filter((each) => each.outcome === 'failed' && each.isDestinationDown)
    const asked = down.flatMap((each) => ('retryAfterMs' in each ? (each.retryAfterMs ?? []) : []))
    const askedMs = Math.max(0, ...asked)
    const retryAfterMs = askedMs === 0 ? undefined : askedMs
    // One that asks for a pause may have taken some of the batch before.
    if (down.length === tried.length || retryAfterMs !== undefined) {
      if (this.#circuit.failed(openingsBefore, now, retryAfterMs)) {
        records.circuitOpened(this.destination, this.lastFailure ?? '')
      }
    } else if (this.#circuit.answered(openingsBefore)) {
      records.circuitClosed(this.destination)
    }
  }

  /** Writes settlements and does with the window what they say. */
  async #settle(settlements: readonly Settlement[]): Promise<void> {
    const { settler } = this.#surroundings
    const settled = await settler.settle(this.#deliverer, settlements)
    for (const each of settled ?? []) {
      this.#window.settle(each.settlement.entry, each.dueAt)
      this.#noteSettled(each)
    }
  }

  #noteSettled({ settlement, dueAt, isDead }: Settled): void {
    if (dueAt === undefined && this.#waitingCount > 0) this.#waitingCount--
    if (isDead && settlement.kind === 'given up') {
      this.#surroundings.records.died(settlement.entry, settlement.reason)
    }
  }

  async #read(): Promise<void> {
    const { outbox, allHeld, clock } = this.#surroundings
    const limit = Math.max(PAGE_ROWS_MIN, Math.min(PAGE_ROWS, ALL_HELD_MAX - allHeld.count))
    const window = this.#window
    const read = window.beginPage(limit)
    this.#isReading = true
    let page: readonly OutboxEntry[] | undefined
    try {
      page = await ('ids' in read
        ? outbox.listWaitingByIds(this.destination, read.ids)
        : outbox.listWaiting(this.destination, read.after, limit))
      if ('after' in read && read.after === 0) this.oldestAt = page[0]?.createdAt ?? this.oldestAt
    } catch (error) {
      this.#surroundings.logger.warn({ ...this.#names, err: error }, 'the outbox cannot be read')
    } finally {
      this.#isReading = false
      window.endPage(page, limit, clock.now())
    }
    if (page === undefined) this.#sleepUntil(clock.now() + READ_PAUSE_MS)
    else this.#requestTurn()
  }

  /** On disk it waits as well, and nobody knows for how long. */
  async #restWhileDown(): Promise<void> {
    const { clock, logger } = this.#surroundings
    const openUntil = this.#circuit.openUntil ?? clock.now()
    this.#window.drop()
    this.#window = this.#newWindow()
    this.#isReading = true
    this.#isLeftAlone = true
    let nextExpiry = openUntil
    try {
      nextExpiry = await this.#giveUpAged(openUntil)
    } catch (error) {
      logger.warn({ ...this.#names, err: error }, 'the outbox cannot be read')
    } finally {
      this.#isReading = false
    }
    this.#sleepUntil(Math.min(openUntil, nextExpiry))
  }

  /** Gives up what is too old to wait for the destination; resolves with when the next one is. */
  async #giveUpAged(until: number): Promise<number> {
    const { outbox, clock, stop } = this.#surroundings
    for (;;) {
      const page = await outbox.listWaiting(this.destination, 0, PAGE_ROWS)
      const now = clock.now()
      this.oldestAt = page[0]?.createdAt ?? this.oldestAt
      const expiryOf = ({ createdAt }: OutboxEntry) =>
        agesFrom(createdAt, this.#policy, this.#upSince(now)) + this.#policy.ageMsMax
      const aged = page.filter((entry) => expiryOf(entry) <= now)
      if (aged.length === 0) {
        return Math.min(...page.map(expiryOf))
      }
      const reason = this.lastFailure ?? 'the destination is down'
      const settlements = aged.map((entry): Settlement => {
        return { kind: 'given up', entry, attemptsCount: entry.attemptsCount, reason }
      })
      const settled = await this.#surroundings.settler.settle(this.#deliverer, settlements)
      for (const each of settled ?? []) this.#noteSettled(each)
      const isStuck = settled?.some(({ dueAt }) => dueAt !== undefined) ?? true
      if (isStuck || stop.aborted || clock.now() >= until) return until
    }
  }

  /** As the wall clock has it at this moment, which may have been set since. */
  #upSince(now: number): number {
    const { clock, startedAt } = this.#surroundings
    return now - (clock.monotonicMs() - startedAt)
  }

  #sleepUntil(dueAt: number): void {
    const { clock, stop } = this.#surroundings
    this.#timer?.cancel()
    if (stop.aborted) return
    const delayMs = Math.min(SLEEP_MS_MAX, Math.max(0, dueAt - clock.now()))
    this.#timer = clock.after(delayMs, () => {
      this.#isLeftAlone = false
      this.#requestTurn()
    })
  }

  readonly #requestTurn = (): void => this.#surroundings.requestTurn(this)

  #track(work: Promise<void>): void {
    this.#surroundings.track(work)
  }

  get #names() {
    const { kind, target } = this.destination
    return { kind, destination: target }
  }
}
