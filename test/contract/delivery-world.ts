// What deliveries are tested with: a real store, a clock moved by hand, and a deliverer that does
// as the test says. Not a test itself.
import type { ChannelArn } from '../../src/base/arn.ts'
import type { DeadLetter, OutboxDraft, OutboxEntry } from '../../src/domain/outbox.ts'
import { createLogger } from '../../src/observability/logger.ts'
import { createMetrics, type Metrics } from '../../src/observability/metrics.ts'
import { createDispatcher, type Dispatcher } from '../../src/outbound/dispatch/dispatcher.ts'
import { OutboxNudges } from '../../src/outbound/outbox-nudges.ts'
import type { Deliverer, DeliveryOutcome, DeliveryPolicy } from '../../src/ports/outbound.ts'
import { StoreUnavailableError, type Store } from '../../src/ports/store.ts'
import { createFakeClock, type FakeClock } from '../harness/fake-clock.ts'
import { createRecordedEvents, START } from './store-world.ts'
import type { CreateStoreBed } from './store.contract.ts'

const TARGET = 'arn:stream/a'
const POLICY: DeliveryPolicy = {
  batchEntriesMax: 1,
  batchCharactersMax: 1_000_000,
  isBatchAtomic: false,
  batchesUnderWayMax: 1,
  attemptsMax: 100,
  ageMsMax: 24 * 60 * 60 * 1_000,
  firstPauseMs: 1_000,
  pauseMsMax: 60_000,
  attemptMsMax: 30_000,
}

type OrderingKey = ChannelArn | ''

export function textOf({ content }: OutboxEntry): string {
  return 'record' in content ? content.record : ''
}

export function entriesOf(record: string, orderingKey: OrderingKey, target = TARGET): OutboxDraft {
  return { kind: 'stream', target, orderingKey, content: { record } }
}

interface Process {
  isDead: boolean
}

/** One attempt at one entry. */
export interface Attempted {
  readonly entry: OutboxEntry
  readonly text: string
  /** Counted from 1, over the whole test. */
  readonly attempt: number
}

/** Deliveries that hang until they are released. */
export interface Held {
  /** How many were told to end. */
  readonly abortedCount: number
  /** Resolves when so many hang. */
  begun(count: number): Promise<void>
  /** Those that hang arrive, and all after them. */
  release(): void
}

interface HoldOptions {
  /** Only those hang that begin so. */
  readonly target?: string
  /** It goes on when it is told to end. */
  readonly isDeaf?: boolean
}

export class DeliveryWorld {
  readonly clock: FakeClock
  readonly metrics: Metrics = createMetrics()
  /** Lines of the log. */
  readonly log: string[] = []
  /** Texts of what was sent, batch by batch. */
  readonly batches: string[][] = []
  /** Texts of what arrived, in order. */
  readonly arrived: string[] = []
  policy: Partial<DeliveryPolicy> = {}
  outcomeOf: (attempted: Attempted) => DeliveryOutcome = () => ({ outcome: 'delivered' })
  giveUp: Deliverer['giveUp'] = undefined
  /** Awaited by each delivery, before anything arrives. */
  onTheWay: (entries: readonly OutboxEntry[]) => Promise<void> = () => Promise.resolve()
  areNudgesLost = false
  /** So many transactions of deliveries find no store. */
  unavailableTransactions = 0
  lostTransactionsCount = 0
  /** So many reads of deliveries find no store. */
  unavailableReads = 0
  /** By deliveries. */
  rowsRead = 0
  store: Store
  dispatcher!: Dispatcher
  readonly #nudges = new OutboxNudges()
  readonly #attempts = new Map<number, number>()
  readonly #disposeBed: () => Promise<void>
  #held: HeldDeliveries | undefined
  #process = { isDead: false }
  #arrivals: { readonly text: string; readonly resolve: () => void }[] = []

  constructor(clock: FakeClock, store: Store, disposeBed: () => Promise<void>) {
    this.clock = clock
    this.store = store
    this.#disposeBed = disposeBed
  }

