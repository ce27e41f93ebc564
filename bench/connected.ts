// One server process filled to the limit of 20,000 open files with the members of one elastic
// channel, by plain WebSocket and by TLS: how fast they come, what each of them takes of memory in
// the process and in the kernel, and that each receives its sub-channel's message and no other.
import { cpSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { SendChannelMessageCommand } from '@aws-sdk/client-chime-sdk-messaging'
import { createSdkClients } from '../test/harness/sdk-clients.ts'
import { startServerProcess, type ServerProcess } from '../test/harness/start-server.ts'
import { createConnectSigner } from './load/connect-targets.ts'
import {
  elasticDirectory,
  sampleSubChannels,
  type SubChannelSample,
} from './load/elastic-directory.ts'
import { createFrameReaders } from './load/frame-reader.ts'
import { INSPECTABLE, cpuSeconds, memoryNow, openMemoryMeter } from './load/process-memory.ts'
import {
  RUNS_COUNT,
  SERVER_CORE,
  median,
  pinProcess,
  recordResult,
  temporaryDirectory,
} from './measure.ts'

const SUB_CHANNELS = Number(process.argv[2] ?? 19)
const SHAPE = { subChannels: SUB_CHANNELS, membersPerSubChannel: 1_000 }
const MEMBERS_COUNT = SHAPE.subChannels * SHAPE.membersPerSubChannel
/** Connected before the clock starts, so that what is compiled and cached once does not count. */
const WARM_UP_COUNT = 1_000
/** In which a message that came to somebody else's sub-channel would be noticed. */
const SURPLUS_MS = 1_000
/** Both ends of each connection are on this machine, and the kernel keeps the same for each. */
const ENDS = 2
const PAGE_BYTES = 4_096

const GOAL_BYTES = 8_000
const GOAL_HANDSHAKES = 2_000

type Transport = 'plain' | 'tls'

interface Run {
  readonly handshakesPerSecond: number
  /** Of CPU of the server, for each handshake. */
  readonly handshakeUs: number
  readonly userBytes: number
  readonly userBytesBeforeCollection: number
  readonly heapBytes: number
  readonly kernelBytes: number
  readonly receivedCount: number
}

/** In bytes, of the whole machine. */
function kernelMemory(): number {
  const slab = /^Slab:\s+(\d+) kB/m.exec(readFileSync('/proc/meminfo', 'utf8'))?.[1]
  const pages = /^TCP:.* mem (\d+)/m.exec(readFileSync('/proc/net/sockstat', 'utf8'))?.[1]
  return Number(slab) * 1_024 + Number(pages) * PAGE_BYTES
}

/** Each with what its frames must name. */
function targetsOf(
  server: ServerProcess,
  url: string,
  subChannels: readonly SubChannelSample[],
): readonly string[] {
  const sign = createConnectSigner(server, url)
  return subChannels.flatMap(({ subChannelId, memberArns }) =>
    // The payload is JSON within JSON.
    memberArns.map((arn) => `${sign(arn)}\tSubChannelId\\":\\"${subChannelId}\\"`),
  )
}

async function sendToEach(
  server: ServerProcess,
  channelArn: string,
  subChannels: readonly SubChannelSample[],
): Promise<void> {
  using clients = createSdkClients(server)
  for (const { subChannelId, memberArns } of subChannels) {
    await clients.messaging.send(
      new SendChannelMessageCommand({
        ChannelArn: channelArn,
        SubChannelId: subChannelId,
        ChimeBearer: memberArns[0],
        Content: `For ${subChannelId} alone`,
        Type: 'STANDARD',
        Persistence: 'PERSISTENT',
        ClientRequestToken: crypto.randomUUID(),
      }),
    )
  }
}

async function measure(transport: Transport): Promise<Run> {
  rmSync(dataDirectory, { recursive: true, force: true })
  cpSync(kept, dataDirectory, { recursive: true })
  const server = await startServerProcess({ dataDirectory }, INSPECTABLE)
  pinProcess(server.pid, SERVER_CORE)
  const url = transport === 'tls' ? server.httpsUrl : server.httpUrl
  const port = Number(new URL(url).port)
  const subChannels = await sampleSubChannels(
    server,
    contents,
    SHAPE.subChannels,
    SHAPE.membersPerSubChannel,
  )
  const targets = targetsOf(server, url, subChannels)
  const openReader = readers[transport]
  const meter = await openMemoryMeter(server)

  const first = await openReader(port, targets.slice(0, WARM_UP_COUNT))
  const before = { ...(await meter.settled()), kernel: kernelMemory(), cpu: cpuSeconds(server) }
  const second = await openReader(port, targets.slice(WARM_UP_COUNT))
  const cpu = cpuSeconds(server)
  const asItIs = memoryNow(server)
  const after = { ...(await meter.settled()), kernel: kernelMemory() }
  const count = targets.length - WARM_UP_COUNT

  const everybodyHasOne = Promise.all([first.expect(1), second.expect(1)])
  await sendToEach(server, contents.elasticChannelArn, subChannels)
  await everybodyHasOne
  await sleep(SURPLUS_MS)
  const surplus = (await first.surplus()) + (await second.surplus())
  if (surplus !== 0) throw new Error(`${surplus} frames came to members of other sub-channels`)

  meter.close()
  first.stop()
  second.stop()
  await server.stop()
  return {
    handshakesPerSecond: count / second.openingSeconds,
    handshakeUs: ((cpu - before.cpu) * 1e6) / count,
    userBytes: (after.resident - before.resident) / count,
    userBytesBeforeCollection: (asItIs.resident - before.resident) / count,
    heapBytes: (after.heapUsed - before.heapUsed) / count,
    kernelBytes: (after.kernel - before.kernel) / count / ENDS,
    receivedCount: targets.length,
  }
}

const { dataDirectory: kept, contents } = await elasticDirectory(SHAPE)
const dataDirectory = join(temporaryDirectory(), 'data')
const readers = { plain: createFrameReaders('plain'), tls: createFrameReaders('tls') }
let isAllMet = true
for (const transport of ['plain', 'tls'] as const) {
  const runs: Run[] = []
  for (let run = 0; run < RUNS_COUNT; run += 1) {
    runs.push(await measure(transport))
    console.log(`run ${run + 1}, ${transport}:`, JSON.stringify(runs.at(-1)))
  }
  const all = (name: keyof Run) => runs.map((run) => run[name])
  const isPlain = transport === 'plain'
  const results = [
    recordResult({
      bench: 'connected',
      figure: `members connected of one elastic channel that received their message, ${transport}`,
      unit: 'members',
      runs: all('receivedCount'),
      goal: { atLeast: MEMBERS_COUNT },
    }),
    recordResult({
      bench: 'connected',
      figure: `memory of the server for each of ${MEMBERS_COUNT} members, ${transport}`,
      unit: 'bytes',
      runs: all('userBytes'),
      ...(isPlain && { goal: { atMost: GOAL_BYTES } }),
      details: {
        heapBytes: median(all('heapBytes')),
        bytesBeforeCollection: median(all('userBytesBeforeCollection')),
        kernelBytes: median(all('kernelBytes')),
      },
    }),
    recordResult({
      bench: 'connected',
      figure: `handshakes, ${transport}`,
      unit: 'handshakes/s',
      runs: all('handshakesPerSecond'),
      ...(isPlain && { goal: { atLeast: GOAL_HANDSHAKES } }),
      details: { serverMicrosecondsEach: median(all('handshakeUs')) },
    }),
  ]
  isAllMet = results.every(Boolean) && isAllMet
}
process.exitCode = isAllMet ? 0 : 1
