// The store on SQLite: reads on the calling thread, optimistic transactions, commits in groups on a
// thread of their own.
import { assert } from '../../base/assert.ts'
import type { Clock } from '../../base/clock.ts'
import { createMessageIdFactory } from '../../base/ids.ts'
import type { Logger } from '../../base/logger.ts'
import type { Metrics } from '../../observability/metrics.ts'
import {
  StoreUnavailableError,
  type CommittedEvents,
  type Store,
  type StoreReader,
  type StoreTransaction,
} from '../../ports/store.ts'
import { ModeratorReader } from '../sql/moderators.ts'
import { BanReader } from '../sql/bans.ts'
import { OwnMembershipReader } from '../sql/own-memberships.ts'
import { ChannelFlowReader } from '../sql/channel-flows.ts'
import { StreamingConfigurationReader } from '../sql/streaming-configurations.ts'
import { AppInstanceBotReader } from '../sql/app-instance-bots.ts'
import { EndpointReader } from '../sql/endpoints.ts'
import { RetentionReader } from '../sql/retention.ts'
import { TagReader } from '../sql/tags.ts'
import { AccessReader } from '../sql/access.ts'
import { AppInstanceAdminReader } from '../sql/app-instance-admins.ts'
import { AppInstanceUserReader, MemberReader } from '../sql/app-instance-users.ts'
import { AppInstanceReader } from '../sql/app-instances.ts'
import { findNewestActivity } from '../sql/channel-lists.ts'
import { ChannelReader } from '../sql/channels.ts'
import { ConflictTracker } from '../sql/conflict-tracker.ts'
import type { ReadContext } from '../sql/contexts.ts'
import { ReadCache } from '../sql/read-cache.ts'
import { MembershipReader } from '../sql/memberships.ts'
import { RequestTokenReader } from '../sql/request-tokens.ts'
import type { Statement } from '../sql/statement.ts'
import { CommitQueue } from './commit-queue.ts'
import { ReadConnection, StatementTexts } from './connection.ts'
import { ConversationClock } from './conversation-clock.ts'
import { MessageTokens } from './message-tokens.ts'
import { MessageReader, type MessageServices } from './message-writer.ts'
import { migrate } from './migrate.ts'
import { configureWriting, makeFile, openFile } from './open-file.ts'
import { TransactionContext } from './transaction-context.ts'
import { SqliteTransaction } from './transaction.ts'
import { Writer } from './writer.ts'

/** Transactions that may run or wait at once: a second's worth on a slow disk. */
const TRANSACTIONS_PENDING_MAX = 8_192
/** Attempts of one transaction; each that fails means that another one made it. */
const ATTEMPTS_MAX = 100
/** Sequence numbers per millisecond: more than any machine commits, so that a restart is ahead. */
const SEQUENCES_PER_MS = 1_000

export interface SqliteStoreOptions {
  /** The database file; `-wal` and `-shm` appear beside it. Made if it is missing. */
  readonly file: string
  readonly clock: Clock
  readonly committedEvents: CommittedEvents
  readonly metrics: Metrics
  readonly logger: Logger
  /** The writer broke off: the process must end, a restart recovers. Called at most once. */
  readonly onFatal: (error: Error) => void
  /** The most pages (of 4 KB) that the file may grow to; no bound unless given. */
  readonly pagesMax?: number | undefined
}

export interface SqliteStore extends Store {
  /** Resolves when no transaction runs or waits; for tests and drains. */
  settled(): Promise<void>
  /** Breaks the writer off as a crash would, for tests of `onFatal`. */
  breakWriter(): Promise<void>
}

export function createSqliteStore(options: SqliteStoreOptions): SqliteStore {
  return new OpenableStore(options)
}

/** Everything that exists between start and close. */
interface OpenParts {
  readonly connection: ReadConnection
  readonly tracker: ConflictTracker
  readonly queue: CommitQueue
  readonly writer: Writer
  readonly services: MessageServices
}

class OpenableStore implements SqliteStore {
  readonly read: StoreReader
  readonly #options: SqliteStoreOptions
  readonly #reader: ReadContext
  readonly #tokens: MessageTokens
  readonly #cache = new ReadCache()
  #parts: OpenParts | undefined
  #isAccepting = false
  #pendingCount = 0
  #idleWaiters: (() => void)[] = []

