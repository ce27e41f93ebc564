// What a page of the 50 newest messages of a channel costs when there are a million messages,
// against the same page when there are a thousand: signed requests, one at a time.
import { join } from 'node:path'
import { startServerProcess } from '../test/harness/start-server.ts'
import type { ServerProcess } from '../test/harness/start-server.ts'
import { filledDirectory } from './load/filled-directory.ts'
import { createHttpLoad, portOf } from './load/http-load.ts'
import { writeRequestFile } from './load/request-file.ts'
import { pageRequests } from './load/rooms.ts'
import type { Room } from './load/rooms.ts'
import { RUNS_COUNT, SERVER_CORE, pinProcess, recordResult, temporaryDirectory } from './measure.ts'

const PAGE_SIZE = 50
const WARM_UP_COUNT = 500
const MEASURED_COUNT = 1_500
const GOAL = 1.2

/** A running server and one `figure` of requests to it. */
interface Subject {
  readonly server: ServerProcess
  readonly rooms: readonly Room[]
}

const load = createHttpLoad()
const file = join(temporaryDirectory(), 'requests')

async function start(channels: number, messages: number): Promise<Subject> {
  const { dataDirectory, rooms } = await filledDirectory(channels, messages)
  const server = await startServerProcess({ dataDirectory })
  pinProcess(server.pid, SERVER_CORE)
  return { server, rooms }
}

async function p50Us({ server, rooms }: Subject, roomsCount: number): Promise<number> {
  const requests = pageRequests(
    rooms.slice(0, roomsCount),
    WARM_UP_COUNT + MEASURED_COUNT,
    PAGE_SIZE,
  )
  await writeRequestFile(file, server, requests)
  const port = portOf(server.httpUrl)
  return (await load({ port, connections: 1, file, warmUp: WARM_UP_COUNT, status: 200 })).p50Us
}

const large = await start(1_000, 1_000_000)
const small = await start(10, 1_000)

async function compare(figure: string, roomsCount: number, goal?: { atMost: number }) {
  const runs: number[] = []
  const reference: number[] = []
  for (let run = 0; run < RUNS_COUNT; run++) {
    reference.push(await p50Us(small, roomsCount))
    runs.push(await p50Us(large, roomsCount))
  }
  recordResult({
    bench: 'page',
    figure,
    unit: 'µs p50',
    runs,
    reference: { name: '1,000 messages in all', runs: reference },
    ...(goal !== undefined && { goal }),
  })
}

await compare('one channel of 1,000', 1, { atMost: GOAL })
// Harder, without a goal: hardly any page that the database reads is in its own cache.
await compare('all 1,000 channels in turn', 1_000)
await large.server.stop()
await small.server.stop()
