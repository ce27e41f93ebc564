// Whether a message into one sub-channel costs more when the channel has a million members: sends
// from 64 connections by the thousand members of one sub-channel, against the same sends into a
// plain channel of a thousand members on a server that has nothing else. Nobody is connected.
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
import { RUNS_COUNT, SERVER_CORE, pinProcess, recordResult, temporaryDirectory } from './measure.ts'

const LARGE = { subChannels: Number(process.argv[2] ?? 1_000), membersPerSubChannel: 1_000 }
const SMALL = { subChannels: 50, membersPerSubChannel: 20 }
const CONNECTIONS_COUNT = 64
/** Every member has sent several times, and the compiler of the engine has settled. */
const WARM_UP_COUNT = 5_000
const MEASURED_COUNT = 15_000
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

async function measure({ server }: typeof large, room: Room): Promise<LoadReport> {
  const requests = sendRequests([room], WARM_UP_COUNT + MEASURED_COUNT, CONTENT_CHARACTERS)
  await writeRequestFile(file, server, requests)
  const port = portOf(server.httpUrl)
  return load({ port, connections: CONNECTIONS_COUNT, file, warmUp: WARM_UP_COUNT, status: 201 })
}

const scenes = {
  subChannel: () => measure(large, subChannel),
  plainBesideIt: () => measure(large, plainRoom(large.contents)),
  plainAlone: () => measure(small, plainRoom(small.contents)),
}
type Scene = keyof typeof scenes
const reports: Record<Scene, LoadReport[]> = { subChannel: [], plainBesideIt: [], plainAlone: [] }
for (let run = 1; run <= RUNS_COUNT; run++) {
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
