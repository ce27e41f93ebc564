// Takes what waits in the outbox to whoever delivers it: a queue for each destination, and what all
// of them share. Nothing of it is on the path of a request but the append before and a nudge after.
import { setImmediate } from 'node:timers/promises'
import type { Clock, Timer } from '../../base/clock.ts'
import type { Logger } from '../../base/logger.ts'
import type { DestinationOverview, OutboxDestination } from '../../domain/outbox.ts'
import type { Metrics } from '../../observability/metrics.ts'
import type { Deliverer } from '../../ports/outbound.ts'
import type { Store } from '../../ports/store.ts'
import type { OutboxNudges } from '../outbox-nudges.ts'
import { BatchSlots } from './batch-slots.ts'
import { DeliveryRecords } from './delivery-records.ts'
import { DestinationQueue, type QueueSurroundings } from './destination-queue.ts'
import { measureQueues, overviewOf } from './queue-measures.ts'
import { systemRandom, type Random } from './retry.ts'
import { Settler } from './settler.ts'

/** How often the outbox is looked through for what no nudge told of. */
const LOOK_PERIOD_MS = 30_000
/** Queues in memory; what waits for others is found when there is room again. */
const QUEUES_MAX = 4_096
/** Queues that have a turn before others of the process have theirs. */
const TURNS_AT_ONCE_MAX = 16
/** Entries that are counted of a destination; beyond, the number is a lower bound. */
const COUNTED_MAX = 10_000
/** What is under way may end by itself for this long when the server stops. */
const GRACE_MS = 2_000

export interface DispatcherOptions {
  readonly store: Pick<Store, 'read' | 'transact'>
  readonly deliverers: readonly Deliverer[]
  readonly nudges: Pick<OutboxNudges, 'listen'>
  readonly clock: Clock
  readonly logger: Logger
  readonly metrics: Metrics
  /** For the jitter of pauses. */
  readonly random?: Random
}

export interface Dispatcher {
  /** Resolves when everything that waits is known; delivering has begun then. */
  start(): Promise<void>
  /** Begins nothing more, and breaks off what does not end soon: it waits for the next start. */
  close(): Promise<void>
  /** Resolves when nothing is due now; for tests. */
  settled(): Promise<void>
  /** Every destination that something waits for; those that wait longest first. */
  overview(): readonly DestinationOverview[]
}

export function createDispatcher(options: DispatcherOptions): Dispatcher {
  return new OutboxDispatcher(options)
}

class OutboxDispatcher implements Dispatcher {
  readonly #options: DispatcherOptions
  readonly #deliverers: ReadonlyMap<string, Deliverer>
  readonly #queues = new Map<string, DestinationQueue>()
  readonly #surroundings: QueueSurroundings
  readonly #stop = new AbortController()
  readonly #settler: Settler
  /** Queues that are to have a turn. */
  readonly #turns = new Set<DestinationQueue>()
  #isGivingTurns = false
  #isClosing = false
  #workCount = 0
  #idleWaiters: (() => void)[] = []
  #lookTimer: Timer | undefined
  #isLooking = false

  constructor(options: DispatcherOptions) {
    const { store, clock, logger, metrics, deliverers, random = systemRandom } = options
    this.#options = options
    this.#deliverers = new Map(deliverers.map((deliverer) => [deliverer.kind, deliverer]))
    this.#settler = new Settler({ store, clock, logger })
    this.#surroundings = {
      outbox: store.read.outbox,
      clock,
      logger,
      random,
      slots: new BatchSlots(),
      settler: this.#settler,
      records: new DeliveryRecords(metrics, logger, clock),
      allHeld: { count: 0 },
      startedAt: clock.monotonicMs(),
      stop: this.#stop.signal,
      track: (work) => this.#track(work),
      requestTurn: (queue) => this.#requestTurn(queue),
      finished: (queue) => this.#remove(queue),
    }
    measureQueues(metrics, clock, () => this.#queues.values())
  }