  /** For the store's events. */
  nudge(...nudged: Parameters<OutboxNudges['appended']>): void {
    if (!this.areNudgesLost) this.#nudges.appended(...nudged)
  }

  async start(): Promise<void> {
    const { clock, metrics } = this
    const options = { level: 'info', isTerminal: false, sensitiveNames: new Set<string>() } as const
    this.dispatcher = createDispatcher({
      store: this.#storeOfDispatcher(this.#process),
      deliverers: [this.#createDeliverer(this.#process)],
      nudges: this.#nudges,
      clock,
      metrics: this.#metricsOfDispatcher(metrics),
      logger: createLogger({ ...options, write: (line) => void this.log.push(line) }),
      random: () => 1,
    })
    await this.dispatcher.start()
  }

  /** What was under way is never heard of again; another dispatcher starts on the same store. */
  async crash(beforeStart: () => Promise<void>): Promise<void> {
    this.#process.isDead = true
    this.#process = { isDead: false }
    // What is on its way to the disk arrives there before the next start, or never.
    await this.store.transact(async (tx) => tx.outbox.remove(-1))
    await beforeStart()
    await this.start()
  }

  /** Another dispatcher on the same store. */
  async restart(): Promise<void> {
    await this.dispatcher.close()
    await this.start()
    await this.settled()
  }

  settled(): Promise<void> {
    return this.dispatcher.settled()
  }

  /** Lets everything happen that waits for no timer and no delivery that hangs. */
  async settledOrWaiting(): Promise<void> {
    // A transaction after those that are on their way, and turns of the event loop for the rest.
    for (let turn = 0; turn < 20; turn++) {
      await this.store.transact(async (tx) => tx.outbox.remove(-1))
      await new Promise((resolve) => void setImmediate(resolve))
    }
  }

  /** Lets time pass, a second at a time, and everything happen that is due. */
  async pass(ms: number): Promise<void> {
    await this.settled()
    for (let left = ms; left > 0; left -= 1_000) {
      this.clock.advance(Math.min(left, 1_000))
      await this.settled()
    }
  }

  /** Lets time pass while something hangs. */
  async passWithin(ms: number): Promise<void> {
    await this.settledOrWaiting()
    this.clock.advance(ms)
    await this.settledOrWaiting()
  }

  append(text: string, orderingKey: OrderingKey, target = TARGET): Promise<void> {
    return this.store.transact(async (tx) => tx.outbox.append(entriesOf(text, orderingKey, target)))
  }

  appendAll(texts: readonly string[], orderingKey: OrderingKey): Promise<void> {
    return this.store.transact(async (tx) => {
      for (const text of texts) tx.outbox.append(entriesOf(text, orderingKey))
    })
  }

  waiting(): Promise<readonly OutboxEntry[]> {
    return this.store.read.outbox.listWaiting({ kind: 'stream', target: TARGET }, 0, 9_999)
  }

  async dead(): Promise<readonly DeadLetter[]> {
    return (await this.store.read.outbox.listDead(undefined, { limit: 9_999 })).items
  }

  /** Resolves when it has arrived. */
  arrival(text: string): Promise<void> {
    if (this.arrived.includes(text)) return Promise.resolve()
    return new Promise((resolve) => this.#arrivals.push({ text, resolve }))
  }

  /** From now on deliveries hang. */
  holdAll(options: HoldOptions = {}): Held {
    this.#held = new HeldDeliveries(options)
    return this.#held
  }

  async dispose(): Promise<void> {
    this.#held?.release()
    await this.dispatcher.close()
    await this.store.close()
    await this.#disposeBed()
  }

  #createDeliverer(process: Process): Deliverer<'stream'> {
    const { giveUp } = this
    return {
      kind: 'stream',
      policyOf: () => ({ ...POLICY, ...this.policy }),
      deliver: async (target, entries, signal) => {
        if (process.isDead) return new Promise(() => {})
        this.batches.push(entries.map(textOf))
        await this.#held?.wait(target, signal)
        await this.onTheWay(entries)
        if (process.isDead) return new Promise(() => {})
        return this.#arriveAll(entries)
      },
      ...(giveUp === undefined ? {} : { giveUp }),
    }
  }

  #arriveAll(entries: readonly OutboxEntry[]): readonly DeliveryOutcome[] {
    return entries.map((entry) => {
      const attempt = (this.#attempts.get(entry.entryId) ?? 0) + 1
      this.#attempts.set(entry.entryId, attempt)
      const text = textOf(entry)
      const outcome = this.outcomeOf({ entry, text, attempt })
      if (outcome.outcome === 'delivered') this.#arrive(text)
      return outcome
    })
  }

  #arrive(text: string): void {
    this.arrived.push(text)
    for (const each of this.#arrivals) if (each.text === text) each.resolve()
    this.#arrivals = this.#arrivals.filter((each) => each.text !== text)
  }

  #storeOfDispatcher(process: Process): Pick<Store, 'read' | 'transact'> {
    const { store } = this
    const { outbox } = store.read
    return {
      read: {
        ...store.read,
        outbox: {
          listDestinations: () => outbox.listDestinations(),
          countWaiting: (destination, limit) => outbox.countWaiting(destination, limit),
          listWaitingByIds: (destination, entryIds) =>
            this.#read(process, () => outbox.listWaitingByIds(destination, entryIds)),
          listDead: (kind, page) => outbox.listDead(kind, page),
          listWaiting: (destination, after, limit) =>
            this.#read(process, () => outbox.listWaiting(destination, after, limit)),
        },
      },
      transact: (work) => {
        if (process.isDead) return new Promise(() => {})
        if (this.unavailableTransactions === 0) return store.transact(work)
        this.unavailableTransactions--
        this.lostTransactionsCount++
        return Promise.reject(new StoreUnavailableError('not now'))
      },
    }
  }

