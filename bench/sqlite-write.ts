// Durable messages per second through the store, 64 senders at once, as a fraction of a bare
// group-commit loop in the same run; and what one message costs the main thread. Run: node
// bench/sqlite-write.ts
import { join } from 'node:path'
import { createSqliteStore } from '../src/storage/sqlite/sqlite-store.ts'
import {
  accessUs,
  CHANNELS_COUNT,
  CONTENT,
  furnish,
  SENDERS_COUNT,
  sendFor,
  storeOptions,
} from './load/store-sends.ts'
import { recordResult, RUNS_COUNT, temporaryDirectory } from './measure.ts'
import { runGroupCommit } from './reference/group-commit.ts'

const WARM_UP_MS = 1_000
const RUN_MS = 3_000
/** What keeps one core free for signatures, JSON and sockets at some 20,000 messages/s. */
const MAIN_THREAD_US_GOAL = 20
const FIND_ACCESS_US_GOAL = 10

const directory = temporaryDirectory()
const store = createSqliteStore({ ...storeOptions, file: join(directory, 'store.sqlite') })
await store.start()
await furnish(store)
await sendFor(store, WARM_UP_MS, 0)
await accessUs(store)
const runs = []
for (let round = 1; round <= RUNS_COUNT; round++) {
  const reference = runGroupCommit(
    join(directory, `reference-${round}.sqlite`),
    CONTENT,
    CHANNELS_COUNT,
    RUN_MS,
  )
  const sent = await sendFor(store, RUN_MS, round)
  runs.push({
    messagesPerSecond: sent.perSecond,
    referenceRowsPerSecond: reference.rowsPerSecond,
    mainThreadUs: sent.mainThreadUs,
    findAccessUs: await accessUs(store),
  })
}
await store.close()
recordResult({
  bench: 'sqlite-write',
  figure: `${SENDERS_COUNT} senders, ${CHANNELS_COUNT} channels, durable`,
  unit: 'messages/s',
  runs: runs.map((run) => run.messagesPerSecond),
  reference: {
    name: 'bare group commit of 64 rows',
    runs: runs.map((run) => run.referenceRowsPerSecond),
  },
})
recordResult({
  bench: 'sqlite-write',
  figure: 'main thread per message',
  unit: 'µs of CPU',
  runs: runs.map((run) => run.mainThreadUs),
  goal: { atMost: MAIN_THREAD_US_GOAL },
})
recordResult({
  bench: 'sqlite-write',
  figure: 'findAccess',
  unit: 'µs',
  runs: runs.map((run) => run.findAccessUs),
  goal: { atMost: FIND_ACCESS_US_GOAL },
})
