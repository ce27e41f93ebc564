// The store's contract on PostgreSQL, and what only PostgreSQL can show: versions, one server per
// database, connections that are cut while commits are on their way.
import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { systemClock, type Clock } from '../../src/base/clock.ts'
import { createMetrics } from '../../src/observability/metrics.ts'
import { StoreUnavailableError } from '../../src/ports/store.ts'
import type { EngineStore } from '../../src/storage/engine/store-engine.ts'
import {
  createPostgresStore,
  type PostgresStoreOptions,
} from '../../src/storage/postgres/postgres-store.ts'
import {
  hasPostgres,
  openTestDatabase,
  queryPostgres,
  type TestDatabase,
} from '../harness/postgres.ts'
import { silent } from '../harness/silent-logger.ts'
import { createCutter } from './cut-connections.ts'
import { ACKNOWLEDGED_BEFORE_KILL, expectOnce, killWhileItWrites } from './killed-writer.ts'
import {
  conversation,
  createManualClock,
  createRecordedEvents,
  draft,
  event,
  furnish,
  person,
  send,
} from './store-world.ts'
import { describeStore, type StoreBed } from './store.contract.ts'

const PATIENCE_MS = 500

function createStore(url: string, more: Partial<PostgresStoreOptions> = {}): EngineStore {
  return createPostgresStore({
    url,
    clock: createManualClock(),
    committedEvents: createRecordedEvents(),
    metrics: createMetrics(),
    logger: silent,
    onFatal(error) {
      throw error
    },
    ...more,
  })
}

/** Waits for an answer as long as others wait for a slow commit. */
const impatient: Clock = {
  ...systemClock,
  after: (delayMs, action) => systemClock.after(Math.min(delayMs, PATIENCE_MS), action),
}

async function createBed(): Promise<StoreBed> {
  const database = await openTestDatabase(randomUUID())
  return {
    async open(clock, committedEvents, outboundRouting) {
      const store = createStore(database.url, { clock, committedEvents, outboundRouting })
      await store.start()
      return store
    },
    dispose: () => database.remove(),
  }
}

/** A column of the schema that PostgreSQL treats as SQLite does. */
function isSound({ data_type: type, collation_name: collation }: Record<string, unknown>): boolean {
  return type === 'bigint' || (type === 'text' && collation === 'C')
}

