// This server beside what people would pick instead: one room, the same text, the same load
// program, each server alone on the server's core, in turns. `--members N` is the size of the room,
// `--rounds N` how many runs count, `--only TEXT` takes only the peers whose name has that text.
import { mkdtempSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { temporaryDirectory } from './measure.ts'
import { carillonChannel, carillonNonPersistent, carillonSubChannel } from './peers/carillon.ts'
import { cpuSeconds, residentBytes } from './peers/children.ts'
import { ejabberdArchived, ejabberdPlain } from './peers/ejabberd.ts'
import { createLoads, encodeMessages } from './peers/load-program.ts'
import type { Load } from './peers/load-program.ts'
import { measureMemory } from './peers/memory.ts'
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
const MANY_RUN_MS = 1_200
/** At least this many messages are ready in the first round; later twice what was needed. */
const MESSAGES_MIN = 2_000
const IN_FLIGHT = 16

interface Contestant extends Measured {
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
    rounds: { type: 'string', default: String(ROUNDS_COUNT) },
  },
})
const membersCount = Number(options.members)
const startLoad = createLoads()
const directory = temporaryDirectory()
const messagesFile = join(directory, 'messages')
const newDirectory = () => mkdtempSync(join(directory, 'peer-'))

/** A peer with all its members in the room. */
async function enter(peer: Peer): Promise<Contestant> {
  const bytesPerMember = await measureMemory(peer, startLoad, newDirectory())
  const server = await peer.start({ membersCount, directory: newDirectory() })
  const load = startLoad(server.script)
  await load.join(membersCount)
  return { peer, server, load, bytesPerMember, residentBytes: 0, single: [], many: [] }
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
  for (let round = 0; round <= Number(options.rounds); round += 1) {
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
  contestants.push(await enter(peer))
  console.log(`${peer.name}: ${membersCount} members are in the room`)
}
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
