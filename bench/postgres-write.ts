// Durable messages per second through the store on PostgreSQL, 64 senders at once, as a fraction of
// a bare loop of one INSERT a transaction in the same run; and what one message costs the main
// thread. The server is made for the run and flushes as in production. Run: node
// bench/postgres-write.ts
import { createPostgresStore } from '../src/storage/postgres/postgres-store.ts'
import { openTestDatabase, startPostgres } from '../test/harness/postgres.ts'
import {
  CHANNELS_COUNT,
  CONTENT,
  furnish,
  SENDERS_COUNT,
  sendFor,
  storeOptions,
} from './load/store-sends.ts'
import { recordResult, RUNS_COUNT } from './measure.ts'
import { runUnnestCommit } from './reference/unnest-commit.ts'

const WARM_UP_MS = 1_000
const RUN_MS = 3_000

const stop = await startPostgres({ isDurable: true })
const database = await openTestDatabase('bench')
const store = createPostgresStore({ ...storeOptions, url: database.url })
await store.start()
await furnish(store)
await sendFor(store, WARM_UP_MS, 0)
const runs = []
for (let round = 1; round <= RUNS_COUNT; round++) {
  const reference = await runUnnestCommit(database.url, CONTENT, CHANNELS_COUNT, RUN_MS)
  const sent = await sendFor(store, RUN_MS, round)
  runs.push({ ...sent, reference })
}
await store.close()
await database.remove()
await stop()
recordResult({
  bench: 'postgres-write',
  figure: `${SENDERS_COUNT} senders, ${CHANNELS_COUNT} channels, durable`,
  unit: 'messages/s',
  runs: runs.map((run) => run.perSecond),
  reference: {
    name: 'bare INSERT from unnest of 64 rows a transaction',
    runs: runs.map((run) => run.reference),
  },
})
recordResult({
  bench: 'postgres-write',
  figure: 'main thread per message',
  unit: 'µs of CPU',
  runs: runs.map((run) => run.mainThreadUs),
})