  async start(): Promise<void> {
    const { nudges, clock } = this.#options
    nudges.listen((destination, isRevived) => this.#appended(destination, isRevived))
    await this.#look()
    this.#lookTimer = clock.every(LOOK_PERIOD_MS, () => this.#track(this.#look()))
  }

  async close(): Promise<void> {
    this.#isClosing = true
    this.#lookTimer?.cancel()
    const grace = this.#options.clock.after(GRACE_MS, () => this.#abort())
    for (const queue of this.#queues.values()) queue.close()
    await this.settled()
    grace.cancel()
    this.#abort()
    this.#queues.clear()
  }

  async settled(): Promise<void> {
    if (this.#workCount === 0) return
    await new Promise<void>((resolve) => this.#idleWaiters.push(resolve))
  }

  overview(): readonly DestinationOverview[] {
    return overviewOf(this.#queues.values(), this.#options.clock.now())
  }

  #abort(): void {
    this.#stop.abort()
    this.#settler.close()
  }

  #appended(destination: OutboxDestination, isRevived: boolean): void {
    const queue = this.#queues.get(keyOf(destination)) ?? this.#open(destination)
    queue?.appended()
    if (isRevived) queue?.lookAgain()
  }

  /** Undefined when nobody delivers to it, or there are too many already. */
  #open(destination: OutboxDestination): DestinationQueue | undefined {
    const deliverer = this.#deliverers.get(destination.kind)
    if (deliverer === undefined || this.#isClosing || this.#queues.size >= QUEUES_MAX) {
      return undefined
    }
    const queue = new DestinationQueue(destination, deliverer, this.#surroundings)
    this.#queues.set(keyOf(destination), queue)
    return queue
  }

  #remove(queue: DestinationQueue): void {
    queue.close()
    this.#turns.delete(queue)
    this.#queues.delete(keyOf(queue.destination))
  }

  /** Finds what waits, counts it, and wakes whoever delivers it. */
  async #look(): Promise<void> {
    if (this.#isLooking) return
    this.#isLooking = true
    const { outbox } = this.#options.store.read
    try {
      for (const destination of await outbox.listDestinations()) {
        if (this.#isClosing) return
        const queue = this.#queues.get(keyOf(destination)) ?? this.#open(destination)
        if (queue === undefined) continue
        const count = await outbox.countWaiting(destination, COUNTED_MAX)
        queue.counted(count, count < COUNTED_MAX)
        queue.lookAgain()
        // Others have their turn: there may be many destinations.
        await setImmediate()
      }
    } catch (error) {
      this.#options.logger.warn({ err: error }, 'the outbox cannot be looked through')
    } finally {
      this.#isLooking = false
    }
  }

  #requestTurn(queue: DestinationQueue): void {
    if (this.#isClosing) return
    this.#turns.add(queue)
    if (!this.#isGivingTurns) this.#track(this.#giveTurns())
  }

  async #giveTurns(): Promise<void> {
    this.#isGivingTurns = true
    while (this.#turns.size > 0) {
      await setImmediate()
      let givenCount = 0
      for (const queue of this.#turns) {
        if (++givenCount > TURNS_AT_ONCE_MAX) break
        this.#turns.delete(queue)
        if (!this.#isClosing) this.#giveTurn(queue)
      }
    }
    this.#isGivingTurns = false
  }

  #giveTurn(queue: DestinationQueue): void {
    try {
      queue.takeTurn()
    } catch (error) {
      // The others go on; this one has another turn when the outbox is looked through.
      this.#options.logger.error({ ...queue.destination, err: error }, 'a destination failed')
    }
  }

  #track(work: Promise<void>): void {
    void this.#await(work)
  }

  async #await(work: Promise<void>): Promise<void> {
    this.#workCount++
    try {
      await work
    } catch (error) {
      this.#options.logger.error({ err: error }, 'the dispatcher failed')
    }
    this.#workCount--
    if (this.#workCount === 0) for (const resolve of this.#idleWaiters.splice(0)) resolve()
  }
}

function keyOf({ kind, target }: OutboxDestination): string {
  return `${kind} ${target}`
}
