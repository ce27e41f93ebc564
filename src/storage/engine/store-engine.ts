// The store over any database that a backend opens: optimistic transactions, commits in groups, and
// what is remembered between them.
import { setImmediate } from 'node:timers/promises'
import { assert } from '../../base/assert.ts'
import type { Clock } from '../../base/clock.ts'
import { createMessageIdFactory } from '../../base/ids.ts'
import type { Logger } from '../../base/logger.ts'
import type { ChannelEvent } from '../../domain/channel-event.ts'
import type { Metrics } from '../../observability/metrics.ts'
import type { OutboundRouting } from '../../ports/outbound.ts'
import {
  StoreUnavailableError,
  type CommittedEvents,
  type Store,
  type StoreReader,
  type StoreTransaction,
} from '../../ports/store.ts'
import { ConflictTracker } from '../sql/conflict-tracker.ts'
import type { ReadContext } from '../sql/contexts.ts'
import { ReadCache } from '../sql/read-cache.ts'
import type { Statement } from '../sql/statement.ts'
import type { Backend, OpenDatabase } from './backend.ts'
import { CommitQueue } from './commit-queue.ts'
import { ConversationClock } from './conversation-clock.ts'
import { MessageTokens } from './message-tokens.ts'
import type { MessageServices } from './message-writer.ts'
import { createStoreReader } from './store-reader.ts'
import { TransactionContext } from './transaction-context.ts'
import { OptimisticTransaction } from './transaction.ts'

/** Transactions that may run or wait at once: a second's worth on a slow disk. */
const TRANSACTIONS_PENDING_MAX = 8_192
/** Attempts of one transaction; each that fails means that another one made it. */
const ATTEMPTS_MAX = 100
/** Sequence numbers per millisecond: more than any machine commits, so that a restart is ahead. */
const SEQUENCES_PER_MS = 1_000

/** What is kept for moments: as many as are under way at once, of up to some 30 KB each. */
const BRIEF_RESULTS_MAX = 512

/** What a store needs, whatever its database is. */
export interface StoreOptions {
  readonly clock: Clock
  readonly committedEvents: CommittedEvents
  /** Absent where nothing leaves the server. */
  readonly outboundRouting?: OutboundRouting | undefined
  readonly metrics: Metrics
  readonly logger: Logger
  /** The writer broke off: the process must end, a restart recovers. Called at most once. */
  readonly onFatal: (error: Error) => void
}

export interface EngineStore extends Store {
  /** Resolves when no transaction runs or waits; for tests and drains. */
  settled(): Promise<void>
}

export function createEngineStore(backend: Backend, options: StoreOptions): EngineStore {
  return new StoreEngine(backend, options)
}

/** Everything that exists between start and close. */
interface OpenParts {
  readonly database: OpenDatabase
  readonly tracker: ConflictTracker
  readonly queue: CommitQueue
  readonly services: MessageServices
}

class StoreEngine implements EngineStore {
  readonly read: StoreReader
  readonly #backend: Backend
  readonly #options: StoreOptions
  readonly #reader: ReadContext
  readonly #tokens: MessageTokens
  readonly #cache = new ReadCache()
  readonly #briefCache = new ReadCache(BRIEF_RESULTS_MAX)
  #parts: OpenParts | undefined
  #isAccepting = false
  #pendingCount = 0
  #idleWaiters: (() => void)[] = []
  #turns: Promise<void> = Promise.resolve()

  constructor(backend: Backend, options: StoreOptions) {
    this.#backend = backend
    this.#options = options
    this.#reader = this.#createReader()
    this.#tokens = new MessageTokens(options.clock, this.#reader)
    this.read = createStoreReader(this.#reader, this.#tokens)
    options.metrics.gauge(
      'carillon_store_queue_length',
      'Transactions that wait for their commit',
      () => this.#parts?.queue.length ?? 0,
    )
  }

  async start(): Promise<void> {
    assert(this.#parts === undefined, 'a store starts once')
    const { clock, metrics, logger } = this.#options
    const database = await this.#backend.open({
      replied: (failure) => {
        if (failure) logger.warn({ reason: failure.message }, 'a commit failed')
        this.#parts?.queue.replied(failure)
      },
      broken: (error) => this.#broke(error),
    })
    const newest = await database.findNewestSequence()
    const firstSequence = Math.max(newest, clock.now() * SEQUENCES_PER_MS)
    const tracker = new ConflictTracker(firstSequence)
    const queue = new CommitQueue(
      {
        clock,
        metrics,
        groupChangesMax: this.#backend.groupChangesMax,
        write: (changes, sequence) => database.write(changes, sequence),
        settled: (sequence, keysChanged) => {
          for (const key of keysChanged) {
            this.#cache.forget(key)
            this.#briefCache.forget(key)
          }
          tracker.settled(sequence)
        },
      },
      firstSequence,
    )
    const services = {
      tokens: this.#tokens,
      conversations: new ConversationClock(clock),
      newMessageId: createMessageIdFactory(),
    }
    this.#parts = { database, tracker, queue, services }
    this.#isAccepting = true
  }

