// What an idle connected member costs the server process: resident memory with 10,000 sessions over
// plain ws, each a member of two channels, less that before they came.
import { createFrameReaders, startLineProcess } from './load/frame-reader.ts'
import { gatewayTarget } from './load/fan-out-source.ts'
import { fileURLToPath } from 'node:url'
import { RUNS_COUNT, SERVER_CORE, median, onCore, recordResult } from './measure.ts'

const SESSIONS_COUNT = 10_000
/** Connected before the first reading, so that what is loaded and compiled once does not count. */
const WARM_UP_COUNT = 200
const KILOBYTE = 1_000
const GOAL_KILOBYTES = 10

const program = fileURLToPath(new URL('load/gateway-server.ts', import.meta.url))
const openReader = createFrameReaders()

const targets = (count: number) => Array.from({ length: count }, (_, index) => gatewayTarget(index))

interface Memory {
  readonly rss: number
  readonly heap: number
  readonly external: number
}

/** Growth for each session, in kilobytes. */
async function measure(): Promise<Memory> {
  const server = startLineProcess(
    ...onCore(SERVER_CORE, process.execPath, ['--expose-gc', program]),
  )
  const port = Number((await server.next()).split(' ')[1])
  async function read(): Promise<Memory> {
    server.write('rss')
    const [rss = 0, heap = 0, external = 0] = (await server.next()).split(' ').map(Number)
    return { rss, heap, external }
  }
  const first = await openReader(port, targets(WARM_UP_COUNT))
  const before = await read()
  const second = await openReader(port, targets(SESSIONS_COUNT))
  const after = await read()
  first.stop()
  second.stop()
  server.stop()
  const each = (name: keyof Memory) => (after[name] - before[name]) / SESSIONS_COUNT / KILOBYTE
  return { rss: each('rss'), heap: each('heap'), external: each('external') }
}

const runs: Memory[] = []
for (let run = 0; run < RUNS_COUNT; run += 1) runs.push(await measure())
const isMet = recordResult({
  bench: 'idle-memory',
  figure: `${SESSIONS_COUNT} idle sessions in two channels`,
  unit: 'KB a session',
  runs: runs.map(({ rss }) => rss),
  goal: { atMost: GOAL_KILOBYTES },
  details: {
    heapKilobytes: median(runs.map(({ heap }) => heap)),
    externalKilobytes: median(runs.map(({ external }) => external)),
  },
})
process.exitCode = isMet ? 0 : 1