describe.skipIf(!hasPostgres())('with a server', () => {
  describeStore('postgres', createBed)

  describe('a database', () => {
    let database: TestDatabase
    const stores: EngineStore[] = []
    const open = async (url = database.url, more: Partial<PostgresStoreOptions> = {}) => {
      const store = createStore(url, { clock: systemClock, ...more })
      await store.start()
      stores.push(store)
      return store
    }
    const query = (text: string) => queryPostgres<Record<string, unknown>>(text, [], database.url)
    /** Ends connections from the outside, as an administrator or a restart does. */
    const cut = (which: string) =>
      query(
        'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = ' +
          `current_database() AND pid <> pg_backend_pid() AND ${which}`,
      )
    const writers =
      'EXISTS (SELECT 1 FROM pg_locks WHERE pg_locks.pid = pg_stat_activity.pid ' +
      "AND locktype = 'advisory')"

    beforeEach(async () => {
      database = await openTestDatabase(randomUUID())
    })
    afterEach(async () => {
      for (const store of stores.splice(0)) await store.close()
      await database.remove()
    })

    it('of a newer program is refused, and left as it is', async () => {
      await (await open()).close()
      await query('UPDATE schema_version SET version = 99, compat_version = 98')
      await expect(createStore(database.url).start()).rejects.toThrow(/version 99.*version 98/s)
      expect(await query('SELECT version FROM schema_version')).toEqual([{ version: '99' }])
    })

    it('belongs to one server at a time', async () => {
      const first = await open()
      await expect(createStore(database.url).start()).rejects.toThrow(
        'another server is running on the same database',
      )
      await first.close()
      await open()
    })

    it('compares texts by their bytes and has 64 bits for integers, whatever its defaults', async () => {
      await open()
      const columns = await query(
        'SELECT table_name, column_name, data_type, collation_name FROM ' +
          "information_schema.columns WHERE table_schema = 'public'",
      )
      expect(columns.length).toBeGreaterThan(50)
      expect(columns.filter((column) => !isSound(column))).toEqual([])
    })

    it('must be in UTF-8', async () => {
      const name = `${database.name}_ascii`
      await query(
        `CREATE DATABASE ${name} ENCODING 'SQL_ASCII' LOCALE 'C' ` +
          'LOCALE_PROVIDER libc TEMPLATE template0',
      )
      const url = database.url.replace(database.name, name)
      await expect(createStore(url).start()).rejects.toThrow(/SQL_ASCII.*UTF8/)
      await query(`DROP DATABASE ${name}`)
    })

    it('in which the user may make no tables is told apart from what else may fail', async () => {
      const role = `${database.name}_poor`
      await query(`CREATE ROLE ${role} LOGIN`)
      const url = new URL(database.url)
      url.username = role
      await expect(createStore(url.href).start()).rejects.toThrow(
        /^the database: permission denied for schema public$/,
      )
      await query(`DROP ROLE ${role}`)
    })

    it('that does not answer is told without its password', async () => {
      const url = 'postgres://carillon:hush@127.0.0.1:1/carillon'
      const failure = await createStore(url)
        .start()
        .catch((error: Error) => error)
      expect(failure).toBeInstanceOf(StoreUnavailableError)
      expect(String(failure)).toContain('127.0.0.1:1')
      expect(String(failure)).not.toContain('hush')
    })

    it.each([
      'before COMMIT arrives',
      'before COMMIT is answered',
      'by silence after COMMIT',
    ] as const)('keeps every message once when a connection ends %s', async (moment) => {
      await using cutter = await createCutter(database.url)
      const events = createRecordedEvents()
      const store = await open(cutter.url, { committedEvents: events, clock: impatient })
      await furnish(store)
      cutter.cutNext(moment)
      const sent = await Promise.all(
        Array.from({ length: 20 }, (_, n) =>
          store.transact((tx) => {
            tx.publish(event(n))
            return tx.messages.append(draft('one', `message ${n}`), 'SENT')
          }),
        ),
      )
      expect(cutter.cutsCount).toBe(1)
      await expectOnce(
        store,
        sent.map(({ messageId }) => messageId),
      )
      const listing = { order: 'ASCENDING', viewer: person('ann').arn, limit: 50 } as const
      const { items } = await store.read.messages.list(conversation('one'), listing)
      expect(items).toHaveLength(20)
      expect(new Set(events.seen).size).toBe(20)
      expect(events.seen).toHaveLength(20)
      await store.close()
    })

    it('is written to no more by a server that missed the commit of another', async () => {
      const fatal: Error[] = []
      const told = Promise.withResolvers<void>()
      const store = await open(database.url, {
        onFatal(error) {
          fatal.push(error)
          told.resolve()
        },
      })
      await furnish(store)
      await query("UPDATE counter SET value = value + 1 WHERE name = 'newest-commit'")
      await cut(writers)
      await told.promise
      await expect(send(store, draft('one', 'late'))).rejects.toThrow(StoreUnavailableError)
      expect(fatal.map(String)).toEqual([expect.stringContaining('another server has written')])
    })

    it('that turns read-only makes writes unavailable, keeps nothing of them, and recovers', async () => {
      const store = await open()
      await furnish(store)
      const name = database.name
      await queryPostgres(`ALTER DATABASE ${name} SET default_transaction_read_only = on`)
      await cut(writers)
      await expect(send(store, draft('one', 'refused'))).rejects.toThrow(StoreUnavailableError)
      expect(await store.read.members.findIdentity(person('bob').arn)).toEqual(person('bob'))
      await queryPostgres(`ALTER DATABASE ${name} RESET default_transaction_read_only`)
      await cut(writers)
      const kept = await send(store, draft('one', 'kept'))
      const listing = { order: 'ASCENDING', viewer: person('ann').arn, limit: 50 } as const
      const { items } = await store.read.messages.list(conversation('one'), listing)
      expect(items).toEqual([kept])
    })

    it('keeps what it acknowledged, once, and nothing that it refused, while it is cut off', async () => {
      const store = await open()
      await furnish(store)
      const acknowledged: string[] = []
      const refused: { readonly content: string; readonly reason: Error }[] = []
      const state = { isOver: false }
      const trySend = async (content: string) => {
        const outcome = await send(store, draft('one', content)).catch((error: Error) => error)
        if (outcome instanceof Error) refused.push({ content, reason: outcome })
        else acknowledged.push(outcome.messageId)
      }
      const senders = Array.from({ length: 8 }, async (_, sender) => {
        for (let n = 0; !state.isOver; n++) await trySend(`${sender}-${n}`)
      })
      for (let round = 0; round < 5; round++) {
        expect((await cut('true')).length).toBeGreaterThan(0)
        const wanted = acknowledged.length + 100
        for (let n = 0; acknowledged.length < wanted; n++) await trySend(`round ${round} ${n}`)
      }
      state.isOver = true
      await Promise.all(senders)
      await expectOnce(store, acknowledged)
      const rows = await query('SELECT content FROM message')
      expect(rows).toHaveLength(acknowledged.length)
      const stored = new Set(rows.map(({ content }) => content))
      expect(refused.filter(({ content }) => stored.has(content))).toEqual([])
      const others = refused.filter(({ reason }) => !(reason instanceof StoreUnavailableError))
      expect(others).toEqual([])
    })

    it('holds everything acknowledged, once, after kill -9 of the server', async () => {
      const acknowledged = await killWhileItWrites(database.url)
      expect(acknowledged.length).toBeGreaterThanOrEqual(ACKNOWLEDGED_BEFORE_KILL)
      const store = await open()
      await expectOnce(store, acknowledged)
    })
  })
})
