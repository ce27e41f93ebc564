// Durable messages per second through the store, 64 senders at once, as a fraction of a bare
// group-commit loop in the same run; and what one message costs the main thread. Run: node
// bench/sqlite-write.ts
import { join } from 'node:path'
import { appInstanceArnOf, arnWithin, type AppInstanceUserArn } from '../src/base/arn.ts'
import { systemClock } from '../src/base/clock.ts'
import type { Logger } from '../src/base/logger.ts'
import { createMetrics } from '../src/observability/metrics.ts'
import { createSqliteStore, type SqliteStore } from '../src/storage/sqlite/sqlite-store.ts'
import { recordResult, RUNS_COUNT, temporaryDirectory } from './measure.ts'
import { runGroupCommit } from './reference/group-commit.ts'

const SENDERS_COUNT = 64
const CHANNELS_COUNT = 100
const WARM_UP_MS = 1_000
const RUN_MS = 3_000
const ACCESS_READS = 20_000
/** What keeps one core free for signatures, JSON and sockets at some 20,000 messages/s. */
const MAIN_THREAD_US_GOAL = 20
const FIND_ACCESS_US_GOAL = 10
/** About what people write. */
const CONTENT = 'x'.repeat(120)

const quiet: Logger = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  fatal() {},
  child: () => quiet,
}

const scope = { region: 'us-east-1', accountId: '000000000000' }
const appInstanceArn = appInstanceArnOf(scope, 'bench')
const channelArns = Array.from({ length: CHANNELS_COUNT }, (_, n) =>
  arnWithin(appInstanceArn, 'channel', `c${n}`),
)
const people = Array.from({ length: SENDERS_COUNT }, (_, n) => ({
  arn: arnWithin(appInstanceArn, 'user', `u${n}`) as AppInstanceUserArn,
  name: `User ${n}`,
}))

async function furnish(store: SqliteStore): Promise<void> {
  const at = systemClock.now()
  const stamps = { createdAt: at, lastUpdatedAt: at }
  const [first] = people
  if (first === undefined) throw new Error('nobody to send')
  await store.transact(async (tx) => {
    tx.appInstances.insert({ arn: appInstanceArn, name: 'Bench', ...stamps })
    for (const person of people) tx.appInstanceUsers.insert({ ...person, ...stamps })
    for (const arn of channelArns) {
      const kind = { mode: 'UNRESTRICTED', privacy: 'PRIVATE' } as const
      tx.channels.insert({ arn, name: 'Channel', ...kind, createdBy: first, ...stamps })
      for (const member of people) {
        const membership = { channelArn: arn, member, type: 'DEFAULT', invitedBy: first } as const
        tx.memberships.insert({ ...membership, ...stamps })
      }
    }
  })
}

/** What SendChannelMessage does in the store. */
async function sendOne(store: SqliteStore, sender: number, n: number): Promise<void> {
  const channelArn = channelArns[(sender + n * 7) % CHANNELS_COUNT]
  const person = people[sender]
  if (channelArn === undefined || person === undefined) throw new Error('no such sender')
  const token = `${sender}-${n}-0123456789abcdef`
  const conversation = { channelArn, subChannelId: '' }
  await store.transact(async (tx) => {
    const access = await tx.channels.findAccess(channelArn, person.arn)
    if (access?.caller.membershipType === undefined) throw new Error('not a member')
    await tx.messages.findByRequestToken(conversation, person.arn, token)
    const kind = { type: 'STANDARD', persistence: 'PERSISTENT' } as const
    const draft = { ...conversation, sender: person, ...kind, content: CONTENT }
    await tx.messages.append(draft, 'SENT', { token, requestHash: 'h'.repeat(43) })
  })
}

async function sendFor(store: SqliteStore, durationMs: number, round: number) {
  const startedAtMs = performance.now()
  const startedCpu = process.threadCpuUsage()
  let messages = 0
  await Promise.all(
    people.map(async (_, sender) => {
      for (let n = 0; performance.now() - startedAtMs < durationMs; n++) {
        await sendOne(store, sender, round * 1_000_000 + n)
        messages++
      }
    }),
  )
  const seconds = (performance.now() - startedAtMs) / 1_000
  const { user, system } = process.threadCpuUsage(startedCpu)
  return { perSecond: messages / seconds, mainThreadUs: (user + system) / messages }
}

async function accessUs(store: SqliteStore): Promise<number> {
  const startedAtMs = performance.now()
  for (let n = 0; n < ACCESS_READS; n++) {
    const channelArn = channelArns[n % CHANNELS_COUNT]
    const person = people[n % SENDERS_COUNT]
    if (channelArn && person) await store.read.channels.findAccess(channelArn, person.arn)
  }
  return ((performance.now() - startedAtMs) * 1_000) / ACCESS_READS
}

const directory = temporaryDirectory()
const store = createSqliteStore({
  file: join(directory, 'store.sqlite'),
  clock: systemClock,
  committedEvents: { channelEvent() {}, memberRemoved() {}, appInstanceRemoved() {} },
  metrics: createMetrics(),
  logger: quiet,
  onFatal(error) {
    throw error
  },
})
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
