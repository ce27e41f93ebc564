// How many messages a second one core takes: SendChannelMessage, persistent, durable and signed,
// from 64 keep-alive connections over 100 channels of five members, against a bare node:http server
// that gets the same bytes. Nobody is connected to receive: bench/fan-out.ts measures delivery.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { startServerProcess } from '../test/harness/start-server.ts'
import { createHttpLoad, portOf } from './load/http-load.ts'
import type { LoadReport } from './load/http-load.ts'
import { writeRequestFile } from './load/request-file.ts'
import { makeRooms, sendRequests } from './load/rooms.ts'
import {
  RUNS_COUNT,
  SERVER_CORE,
  median,
  pinProcess,
  recordResult,
  temporaryDirectory,
} from './measure.ts'

const CONNECTIONS_COUNT = 64
const CHANNELS_COUNT = 100
/** Answered before the clock starts: enough for the compiler of the engine to settle. */
const WARM_UP_COUNT = 5_000
const MEASURED_COUNT = 25_000
/** Characters of each message; with head and signature a request is about 1.2 KB. */
const CONTENT_CHARACTERS = 400
const GOAL = 0.4

async function startReference() {
  const program = fileURLToPath(new URL('reference/bare-http.ts', import.meta.url))
  const child = spawn(process.execPath, [program], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [port] = (await once(createInterface({ input: child.stdout }), 'line')) as [string]
  return { pid: child.pid!, port: Number(port), stop: () => child.kill() }
}

const load = createHttpLoad()
const file = join(temporaryDirectory(), 'requests')
const server = await startServerProcess()
const reference = await startReference()
pinProcess(server.pid, SERVER_CORE)
pinProcess(reference.pid, SERVER_CORE)
const rooms = await makeRooms(server, CHANNELS_COUNT)

async function measure(port: number): Promise<LoadReport> {
  return load({ port, connections: CONNECTIONS_COUNT, file, warmUp: WARM_UP_COUNT, status: 201 })
}

const sends: LoadReport[] = []
const bare: LoadReport[] = []
for (let run = 1; run <= RUNS_COUNT; run++) {
  const requests = sendRequests(rooms, WARM_UP_COUNT + MEASURED_COUNT, CONTENT_CHARACTERS)
  await writeRequestFile(file, server, requests)
  bare.push(await measure(reference.port))
  sends.push(await measure(portOf(server.httpUrl)))
  console.log(`run ${run}:`, JSON.stringify({ send: sends.at(-1), bare: bare.at(-1) }))
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
