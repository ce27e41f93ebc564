// Whether a message into one sub-channel costs more when the channel has a million members: sends
// from 64 connections by the thousand members of one sub-channel, against the same sends into a
// plain channel of a thousand members on a server that has nothing else. Nobody is connected.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { startServerProcess } from '../test/harness/start-server.ts'
import {
  elasticDirectory,
  plainMemberArns,
  PLAIN_MEMBERS_COUNT,
  sampleSubChannels,
  type ElasticContents,
} from './load/elastic-directory.ts'
import type { ElasticShape } from './load/elastic-members.ts'
import { createHttpLoad, portOf, type LoadReport } from './load/http-load.ts'
import { writeRequestFile } from './load/request-file.ts'
import { sendRequests, type Room } from './load/rooms.ts'
import { SERVER_CORE, median, pinProcess, recordResult, temporaryDirectory } from './measure.ts'

const LARGE = { subChannels: Number(process.argv[2] ?? 1_000), membersPerSubChannel: 1_000 }
const SMALL = { subChannels: 50, membersPerSubChannel: 20 }
const CONNECTIONS_COUNT = 64
/** Short turns and many of them, so that a slow second hits all scenes. */
const ROUNDS_COUNT = 15
/** Every member has sent, and the compiler of the engine has settled. */
const WARM_UP_COUNT = 2_000
const MEASURED_COUNT = 5_000
/** Of the system's clock of processor time. */
const TICKS_PER_SECOND = 100
const CONTENT_CHARACTERS = 400
const GOAL = 0.9

const load = createHttpLoad()
const file = join(temporaryDirectory(), 'requests')

async function start(shape: ElasticShape) {
  const { dataDirectory, contents } = await elasticDirectory(shape)
  const server = await startServerProcess({ dataDirectory })
  pinProcess(server.pid, SERVER_CORE)
  return { server, contents }
}

function plainRoom(contents: ElasticContents): Room {
  return { channelArn: contents.plainChannelArn, memberArns: plainMemberArns(contents) }
}

const large = await start(LARGE)
const small = await start(SMALL)
const [sample] = await sampleSubChannels(large.server, large.contents, 1, PLAIN_MEMBERS_COUNT)
const subChannel: Room = { channelArn: large.contents.elasticChannelArn, ...sample! }

interface Report extends LoadReport {
  /** Processor time of the server for one request, which a busy machine does not change much. */
  readonly cpuUs: number
}

async function measure({ server }: typeof large, room: Room): Promise<Report> {
  const requests = sendRequests([room], WARM_UP_COUNT + MEASURED_COUNT, CONTENT_CHARACTERS)
  await writeRequestFile(file, server, requests)
  const port = portOf(server.httpUrl)
  const cpuBefore = cpuSecondsOf(server.pid)
  const connections = CONNECTIONS_COUNT
  const report = await load({ port, connections, file, warmUp: WARM_UP_COUNT, status: 201 })
  const cpuSeconds = cpuSecondsOf(server.pid) - cpuBefore
  return { ...report, cpuUs: (cpuSeconds * 1e6) / (WARM_UP_COUNT + MEASURED_COUNT) }
}

function cpuSecondsOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ')
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND
}

const scenes = {
  subChannel: () => measure(large, subChannel),
  plainBesideIt: () => measure(large, plainRoom(large.contents)),
  plainAlone: () => measure(small, plainRoom(small.contents)),
}
type Scene = keyof typeof scenes
const reports: Record<Scene, Report[]> = { subChannel: [], plainBesideIt: [], plainAlone: [] }
for (let run = 1; run <= ROUNDS_COUNT; run++) {
  for (const scene of ['plainAlone', 'subChannel', 'plainBesideIt'] as const) {
    reports[scene].push(await scenes[scene]())
    console.log(`run ${run}, ${scene}:`, JSON.stringify(reports[scene].at(-1)))
  }
}
await large.server.stop()
await small.server.stop()

const figure = `a sub-channel of 1,000 of ${LARGE.subChannels * LARGE.membersPerSubChannel} members`
const perSecond = (scene: Scene) => reports[scene].map((report) => report.perSecond)
const p99Us = (scene: Scene) => reports[scene].map((report) => report.p99Us)
recordResult({
  bench: 'elastic-send',
  figure,
  unit: 'requests/s',
  runs: perSecond('subChannel'),
  reference: { name: 'plain channel, alone on a server', runs: perSecond('plainAlone') },
  goal: { atLeast: GOAL },
  details: {
    cpuUs: median(reports.subChannel.map((report) => report.cpuUs)),
    referenceCpuUs: median(reports.plainAlone.map((report) => report.cpuUs)),
    neighbourCpuUs: median(reports.plainBesideIt.map((report) => report.cpuUs)),
  },
})
recordResult({
  bench: 'elastic-send',
  figure: `${figure}, p99`,
  unit: 'µs',
  runs: p99Us('subChannel'),
  reference: { name: 'plain channel, alone on a server', runs: p99Us('plainAlone') },
  goal: { atMost: 1 / GOAL },
})
// Tells what the sub-channel costs apart from what the size of the database does.
recordResult({
  bench: 'elastic-send',
  figure: `${figure}, against its neighbour`,
  unit: 'requests/s',
  runs: perSecond('subChannel'),
  reference: { name: 'plain channel on the same server', runs: perSecond('plainBesideIt') },
})
