// A process that sends messages as fast as it can and prints the id of each once it is
// acknowledged, until it is killed. Its argument is a database file or URL.
import { systemClock } from '../../src/base/clock.ts'
import { createMetrics } from '../../src/observability/metrics.ts'
import { createPostgresStore } from '../../src/storage/postgres/postgres-store.ts'
import { createSqliteStore } from '../../src/storage/sqlite/sqlite-store.ts'
import { silent } from '../harness/silent-logger.ts'
import { createRecordedEvents, draft, furnish, send } from './store-world.ts'

const database = process.argv[2] ?? ''
const options = {
  clock: systemClock,
  committedEvents: createRecordedEvents(),
  metrics: createMetrics(),
  logger: silent,
  onFatal(error: Error) {
    throw error
  },
}
const store = database.startsWith('postgres:')
  ? createPostgresStore({ ...options, url: database })
  : createSqliteStore({ ...options, file: database })
await store.start()
await furnish(store)
await Promise.all(
  Array.from({ length: 16 }, async (_, sender) => {
    for (let n = 0; ; n++) {
      const request = { token: `${sender}-${n}`, requestHash: 'h' }
      const message = await send(store, draft('one', `${sender}-${n}`), request)
      process.stdout.write(`${message.messageId}\n`)
    }
  }),
)