  constructor(options: SqliteStoreOptions) {
    this.#options = options
    this.#reader = this.#createReader()
    const reader = this.#reader
    const tokens = new MessageTokens(options.clock, reader)
    this.#tokens = tokens
    this.read = {
      appInstances: new AppInstanceReader(reader),
      appInstanceUsers: new AppInstanceUserReader(reader),
      members: new MemberReader(reader),
      appInstanceAdmins: new AppInstanceAdminReader(reader),
      channels: new ChannelReader(reader),
      memberships: new MembershipReader(reader),
      messages: new MessageReader(reader, tokens),
      requestTokens: new RequestTokenReader(reader),
      moderators: new ModeratorReader(reader),
      bans: new BanReader(reader),
      ownMemberships: new OwnMembershipReader(reader),
      channelFlows: new ChannelFlowReader(reader),
      streamingConfigurations: new StreamingConfigurationReader(reader),
      appInstanceBots: new AppInstanceBotReader(reader),
      endpoints: new EndpointReader(reader),
      retention: new RetentionReader(reader),
      tags: new TagReader(reader),
      access: new AccessReader(reader),
    }
    options.metrics.gauge(
      'carillon_store_queue_length',
      'Transactions that wait for their commit',
      () => this.#parts?.queue.length ?? 0,
    )
  }

  async start(): Promise<void> {
    assert(this.#parts === undefined, 'a store starts once')
    const { file, clock, metrics, logger, pagesMax } = this.#options
    makeFile(file)
    const database = openFile(file)
    try {
      configureWriting(database)
      migrate(database)
    } finally {
      database.close()
    }
    const texts = new StatementTexts()
    const connection = new ReadConnection(file, texts)
    const newest = connection.first(findNewestActivity, {})?.newest ?? 0
    const firstSequence = Math.max(newest, clock.now() * SEQUENCES_PER_MS)
    const tracker = new ConflictTracker(firstSequence)
    const writer = new Writer(
      { file, pagesMax },
      texts,
      (failure) => {
        if (failure) logger.warn({ reason: failure.message }, 'a commit failed')
        queue.replied(failure)
      },
      (error) => this.#broke(error),
    )
    const queue = new CommitQueue(
      {
        clock,
        metrics,
        write: (changes) => writer.write(changes),
        settled: (sequence, keysChanged) => {
          for (const key of keysChanged) this.#cache.forget(key)
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
    this.#parts = { connection, tracker, queue, writer, services }
    this.#isAccepting = true
    logger.debug({ file }, 'the database is open')
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
    parts.connection.close()
    await parts.writer.close()
  }

  async breakWriter(): Promise<void> {
    await this.#parts?.writer.terminate()
  }

  /** Runs `work` once; resolves with its result once that is durable, or with what it must see. */
  async #attempt<Result>(
    { tracker, queue, services }: OpenParts,
    work: (tx: StoreTransaction) => Promise<Result>,
  ): Promise<{ readonly result: Result } | { readonly conflict: number }> {
    const tracked = tracker.begin()
    const context = new TransactionContext(this.#reader, tracked)
    let commit: Promise<void>
    let result: Result
    try {
      try {
        result = await work(new SqliteTransaction(context, services))
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

  #enqueue(queue: CommitQueue, context: TransactionContext, sequence: number): Promise<void> {
    const { committedEvents } = this.#options
    return new Promise<void>((resolve, reject) => {
      queue.push({
        sequence,
        keysChanged: context.tracked.keysChanged,
        changes: context.changesAt(sequence),
        activities: context.activities,
        committed: () => {
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
    const connection = () => {
      if (this.#parts === undefined) throw notOpen()
      return this.#parts.connection
    }
    const { clock } = this.#options
    const cache = this.#cache
    return {
      async all<Parameters extends object, Row>(
        statement: Statement<Parameters, Row>,
        parameters: Parameters,
      ) {
        return connection().all(statement, parameters)
      },
      async first<Parameters extends object, Row>(
        statement: Statement<Parameters, Row>,
        parameters: Parameters,
      ) {
        return connection().first(statement, parameters)
      },
      dependOn() {},
      async recall(name, read) {
        connection()
        return cache.recall(name, read)
      },
      rememberKey() {},
      rememberedKey: () => undefined,
      visibleSequence: () => {
        if (this.#parts === undefined) throw notOpen()
        return this.#parts.tracker.visibleSequence
      },
      now: () => clock.now(),
    }
  }
}

function notOpen(): StoreUnavailableError {
  return new StoreUnavailableError('the store is not open')
}
