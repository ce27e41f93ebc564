// A million users and their memberships of one elastic channel, made through the API: how many join
// in a second, against a bare SQLite loop that inserts the same rows; and whether the last of them
// cost what the first did. Server and load share both cores, of which the load needs a twentieth of
// one. The users are made once and kept, the memberships made anew in every run.
// `node bench/elastic-joins.ts 100000` does it with fewer.
import { execFile } from 'node:child_process'
import { cpSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { startServerProcess } from '../test/harness/start-server.ts'
import type { Endpoint } from '../test/harness/start-server.ts'
import { usersDirectory as usersDirectoryOf } from './load/elastic-directory.ts'
import {
  BATCH_MEMBERS,
  JOIN_CONNECTIONS,
  joinMembers,
  makeElasticChannel,
  makeUsers,
  requireMembers,
} from './load/elastic-members.ts'
import {
  SERVER_CORE,
  onCore,
  pinProcess,
  recordResult,
  temporaryDirectory,
  type Goal,
} from './measure.ts'

const MEMBERS_COUNT = Number(process.argv[2] ?? 1_000_000)
const MEMBERS_PER_SUB_CHANNEL = 1_000
/** Each with a server and a database of its own, on which only the users are. */
const RUNS_COUNT = 3
const USERS_RUNS_COUNT = 5
const USERS_PER_RUN = 10_000
/** Joined elsewhere before the clock starts: enough for the compiler of the engine to settle. */
const WARM_UP_MEMBERS = 10_000
/** The first and the last of a run that are compared. */
const COMPARED_MEMBERS = 10_000
const SPEED_GOAL = 0.25
const COST_GOAL = 1.3

const figure = `${MEMBERS_COUNT} members in sub-channels of ${MEMBERS_PER_SUB_CHANNEL}`
const directory = temporaryDirectory()
const { dataDirectory: usersDirectory, contents: crowd } = await usersDirectoryOf(MEMBERS_COUNT)

/** A server on a copy of the users, and a way to end it and forget the copy. */
async function startOnUsers(isPinned: boolean) {
  const dataDirectory = join(directory, 'run')
  cpSync(usersDirectory, dataDirectory, { recursive: true })
  const server = await startServerProcess({ dataDirectory })
  if (isPinned) pinProcess(server.pid, SERVER_CORE)
  return { server, dataDirectory, forget: () => rmSync(dataDirectory, { recursive: true }) }
}

/** How many more users a second, on top of those that there are. */
async function measureUsers(): Promise<void> {
  const { server, forget } = await startOnUsers(true)
  const perSecond: number[] = []
  for (let run = 0; run <= USERS_RUNS_COUNT; run++) {
    const from = MEMBERS_COUNT + run * USERS_PER_RUN
    const [report] = await makeUsers(server, crowd, from, USERS_PER_RUN)
    // The first is the warm-up.
    if (run > 0) perSecond.push(report!.perSecond)
  }
  await server.stop()
  forget()
  recordResult({
    bench: 'elastic-joins',
    figure: `users, one with each request, beside ${MEMBERS_COUNT}`,
    unit: 'users/s',
    runs: perSecond,
  })
}

async function warmUp(server: Endpoint): Promise<void> {
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

async function measure(isPinned: boolean): Promise<Run> {
  const { server, dataDirectory, forget } = await startOnUsers(isPinned)
  await warmUp(server)
  const channelArn = await makeElasticChannel(server, crowd, {
    subChannels: MEMBERS_COUNT / MEMBERS_PER_SUB_CHANNEL,
    membersPerSubChannel: MEMBERS_PER_SUB_CHANNEL,
  })
  const times = await joinMembers(server, crowd, channelArn, 0, MEMBERS_COUNT)
  await requireMembers(server, crowd, channelArn, MEMBERS_COUNT)
  await server.stop()
  const referencePerSecond = await runReference(join(dataDirectory, 'carillon.sqlite'))
  forget()
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

await measureUsers()
await compare(figure, false, { atLeast: SPEED_GOAL })
// Harder, without a goal: what the load leaves of its core is not used.
await compare(`${figure}, server on one core`, true)

async function compare(name: string, isPinned: boolean, goal?: Goal): Promise<void> {
  const runs: Run[] = []
  for (let run = 1; run <= RUNS_COUNT; run++) {
    runs.push(await measure(isPinned))
    console.log(`run ${run}:`, JSON.stringify(runs.at(-1)))
  }
  recordResult({
    bench: 'elastic-joins',
    figure: name,
    unit: 'memberships/s',
    runs: runs.map(({ perSecond }) => perSecond),
    reference: {
      name: 'bare SQLite loop',
      runs: runs.map(({ referencePerSecond }) => referencePerSecond),
    },
    ...(goal !== undefined && { goal }),
    details: { callers: JOIN_CONNECTIONS, membersPerRequest: BATCH_MEMBERS },
  })
  recordResult({
    bench: 'elastic-joins',
    figure: `the last ${COMPARED_MEMBERS} of ${name}`,
    unit: 'ms',
    runs: runs.map(({ lastMs }) => lastMs),
    reference: {
      name: `the first ${COMPARED_MEMBERS}`,
      runs: runs.map(({ firstMs }) => firstMs),
    },
    goal: { atMost: COST_GOAL },
  })
}
