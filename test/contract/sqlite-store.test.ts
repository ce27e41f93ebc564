// The store's contract on SQLite, and what only SQLite can show: files, versions, full disks, a
// writer that breaks off, a process that is killed.
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { systemClock } from '../../src/base/clock.ts'
import { createMetrics } from '../../src/observability/metrics.ts'
import { StoreUnavailableError } from '../../src/ports/store.ts'
import {
  createSqliteStore,
  type SqliteStore,
  type SqliteStoreOptions,
} from '../../src/storage/sqlite/sqlite-store.ts'
import { silent } from '../harness/silent-logger.ts'
import {
  channel,
  channelArn,
  conversation,
  createManualClock,
  createRecordedEvents,
  draft,
  furnish,
  person,
  send,
  START,
} from './store-world.ts'
import { ACKNOWLEDGED_BEFORE_KILL, expectOnce, killWhileItWrites } from './killed-writer.ts'
import { describeStore, type StoreBed } from './store.contract.ts'

/** Looks at the file for a commit that another thread makes: some seconds' worth. */
const LOOKS_MAX = 500_000

function createStore(file: string, more: Partial<SqliteStoreOptions> = {}): SqliteStore {
  return createSqliteStore({
    file,
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

async function createBed(): Promise<StoreBed> {
  const directory = await mkdtemp(join(tmpdir(), 'carillon-store-'))
  return {
    async open(clock, committedEvents, outboundRouting) {
      const file = join(directory, 'store.sqlite')
      const store = createStore(file, { clock, committedEvents, outboundRouting })
      await store.start()
      return store
    },
    dispose: () => rm(directory, { recursive: true }),
  }
}

describeStore('sqlite', createBed)

describe('sqlite files', () => {
  let directory: string
  let file: string
  const stores: SqliteStore[] = []
  const open = async (more: Partial<SqliteStoreOptions> = {}) => {
    const store = createStore(file, more)
    await store.start()
    stores.push(store)
    return store
  }

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'carillon-store-'))
    file = join(directory, 'store.sqlite')
  })
  afterEach(async () => {
    for (const store of stores.splice(0)) await store.close()
    await rm(directory, { recursive: true })
  })

  it('are readable by their owner alone', async () => {
    const store = await open()
    await furnish(store)
    for (const name of [file, `${file}-wal`, `${file}-shm`]) {
      expect((await stat(name)).mode & 0o777).toBe(0o600)
    }
  })

  it('of a newer program are refused, and left as they are', async () => {
    const store = await open()
    await furnish(store)
    await store.close()
    const database = new DatabaseSync(file)
    database.exec('UPDATE schema_version SET version = 99, compat_version = 98')
    database.close()
    await expect(createStore(file).start()).rejects.toThrow(/version 99.*version 98.*version 5/s)
    const after = new DatabaseSync(file)
    expect(after.prepare('SELECT version FROM schema_version').get()).toEqual({ version: 99 })
    after.exec('DELETE FROM schema_version')
    after.close()
    await expect(createStore(file).start()).rejects.toThrow(/NaN/)
  })

  it('that are no database are refused', async () => {
    const { writeFile } = await import('node:fs/promises')
    await writeFile(file, 'this is not a database, however long one reads it '.repeat(100))
    await expect(createStore(file).start()).rejects.toThrow(/not a database/)
  })

  it('that are full make writes unavailable, keep nothing of them, and recover', async () => {
    const first = await open()
    await furnish(first)
    await first.close()
    const full = await open({ pagesMax: 1 })
    const events = createRecordedEvents()
    const outcomes = await Promise.allSettled(
      Array.from({ length: 5 }, () =>
        full.transact(async (tx) => {
          for (let n = 0; n < 40; n++) {
            await tx.messages.append(draft('one', 'x'.repeat(4_000)), 'SENT')
          }
        }),
      ),
    )
    for (const outcome of outcomes) {
      expect(outcome).toMatchObject({ reason: expect.any(StoreUnavailableError) as unknown })
    }
    expect(events.seen).toEqual([])
    const listing = { order: 'ASCENDING', viewer: person('ann').arn, limit: 50 } as const
    expect((await full.read.messages.list(conversation('one'), listing)).items).toEqual([])
    // What needs no new page still works.
    await full.transact(async (tx) => {
      tx.appInstanceUsers.replace({ ...person('bob'), name: 'B', createdAt: 1, lastUpdatedAt: 2 })
    })
    expect(await full.read.members.findIdentity(person('bob').arn)).toMatchObject({ name: 'B' })
    await full.close()
    const roomy = await open()
    const message = await send(roomy, draft('one', 'fits again'))
    expect(await roomy.read.messages.find(conversation('one'), message.messageId)).toEqual(message)
  })

  it.each(['returned', 'thrown'])(
    'are read as one state before anybody was told of a commit in them, and %s so',
    async (outcome) => {
      const store = await open()
      await furnish(store)
      const other = new DatabaseSync(file, { readOnly: true })
      const isInFile = () => other.prepare("SELECT 1 FROM channel WHERE name = 'two'").get()
      const reference = { scope: 'two', token: 'token' }
      let added: Promise<void> | undefined
      const looking = store.transact(async (tx) => {
        const token = await tx.requestTokens.find(reference)
        added ??= store.transact(async (adding) => {
          adding.channels.insert(channel('two'))
          adding.requestTokens.record(reference, { requestHash: 'h', response: '{}' }, START * 2)
        })
        // No turn of the event loop passes here: this thread sees the commit, but hears of none.
        for (let n = 0; n < LOOKS_MAX && isInFile() === undefined; n++) await Promise.resolve()
        const access = await tx.channels.findAccess(channelArn('two'), person('ann').arn)
        const seen = { token: token !== undefined, channel: access !== undefined }
        if (outcome === 'thrown') throw new Error(JSON.stringify(seen))
        return JSON.stringify(seen)
      })
      const seen = await looking.catch((error: Error) => error.message)
      expect(JSON.parse(seen)).toEqual({ token: true, channel: true })
      await added
      other.close()
    },
  )

  it('lose nothing acknowledged when the writer breaks off; the process is told to end', async () => {
    const fatal: Error[] = []
    const store = await open({ onFatal: (error) => fatal.push(error) })
    await furnish(store)
    const kept = await send(store, draft('one', 'kept'))
    const waiting = Array.from({ length: 50 }, () => send(store, draft('one', 'maybe')))
    const broken = store.breakWriter()
    const outcomes = await Promise.allSettled(waiting)
    await broken
    const reasons = outcomes.flatMap((outcome) =>
      outcome.status === 'rejected' ? [(outcome.reason as Error).name] : [],
    )
    expect(new Set([...reasons, 'StoreUnavailableError'])).toEqual(
      new Set(['StoreUnavailableError']),
    )
    expect(fatal).toHaveLength(1)
    await expect(send(store, draft('one', 'late'))).rejects.toThrow(StoreUnavailableError)
    const acknowledged = outcomes.flatMap((outcome) =>
      outcome.status === 'fulfilled' ? [outcome.value.messageId] : [],
    )
    const next = await open()
    const listing = { order: 'ASCENDING', viewer: person('ann').arn, limit: 100 } as const
    const { items } = await next.read.messages.list(conversation('one'), listing)
    const found = items.map(({ messageId }) => messageId)
    expect(found).toEqual(expect.arrayContaining([kept.messageId, ...acknowledged]))
  })

  it('hold everything acknowledged, once, after kill -9', async () => {
    const acknowledged = await killWhileItWrites(file)
    expect(acknowledged.length).toBeGreaterThanOrEqual(ACKNOWLEDGED_BEFORE_KILL)
    const store = await open({ clock: systemClock })
    await expectOnce(store, acknowledged)
  })
})
