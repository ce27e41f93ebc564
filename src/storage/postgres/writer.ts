// Writes groups of changes on the one connection that holds the lock, each as one transaction.
//
// A connection can be lost between sending COMMIT and hearing of it. Then nobody knows whether the
// group is durable, and it must neither be acknowledged nor written again on a guess. So each group
// also leaves its number in the row `newest-commit`. After the loss the writer connects anew and
// takes the lock, which PostgreSQL frees only once the old connection's transaction has ended. Then
// the row tells: the number of the group (it is durable: acknowledged), the one before (nothing of
// it was kept: written again), or another (a second server wrote meanwhile, or a failover lost
// what was acknowledged: this process must end, because what it remembers is no longer true).
import { DatabaseError, type Client } from 'pg'
import { assert } from '../../base/assert.ts'
import type { Clock } from '../../base/clock.ts'
import type { Logger } from '../../base/logger.ts'
import { StoreUnavailableError } from '../../ports/store.ts'
import type { Change, WriterEvents } from '../engine/backend.ts'
import type { BoundQuery, ChangeBinder } from './batches.ts'
import {
  ANSWER_MS_MAX,
  connect,
  isConnectionLost,
  storeErrorOf,
  type PipelinedClient,
} from './connection.ts'
import { DatabaseInUseError, lockDatabase } from './lock.ts'
import { migrate } from './migrate.ts'

/** How long the connection of a server that has just been killed may take to go away. */
const START_LOCK_MS = 2_000
/** How long writes wait for a database that went away: a restart or a failover. */
const RECONNECT_MS_MAX = 30_000
const RECONNECT_PAUSE_MS = 250
/** A group that costs the connection twice is refused: it may be the reason. */
const ATTEMPTS_MAX = 2

const NEWEST_COMMIT = 'newest-commit'

/** Whatever the database's own defaults are. */
const SESSION_SETTINGS = [
  "SET default_transaction_isolation = 'read committed'",
  'SET statement_timeout = 0',
  'SET idle_in_transaction_session_timeout = 0',
  // So that the lock of a machine that vanished is free within RECONNECT_MS_MAX, not after hours.
  'SET tcp_keepalives_idle = 10',
  'SET tcp_keepalives_interval = 5',
  'SET tcp_keepalives_count = 3',
]

export interface WriterOptions {
  readonly url: string
  readonly clock: Clock
  readonly logger: Logger
  readonly events: WriterEvents
  readonly binder: ChangeBinder
}

interface Group {
  readonly queries: readonly BoundQuery[]
  readonly sequence: number
}

/** The commit was not heard of. */
class ConnectionLostError extends Error {
  override readonly name = 'ConnectionLostError'
}

export class Writer {
  readonly #options: WriterOptions
  #client: PipelinedClient | undefined
  /** The last group that is known to be durable. */
  #newestSequence = 0
  #reconnecting: Promise<PipelinedClient> | undefined
  #isWriting = false
  #isEnded = false

  constructor(options: WriterOptions) {
    this.#options = options
  }

  /** Connects, takes the lock and migrates; resolves with the number of the newest commit. */
  async start(): Promise<number> {
    const client = await this.#open(START_LOCK_MS)
    try {
      await migrate(client)
      await client.query(
        `INSERT INTO counter (name, value) VALUES ('${NEWEST_COMMIT}', 0) ON CONFLICT DO NOTHING`,
      )
      this.#newestSequence = await findNewestCommit(client)
    } catch (error) {
      client.destroy()
      throw error instanceof DatabaseError ? storeErrorOf(error) : error
    }
    this.#client = client
    return this.#newestSequence
  }

  /** As `OpenDatabase.write`. */
  write(changes: readonly Change[], sequence: number): void {
    assert(!this.#isWriting, 'groups are written one at a time')
    this.#isWriting = true
    this.#settle(changes, sequence).then(
      (failure) => this.#replied(failure),
      (error: unknown) => this.#break(error),
    )
  }

  async close(): Promise<void> {
    this.#isEnded = true
    this.#reconnecting?.catch(() => undefined)
    await this.#client?.end()
  }

  #replied(failure: Error | undefined): void {
    this.#isWriting = false
    if (this.#client === undefined) this.#holdLockAgain()
    this.#options.events.replied(failure)
  }

  /** Resolves once the group is durable, or with why nothing of it was kept. */
  async #settle(changes: readonly Change[], sequence: number): Promise<Error | undefined> {
    let group: Group
    try {
      group = { queries: this.#options.binder.bind(changes), sequence }
    } catch (error) {
      return storeErrorOf(error)
    }
    for (let attempt = 1; ; attempt++) {
      const client = this.#client ?? (await this.#reconnect())
      try {
        await this.#commit(client, group)
        this.#newestSequence = group.sequence
        return undefined
      } catch (error) {
        if (!(error instanceof ConnectionLostError)) return storeErrorOf(error)
        this.#lost(client)
        // Throws when the row holds neither number.
        if ((await this.#newestCommitAfterLoss(group)) === group.sequence) return undefined
        if (attempt >= ATTEMPTS_MAX) return new StoreUnavailableError(error.message)
      }
    }
  }

  async #newestCommitAfterLoss(group: Group): Promise<number> {
    await this.#reconnect(group.sequence)
    return this.#newestSequence
  }

  /** Throws ConnectionLostError when the outcome is not known; else nothing was kept. */
  async #commit(client: PipelinedClient, group: Group): Promise<void> {
    const timer = this.#options.clock.after(ANSWER_MS_MAX, () => client.destroy())
    try {
      await writeGroup(client, group)
    } finally {
      timer.cancel()
    }
  }

