// This server beside what people would pick instead: one room, the same text, the same load
// program, each server alone on the server's core, in turns. `--members N` is the size of the room, and
// `--only TEXT` takes only the peers whose name has that text.
import { mkdtempSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { temporaryDirectory } from './measure.ts'
import { carillonChannel, carillonNonPersistent, carillonSubChannel } from './peers/carillon.ts'
import { cpuSeconds, residentBytes } from './peers/children.ts'
import { ejabberdArchived, ejabberdPlain } from './peers/ejabberd.ts'
import { createLoads, encodeMessages } from './peers/load-program.ts'
import type { Load } from './peers/load-program.ts'
import { natsCore, natsJetStream } from './peers/nats.ts'
import type { Peer, RunningPeer } from './peers/peer.ts'
import { prosodyArchived, prosodyPlain } from './peers/prosody.ts'
import { recordFigures, rowOf } from './peers/results.ts'
import type { Measured, RunReport } from './peers/results.ts'
import { comparisonTable, comparisons } from './peers/table.ts'
import { plainWs, socketIo } from './peers/web-sockets.ts'

const PEERS: readonly Peer[] = [
  carillonChannel,
  carillonSubChannel,
  carillonNonPersistent,
  ejabberdArchived,
  ejabberdPlain,
  prosodyArchived,
  prosodyPlain,
  socketIo,
  plainWs,
  natsCore,
  natsJetStream,
]
const MEMBERS_COUNT = 1_000
/** One that is not counted, and three that a median is taken of: eleven servers take their time. */
const ROUNDS_COUNT = 3
/** One run of each kind; a message that is under way at its end still counts. */
const SINGLE_RUN_MS = 2_000
const MANY_RUN_MS = 1_500
/** At least this many messages are ready in the first round; later twice what was needed. */
const MESSAGES_MIN = 2_000
const IN_FLIGHT = 16
/** Members that have come before memory is read, so that what is loaded once does not count. */
const FIRST_MEMBERS_SHARE = 0.1
/** Idle time before memory is read: V8 looks after eight seconds whether it should collect. */
const REST_MS = 12_000

interface Contestant extends Measured {
  bytesPerMember: number
  residentBytes: number
  readonly server: RunningPeer
  readonly load: Load
  readonly single: RunReport[]
  readonly many: RunReport[]
}

const { values: options } = parseArgs({
  options: {
    members: { type: 'string', default: String(MEMBERS_COUNT) },
    only: { type: 'string', default: '' },
  },
})
const membersCount = Number(options.members)
const startLoad = createLoads()
const directory = temporaryDirectory()
const messagesFile = join(directory, 'messages')

async function start(peer: Peer): Promise<Contestant> {
  const server = await peer.start({
    membersCount,
    directory: mkdtempSync(join(directory, 'peer-')),
  })
  const load = startLoad(server.script)
  return { peer, server, load, bytesPerMember: 0, residentBytes: 0, single: [], many: [] }
}

/**
 * Lets all members come, and reads what each of them costs. Both readings follow the same rest, so
 * that collectors which work when nothing else happens have worked before either.
 */
async function enter(contestants: readonly Contestant[]): Promise<void> {
  const firstCount = Math.ceil(membersCount * FIRST_MEMBERS_SHARE)
  const before: number[] = []
  for (const { load } of contestants) await load.join(firstCount)
  await delay(REST_MS)
  for (const { server } of contestants) before.push(residentBytes(server.pid))
  for (const { peer, load } of contestants) {
    await load.join(membersCount)
    console.log(`${peer.name}: ${membersCount} members are in the room`)
  }
  await delay(REST_MS)
  for (const [index, contestant] of contestants.entries()) {
    const growth = residentBytes(contestant.server.pid) - before[index]!
    contestant.bytesPerMember = growth / (membersCount - firstCount)
  }
}

async function measure(
  { server, load }: Contestant,
  inFlight: number,
  earlier: readonly RunReport[],
): Promise<RunReport> {
  const needed = Math.max(0, ...earlier.map((report) => report.messages)) * 2
  const messages = await server.messages(Math.max(MESSAGES_MIN, needed))
  writeFileSync(messagesFile, encodeMessages(messages))
  const before = cpuSeconds(server.pid)
  const report = await load.run(
    messagesFile,
    inFlight,
    inFlight === 1 ? SINGLE_RUN_MS : MANY_RUN_MS,
  )
  return { ...report, serverCpuSeconds: cpuSeconds(server.pid) - before }
}

async function measureInTurns(contestants: readonly Contestant[]): Promise<void> {
  for (let round = 0; round <= ROUNDS_COUNT; round += 1) {
    for (const contestant of contestants) {
      const single = await measure(contestant, 1, contestant.single)
      const many = await measure(contestant, IN_FLIGHT, contestant.many)
      contestant.single.push(single)
      contestant.many.push(many)
    }
  }
}

const contestants: Contestant[] = []
for (const peer of PEERS.filter(({ name }) => name.includes(options.only))) {
  const missing = peer.missing()
  if (missing !== undefined) {
    console.log(`left out: ${peer.name}: ${missing}`)
    continue
  }
  contestants.push(await start(peer))
}
await enter(contestants)
await measureInTurns(contestants)
for (const contestant of contestants) {
  contestant.residentBytes = residentBytes(contestant.server.pid)
  contestant.load.stop()
  await contestant.server.stop()
}

const ours = contestants.find(({ peer }) => peer === carillonChannel)
const isLeading = contestants
  .map((contestant) => recordFigures(contestant, ours, membersCount))
  .every(Boolean)
const rows = contestants.map(rowOf)
console.log(`\n${comparisonTable(rows)}\n`)
if (ours !== undefined) console.log(comparisons(rowOf(ours), rows).join('\n'))
process.exitCode = isLeading ? 0 : 1