  async #read(
    process: Process,
    page: () => Promise<readonly OutboxEntry[]>,
  ): Promise<readonly OutboxEntry[]> {
    if (process.isDead) return new Promise(() => {})
    if (this.unavailableReads > 0) {
      this.unavailableReads--
      throw new StoreUnavailableError('not now')
    }
    const entries = await page()
    this.rowsRead += entries.length
    return entries
  }

  /** Gauges are registered once, whoever they are read from after a restart. */
  #metricsOfDispatcher(metrics: Metrics): Metrics {
    return this.#hasGauges ? { ...metrics, gaugeByKind() {} } : metrics
  }

  get #hasGauges(): boolean {
    return this.dispatcher !== undefined
  }
}

class HeldDeliveries implements Held {
  abortedCount = 0
  readonly #options: HoldOptions
  readonly #released = Promise.withResolvers<void>()
  #begunCount = 0
  #waiters: { readonly count: number; readonly resolve: () => void }[] = []

  constructor(options: HoldOptions) {
    this.#options = options
  }

  begun(count: number): Promise<void> {
    if (this.#begunCount >= count) return Promise.resolve()
    return new Promise((resolve) => this.#waiters.push({ count, resolve }))
  }

  release(): void {
    this.#released.resolve()
  }

  wait(target: string, signal: AbortSignal): Promise<void> {
    if (!target.startsWith(this.#options.target ?? '')) return Promise.resolve()
    this.#begunCount++
    for (const { count, resolve } of this.#waiters) if (this.#begunCount >= count) resolve()
    return new Promise((resolve, reject) => {
      signal.addEventListener('abort', () => {
        this.abortedCount++
        if (this.#options.isDeaf !== true) reject(signal.reason as Error)
      })
      void this.#released.promise.then(resolve)
    })
  }
}

export async function deliveryWorld(createBed: CreateStoreBed): Promise<DeliveryWorld> {
  const bed = await createBed()
  const clock = createFakeClock(START)
  const events = createRecordedEvents()
  const nudged: { world?: DeliveryWorld } = {}
  const store = await bed.open(clock, {
    ...events,
    outboxAppended: (destination, isRevived) => nudged.world?.nudge(destination, isRevived),
  })
  const world = new DeliveryWorld(clock, store, () => bed.dispose())
  nudged.world = world
  return world
}