  #lost(client: PipelinedClient): void {
    if (this.#client !== client) return
    this.#client = undefined
    client.destroy()
    if (this.#isEnded) return
    this.#options.logger.warn('the connection to the database was lost')
    if (!this.#isWriting) this.#holdLockAgain()
  }

  /** At once, although nothing may be waiting. */
  #holdLockAgain(): void {
    if (this.#isEnded) return
    this.#reconnect().catch((error: unknown) => this.#break(error))
  }

  /** `inDoubt` is the number of a group of which it is not known whether it is durable. */
  #reconnect(inDoubt?: number): Promise<PipelinedClient> {
    this.#reconnecting ??= this.#connectAgain(inDoubt).finally(() => {
      this.#reconnecting = undefined
    })
    return this.#reconnecting
  }

  async #connectAgain(inDoubt: number | undefined): Promise<PipelinedClient> {
    const { clock, logger } = this.#options
    const deadline = clock.monotonicMs() + RECONNECT_MS_MAX
    for (;;) {
      let client: PipelinedClient | undefined
      try {
        client = await this.#open(Math.max(1, deadline - clock.monotonicMs()))
        const newest = await findNewestCommit(client)
        assert(!this.#isEnded, 'nobody needs the connection any more')
        this.#adopt(newest, inDoubt)
        this.#client = client
        logger.info('the connection to the database is back')
        return client
      } catch (error) {
        if (client !== undefined) client.destroy()
        const isFinal = error instanceof ForeignCommitError || error instanceof DatabaseInUseError
        if (isFinal || this.#isEnded || clock.monotonicMs() >= deadline) throw error
        await new Promise<void>((resolve) => clock.after(RECONNECT_PAUSE_MS, resolve))
      }
    }
  }

  #adopt(newest: number, inDoubt: number | undefined): void {
    if (newest !== this.#newestSequence && newest !== inDoubt) {
      throw new ForeignCommitError(
        `the newest commit of the database is ${newest}, where this server left ` +
          `${this.#newestSequence}: another server has written to it, or it lost commits`,
      )
    }
    this.#newestSequence = newest
  }

  async #open(lockMs: number): Promise<PipelinedClient> {
    const { url, logger } = this.#options
    const client = await connect(url, (lost) => this.#lost(lost))
    try {
      await lockDatabase(client, lockMs)
      for (const setting of SESSION_SETTINGS) await client.query(setting)
      await requireDurability(client, logger)
      return client
    } catch (error) {
      client.destroy()
      throw error instanceof DatabaseInUseError ? error : storeErrorOf(error)
    }
  }

  #break(error: unknown): void {
    if (this.#isEnded) return
    this.#isEnded = true
    const client = this.#client
    this.#client = undefined
    if (client !== undefined) client.destroy()
    this.#options.events.broken(storeErrorOf(error))
  }
}

async function writeGroup(client: Client, { queries, sequence }: Group): Promise<void> {
  try {
    // Waited for, lest what follows a refused BEGIN be committed by itself.
    await client.query('BEGIN')
  } catch (error) {
    throw lostOr(error)
  }
  const outcomes = await Promise.allSettled([
    ...queries.map(({ name, text, values }) =>
      client.query({ name, text, values: values as unknown[] }),
    ),
    client.query(`UPDATE counter SET value = ${sequence} WHERE name = '${NEWEST_COMMIT}'`),
  ])
  const failed = outcomes.find((outcome) => outcome.status === 'rejected')
  if (failed !== undefined) {
    if (isConnectionLost(failed.reason)) throw lostOr(failed.reason)
    try {
      await client.query('ROLLBACK')
    } catch (error) {
      throw new ConnectionLostError(messageOf(error), { cause: error })
    }
    throw failed.reason
  }
  try {
    const { command } = await client.query('COMMIT')
    assert(command === 'COMMIT', 'a transaction without a failure commits')
  } catch (error) {
    throw new ConnectionLostError(messageOf(error), { cause: error })
  }
}

/** What this server remembers of the database is no longer true. */
class ForeignCommitError extends Error {
  override readonly name = 'ForeignCommitError'
}

/** A commit must be on the disk before it is acknowledged; stronger settings are left alone. */
async function requireDurability(client: Client, logger: Logger): Promise<void> {
  const { rows } = await client.query<Record<'synced' | 'fsync' | 'encoding', string>>(
    "SELECT current_setting('synchronous_commit') AS synced, current_setting('fsync') AS fsync, " +
      "current_setting('server_encoding') AS encoding",
  )
  const [{ synced, fsync, encoding } = { synced: '', fsync: '', encoding: '' }] = rows
  if (synced === 'off') await client.query('SET synchronous_commit = on')
  if (fsync === 'off') {
    logger.warn('the database runs with fsync off: a crash of its machine loses messages')
  }
  if (encoding !== 'UTF8') {
    throw new Error(`its encoding is ${encoding}; make it with ENCODING 'UTF8'`)
  }
}

async function findNewestCommit(client: Client): Promise<number> {
  const { rows } = await client.query<{ value: number }>(
    `SELECT value FROM counter WHERE name = '${NEWEST_COMMIT}'`,
  )
  const [row] = rows
  assert(row !== undefined, 'the row of the newest commit is made at the start')
  return row.value
}

function lostOr(error: unknown): unknown {
  return isConnectionLost(error)
    ? new ConnectionLostError(messageOf(error), { cause: error })
    : error
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
