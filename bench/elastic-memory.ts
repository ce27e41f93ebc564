// What a million members cost a server in memory while none of them is connected: against an empty
// server, once right after all of them have joined, and once after a restart with work on them.
import { cpSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { startServerProcess } from '../test/harness/start-server.ts'
import type { ServerProcess } from '../test/harness/start-server.ts'
import { elasticDirectory, sampleSubChannels, usersDirectory } from './load/elastic-directory.ts'
import {
  joinMembers,
  makeCrowd,
  makeElasticChannel,
  makeUsers,
  requireMembers,
} from './load/elastic-members.ts'
import { recordResult, temporaryDirectory } from './measure.ts'

const SUB_CHANNELS = Number(process.argv[2] ?? 1_000)
const SHAPE = { subChannels: SUB_CHANNELS, membersPerSubChannel: 1_000 }
const MEMBERS_COUNT = SHAPE.subChannels * SHAPE.membersPerSubChannel
/** What warms up the empty server, so that what is loaded and compiled once does not count. */
const WARM_UP_SHAPE = { subChannels: 10, membersPerSubChannel: 100 }
/** Between the work and the reading: garbage is collected, and sweeps have run. */
const REST_MS = 90_000
const KIBIBYTE = 1_024
const MEGABYTE = 1_000_000
const GOAL_MEGABYTES = 100

/** In megabytes. Of `mapped`, the system may take back what it needs: it is the database file. */
interface Memory {
  readonly whole: number
  readonly own: number
  readonly mapped: number
}

function memoryOf({ pid }: ServerProcess): Memory {
  const status = readFileSync(join('/proc', String(pid), 'status'), 'utf8')
  const field = (name: string) => {
    const [, kibibytes] = new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status) ?? []
    return (Number(kibibytes) * KIBIBYTE) / MEGABYTE
  }
  return { whole: field('VmRSS'), own: field('RssAnon'), mapped: field('RssFile') }
}

async function afterRest(server: ServerProcess): Promise<Memory> {
  await sleep(REST_MS)
  return memoryOf(server)
}

/** A server that has done of everything a little. */
async function measureEmpty(): Promise<Memory> {
  const server = await startServerProcess()
  const crowd = await makeCrowd(server)
  const count = WARM_UP_SHAPE.subChannels * WARM_UP_SHAPE.membersPerSubChannel
  await makeUsers(server, crowd, 0, count)
  const channelArn = await makeElasticChannel(server, crowd, WARM_UP_SHAPE)
  await joinMembers(server, crowd, channelArn, 0, count)
  await requireMembers(server, crowd, channelArn, count)
  const memory = await afterRest(server)
  await server.stop()
  return memory
}

/** The same server that took all of the joins. */
async function measureAfterJoins(): Promise<Memory> {
  const dataDirectory = join(temporaryDirectory(), 'data')
  const { dataDirectory: kept, contents: crowd } = await usersDirectory(MEMBERS_COUNT)
  cpSync(kept, dataDirectory, { recursive: true })
  const server = await startServerProcess({ dataDirectory })
  const channelArn = await makeElasticChannel(server, crowd, SHAPE)
  await joinMembers(server, crowd, channelArn, 0, MEMBERS_COUNT)
  await requireMembers(server, crowd, channelArn, MEMBERS_COUNT)
  const memory = await afterRest(server)
  await server.stop()
  return memory
}

/** A server that was started with them, after somebody looked at all of the sub-channels. */
async function measureRestarted(): Promise<Memory> {
  const { dataDirectory, contents } = await elasticDirectory(SHAPE)
  const server = await startServerProcess({ dataDirectory })
  await sampleSubChannels(server, contents, SHAPE.subChannels, 1)
  const memory = await afterRest(server)
  await server.stop()
  return memory
}

function record(figure: string, memory: Memory, empty: Memory): void {
  recordResult({
    bench: 'elastic-memory',
    figure: `${MEMBERS_COUNT} members, ${figure}`,
    unit: 'MB more than an empty server',
    runs: [memory.whole - empty.whole],
    goal: { atMost: GOAL_MEGABYTES },
    details: {
      emptyMegabytes: empty.whole,
      wholeMegabytes: memory.whole,
      ownMegabytesMore: memory.own - empty.own,
      databaseFileMegabytesMore: memory.mapped - empty.mapped,
    },
  })
}

const empty = await measureEmpty()
record('restarted', await measureRestarted(), empty)
record('after all have joined', await measureAfterJoins(), empty)