  async transact<Result>(work: (tx: StoreTransaction) => Promise<Result>): Promise<Result> {
    const parts = this.#parts
    if (!this.#isAccepting || parts === undefined) throw notOpen()
    if (this.#pendingCount >= TRANSACTIONS_PENDING_MAX) {
      throw new StoreUnavailableError('too many transactions wait for the database')
    }
    this.#pendingCount++
    try {
      for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
        const outcome = await this.#attempt(parts, work)
        if ('result' in outcome) return outcome.result
        await parts.queue.whenSettled(outcome.conflict)
        await this.#turn()
      }
      throw new StoreUnavailableError('other transactions kept changing what this one read')
    } finally {
      this.#pendingCount--
      if (this.#pendingCount === 0) for (const resolve of this.#idleWaiters.splice(0)) resolve()
    }
  }

  async settled(): Promise<void> {
    if (this.#pendingCount === 0) return
    await new Promise<void>((resolve) => this.#idleWaiters.push(resolve))
  }

  async close(): Promise<void> {
    this.#isAccepting = false
    await this.settled()
    const parts = this.#parts
    if (parts === undefined) return
    this.#parts = undefined
    await parts.database.close()
  }

  /**
   * One waiter for each turn of the event loop: those who waited for the same commit would
   * otherwise all read the same state, choose the same last place, and meet again.
   */
  #turn(): Promise<void> {
    this.#turns = this.#turns.then(() => setImmediate())
    return this.#turns
  }

  /** Runs `work` once; resolves with its result once that is durable, or with what it must see. */
  async #attempt<Result>(
    { tracker, queue, services }: OpenParts,
    work: (tx: StoreTransaction) => Promise<Result>,
  ): Promise<{ readonly result: Result } | { readonly conflict: number }> {
    const tracked = tracker.begin()
    const context = new TransactionContext(this.#reader, tracked, tracker)
    let commit: Promise<void>
    let result: Result
    try {
      try {
        const transaction = new OptimisticTransaction(context, services)
        result = await work(transaction)
        await this.#route(transaction, context.events)
      } catch (error) {
        context.close()
        // What it saw may have been half before and half after another commit: reads see one that
        // is in the file before the writer's word of it arrives.
        const conflict = tracker.conflictOf(tracked)
        if (conflict !== undefined) return { conflict }
        throw error
      }
      context.close()
      const conflict = tracker.conflictOf(tracked)
      if (conflict !== undefined) return { conflict }
      if (context.isEmpty) return { result }
      const { conversations } = services
      for (const { conversation, instant } of context.stamps) {
        // A later instant is on its way already; the next attempt gets a later one still.
        if (!conversations.mayCommit(conversation, instant)) return { conflict: 0 }
      }
      for (const { conversation, instant } of context.stamps) {
        conversations.commit(conversation, instant)
      }
      commit = this.#enqueue(queue, context, tracker.commit(tracked))
    } finally {
      tracker.end(tracked)
    }
    await commit
    return { result }
  }

  /** What is to leave the server because of `events` becomes part of the transaction. */
  #route(tx: StoreTransaction, events: readonly ChannelEvent[]): Promise<void> | undefined {
    return events.length === 0 ? undefined : this.#options.outboundRouting?.route(tx, events)
  }

  #enqueue(queue: CommitQueue, context: TransactionContext, sequence: number): Promise<void> {
    const { committedEvents } = this.#options
    return new Promise<void>((resolve, reject) => {
      queue.push({
        sequence,
        keysChanged: context.tracked.keysChanged,
        changes: context.changesAt(sequence),
        activities: context.activities,
        subChannelActivities: context.subChannelActivities,
        committed: () => {
          for (const { name, found } of context.kept) this.#briefCache.keep(name, found)
          for (const effect of context.effects) effect(committedEvents)
        },
        resolve,
        reject,
      })
    })
  }

  #broke(error: Error): void {
    this.#isAccepting = false
    this.#parts?.queue.break(
      new StoreUnavailableError(`the database writer broke off: ${error.message}`),
    )
    this.#options.onFatal(error)
  }

  #createReader(): ReadContext {
    const { clock } = this.#options
    const cache = this.#cache
    const briefCache = this.#briefCache
    // Not async: a promise within a promise would cost each read of each message more turns.
    return {
      all: <Parameters extends object, Row>(
        statement: Statement<Parameters, Row>,
        parameters: Parameters,
      ) => this.#parts?.database.all(statement, parameters) ?? Promise.reject(notOpen()),
      first: <Parameters extends object, Row>(
        statement: Statement<Parameters, Row>,
        parameters: Parameters,
      ) => this.#parts?.database.first(statement, parameters) ?? Promise.reject(notOpen()),
      dependOn() {},
      requireCurrent() {},
      recall: async (name, read) => {
        if (this.#parts === undefined) throw notOpen()
        return cache.recall(name, read)
      },
      recallBriefly: async (name, read) => {
        if (this.#parts === undefined) throw notOpen()
        return briefCache.recall(name, read)
      },
      rememberKey() {},
      rememberedKey: () => undefined,
      visibleSequence: () => {
        if (this.#parts === undefined) throw notOpen()
        return this.#parts.tracker.visibleSequence
      },
      queuedCount: () => 0,
      now: () => clock.now(),
    }
  }
}

function notOpen(): StoreUnavailableError {
  return new StoreUnavailableError('the store is not open')
}
