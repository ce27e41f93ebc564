// A million users and their memberships of one elastic channel, made through the API: how many join
// in a second, against a bare SQLite loop that inserts the same rows; and whether the last of them
// cost what the first did. `node bench/elastic-joins.ts 100000` does it with fewer.
import { execFile } from 'node:child_process'
import { cpSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { startServerProcess } from '../test/harness/start-server.ts'
import type { Endpoint } from '../test/harness/start-server.ts'
import {
  BATCH_MEMBERS,
  JOIN_CONNECTIONS,
  joinMembers,
  makeCrowd,
  makeElasticChannel,
  makeUsers,
  requireMembers,
  type Crowd,
} from './load/elastic-members.ts'
import { SERVER_CORE, onCore, pinProcess, recordResult, temporaryDirectory } from './measure.ts'

const MEMBERS_COUNT = Number(process.argv[2] ?? 1_000_000)
const MEMBERS_PER_SUB_CHANNEL = 1_000
/** Each with a server and a database of its own, on which only the users are. */
const RUNS_COUNT = 3
/** Joined elsewhere before the clock starts: enough for the compiler of the engine to settle. */
const WARM_UP_MEMBERS = 10_000
/** The first and the last of a run that are compared. */
const COMPARED_MEMBERS = 10_000
const SPEED_GOAL = 0.25
const COST_GOAL = 1.3

const figure = `${MEMBERS_COUNT} members in sub-channels of ${MEMBERS_PER_SUB_CHANNEL}`
const directory = temporaryDirectory()
const usersDirectory = join(directory, 'users')

/** Makes the users; what a run begins with. */
async function makeEverybody(): Promise<Crowd> {
  const server = await startServerProcess({ dataDirectory: usersDirectory })
  pinProcess(server.pid, SERVER_CORE)
  const crowd = await makeCrowd(server)
  const reports = await makeUsers(server, crowd, 0, MEMBERS_COUNT)
  await server.stop()
  recordResult({
    bench: 'elastic-joins',
    figure: `${MEMBERS_COUNT} users, one with each request`,
    unit: 'users/s',
    runs: reports.map(({ perSecond }) => perSecond),
  })
  return crowd
}

async function warmUp(server: Endpoint, crowd: Crowd): Promise<void> {
  const count = Math.min(WARM_UP_MEMBERS, MEMBERS_COUNT)
  const shape = {
    subChannels: Math.max(2, count / MEMBERS_PER_SUB_CHANNEL),
    membersPerSubChannel: MEMBERS_PER_SUB_CHANNEL,
  }
  await joinMembers(server, crowd, await makeElasticChannel(server, crowd, shape), 0, count)
}

interface Run {
  readonly perSecond: number
  readonly firstMs: number
  readonly lastMs: number
  readonly referencePerSecond: number
}

async function measure(crowd: Crowd): Promise<Run> {
  const dataDirectory = join(directory, 'run')
  cpSync(usersDirectory, dataDirectory, { recursive: true })
  const server = await startServerProcess({ dataDirectory })
  pinProcess(server.pid, SERVER_CORE)
  await warmUp(server, crowd)
  const channelArn = await makeElasticChannel(server, crowd, {
    subChannels: MEMBERS_COUNT / MEMBERS_PER_SUB_CHANNEL,
    membersPerSubChannel: MEMBERS_PER_SUB_CHANNEL,
  })
  const times = await joinMembers(server, crowd, channelArn, 0, MEMBERS_COUNT)
  await requireMembers(server, crowd, channelArn, MEMBERS_COUNT)
  await server.stop()
  const referencePerSecond = await runReference(join(dataDirectory, 'carillon.sqlite'))
  rmSync(dataDirectory, { recursive: true })
  const compared = COMPARED_MEMBERS / BATCH_MEMBERS
  return {
    perSecond: MEMBERS_COUNT / times.at(-1)!,
    firstMs: times[compared - 1]! * 1_000,
    lastMs: (times.at(-1)! - times.at(-1 - compared)!) * 1_000,
    referencePerSecond,
  }
}

async function runReference(source: string): Promise<number> {
  const program = fileURLToPath(new URL('reference/membership-loop.ts', import.meta.url))
  const place = join(directory, 'reference')
  const { stdout } = await promisify(execFile)(
    ...onCore(SERVER_CORE, process.execPath, [program, source, place]),
  )
  for (const suffix of ['', '-wal', '-shm']) rmSync(place + suffix, { force: true })
  return (JSON.parse(stdout) as { readonly perSecond: number }).perSecond
}

const crowd = await makeEverybody()
const runs: Run[] = []
for (let run = 1; run <= RUNS_COUNT; run++) {
  runs.push(await measure(crowd))
  console.log(`run ${run}:`, JSON.stringify(runs.at(-1)))
}
recordResult({
  bench: 'elastic-joins',
  figure,
  unit: 'memberships/s',
  runs: runs.map(({ perSecond }) => perSecond),
  reference: {
    name: 'bare SQLite loop',
    runs: runs.map(({ referencePerSecond }) => referencePerSecond),
  },
  goal: { atLeast: SPEED_GOAL },
  details: { callers: JOIN_CONNECTIONS, membersPerRequest: BATCH_MEMBERS },
})
recordResult({
  bench: 'elastic-joins',
  figure: `the last ${COMPARED_MEMBERS} of ${MEMBERS_COUNT}`,
  unit: 'ms',
  runs: runs.map(({ lastMs }) => lastMs),
  reference: {
    name: `the first ${COMPARED_MEMBERS}`,
    runs: runs.map(({ firstMs }) => firstMs),
  },
  goal: { atMost: COST_GOAL },
})
