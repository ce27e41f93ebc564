// The store's contract on PostgreSQL, and what only PostgreSQL can show: versions, one server per
// database, connections that are cut while commits are on their way.
import { randomUUID } from 'node:crypto'
import { describe } from 'vitest'
import type { Logger } from '../../src/base/logger.ts'
import { createMetrics } from '../../src/observability/metrics.ts'
import type { EngineStore } from '../../src/storage/engine/store-engine.ts'
import {
  createPostgresStore,
  type PostgresStoreOptions,
} from '../../src/storage/postgres/postgres-store.ts'
import { hasPostgres, openTestDatabase } from '../harness/postgres.ts'
import { createManualClock, createRecordedEvents } from './store-world.ts'
import { describeStore, type StoreBed } from './store.contract.ts'

const quiet: Logger = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  fatal() {},
  child: () => quiet,
}

function createStore(url: string, more: Partial<PostgresStoreOptions> = {}): EngineStore {
  return createPostgresStore({
    url,
    clock: createManualClock(),
    committedEvents: createRecordedEvents(),
    metrics: createMetrics(),
    logger: quiet,
    onFatal(error) {
      throw error
    },
    ...more,
  })
}

async function createBed(): Promise<StoreBed> {
  const database = await openTestDatabase(randomUUID())
  return {
    async open(clock, committedEvents) {
      const store = createStore(database.url, { clock, committedEvents })
      await store.start()
      return store
    },
    dispose: () => database.remove(),
  }
}

describe.skipIf(!hasPostgres())('with a server', () => {
  describeStore('postgres', createBed)
})
