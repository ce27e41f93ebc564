// How many messages a second one core takes: SendChannelMessage, persistent, durable and signed, from
// 64 keep-alive connections over 100 channels of five members, against a bare node:http server that
// gets the same bytes. Nobody is connected to receive: bench/fan-out.ts measures delivery.
import { execFile, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { createScenario } from '../test/harness/scenario.ts'
import { createSdkClients } from '../test/harness/sdk-clients.ts'
import { startServerProcess } from '../test/harness/start-server.ts'
import type { ServerProcess } from '../test/harness/start-server.ts'
import { writeRequestFile } from './load/request-file.ts'
import type { PreparedRequest } from './load/request-file.ts'
import {
  LOAD_CORE,
  RUNS_COUNT,
  SERVER_CORE,
  compileC,
  median,
  onCore,
  pinProcess,
  recordResult,
  temporaryDirectory,
} from './measure.ts'

const CONNECTIONS_COUNT = 64
const CHANNELS_COUNT = 100
const MEMBERS_PER_CHANNEL = 5
/** Answered before the clock starts: enough for the compiler of the engine to settle. */
const WARM_UP_COUNT = 5_000
const MEASURED_COUNT = 25_000
/** Characters of each message; with head and signature a request is about 1.2 KB. */
const CONTENT_CHARACTERS = 400
const GOAL = 0.4

/** A channel with its members, as ARNs. */
interface Room {
  readonly channelArn: string
  readonly memberArns: readonly string[]
}

interface LoadReport {
  readonly perSecond: number
  readonly p50Us: number
  readonly p99Us: number
  readonly busyShare: number
}

async function makeRooms(server: ServerProcess): Promise<Room[]> {
  const scenario = await createScenario(createSdkClients(server))
  const users = await Promise.all(
    Array.from({ length: CHANNELS_COUNT }, (_, index) => scenario.user(`user-${index}`)),
  )
  const rooms: Room[] = []
  for (let index = 0; index < CHANNELS_COUNT; index++) {
    const memberArns = Array.from(
      { length: MEMBERS_PER_CHANNEL },
      (_, place) => users[(index + place) % users.length]!,
    )
    const [creator, ...others] = memberArns
    const channelArn = await scenario.channel(creator!, { MemberArns: others })
    rooms.push({ channelArn, memberArns })
  }
  return rooms
}

/** Goes round the channels and, from round to round, round the members of each. */
function* sendRequests(rooms: readonly Room[], count: number): Generator<PreparedRequest> {
  for (let index = 0; index < count; index++) {
    const room = rooms[index % rooms.length]!
    const round = Math.floor(index / rooms.length)
    yield {
      method: 'POST',
      path: `/channels/${encodeURIComponent(room.channelArn)}/messages`,
      bearer: room.memberArns[round % room.memberArns.length]!,
      body: JSON.stringify({
        Content: `${index} `.padEnd(CONTENT_CHARACTERS, 'All work and no play. '),
        Type: 'STANDARD',
        Persistence: 'PERSISTENT',
        ClientRequestToken: randomUUID(),
      }),
    }
  }
}

async function startReference() {
  const program = fileURLToPath(new URL('reference/bare-http.ts', import.meta.url))
  const child = spawn(process.execPath, [program], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [port] = (await once(createInterface({ input: child.stdout }), 'line')) as [string]
  return { pid: child.pid!, port: Number(port), stop: () => child.kill() }
}

async function load(program: string, port: number, file: string): Promise<LoadReport> {
  const numbers = [port, CONNECTIONS_COUNT, file, WARM_UP_COUNT, 201].map(String)
  const { stdout } = await promisify(execFile)(...onCore(LOAD_CORE, program, numbers))
  return JSON.parse(stdout) as LoadReport
}

const program = compileC(new URL('load/http-load.c', import.meta.url))
const file = join(temporaryDirectory(), 'requests')
const server = await startServerProcess()
const reference = await startReference()
pinProcess(server.pid, SERVER_CORE)
pinProcess(reference.pid, SERVER_CORE)
const rooms = await makeRooms(server)

const sends: LoadReport[] = []
const bare: LoadReport[] = []
for (let run = 0; run < RUNS_COUNT; run++) {
  await writeRequestFile(file, server, sendRequests(rooms, WARM_UP_COUNT + MEASURED_COUNT))
  bare.push(await load(program, reference.port, file))
  sends.push(await load(program, Number(new URL(server.httpUrl).port), file))
  console.log(`run ${run + 1}:`, JSON.stringify({ send: sends.at(-1), bare: bare.at(-1) }))
}
reference.stop()
await server.stop()

recordResult({
  bench: 'send',
  figure: `${CONNECTIONS_COUNT} connections, ${CHANNELS_COUNT} channels`,
  unit: 'requests/s',
  runs: sends.map((report) => report.perSecond),
  reference: { name: 'bare node:http', runs: bare.map((report) => report.perSecond) },
  goal: { atLeast: GOAL },
  details: {
    p50Us: median(sends.map((report) => report.p50Us)),
    p99Us: median(sends.map((report) => report.p99Us)),
    referenceP50Us: median(bare.map((report) => report.p50Us)),
    loadBusyShare: median(bare.map((report) => report.busyShare)),
  },
})
