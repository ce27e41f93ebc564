// What a data stream costs senders: persistent sends of an app instance whose messages are streamed
// to kinesalite, against those of one that streams nothing, each against a bare node:http server.
// kinesalite runs on the core of the load. How long it takes until the last record is there is
// told, too.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { PutMessagingStreamingConfigurationsCommand } from '@aws-sdk/client-chime-sdk-messaging'
import { Kinesis } from '@aws-sdk/client-kinesis'
import { NodeHttpHandler } from '@smithy/node-http-handler'
import { createSdkClients } from '../test/harness/sdk-clients.ts'
import { startServerProcess } from '../test/harness/start-server.ts'
import { createHttpLoad, portOf } from './load/http-load.ts'
import { writeRequestFile } from './load/request-file.ts'
import { makeRooms, sendRequests, type Room } from './load/rooms.ts'
import {
  LOAD_CORE,
  RUNS_COUNT,
  SERVER_CORE,
  median,
  onCore,
  pinProcess,
  recordResult,
  temporaryDirectory,
} from './measure.ts'

const CONNECTIONS_COUNT = 64
const CHANNELS_COUNT = 100
const WARM_UP_COUNT = 5_000
const MEASURED_COUNT = 10_000
const CONTENT_CHARACTERS = 400
/** A shard takes a thousand records a second; the stream is not to be what is measured. */
const SHARDS_COUNT = 32
/** How much of its ratio a send may lose. */
const LOSS_MAX = 0.1
const STREAM_NAME = 'chime-messaging-bench'
const AWS_KEYS = { accessKeyId: 'AKIABENCHBENCHBENCH0', secretAccessKey: 'a secret of this bench' }
/** How often it is looked whether anything still waits. */
const LOOK_MS = 20

const load = createHttpLoad()
const file = join(temporaryDirectory(), 'requests')

/** A program of ours on the core `core`, which prints its port first. */
async function startProgram(name: string, core: number) {
  const program = fileURLToPath(new URL(name, import.meta.url))
  const child = spawn(...onCore(core, process.execPath, [program]), {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [port] = (await once(createInterface({ input: child.stdout }), 'line')) as [string]
  return { port: Number(port), stop: () => child.kill() }
}

const kinesalite = await startProgram('load/kinesalite.ts', LOAD_CORE)
const reference = await startProgram('reference/bare-http.ts', SERVER_CORE)
const endpoint = `http://127.0.0.1:${kinesalite.port}`
const kinesis = new Kinesis({
  endpoint,
  region: 'us-east-1',
  credentials: AWS_KEYS,
  // kinesalite speaks HTTP/1.1 only.
  requestHandler: new NodeHttpHandler(),
})
await kinesis.createStream({ StreamName: STREAM_NAME, ShardCount: SHARDS_COUNT })
const server = await startServerProcess(
  {},
  {
    AWS_ENDPOINT_URL_KINESIS: endpoint,
    AWS_ACCESS_KEY_ID: AWS_KEYS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: AWS_KEYS.secretAccessKey,
  },
)
pinProcess(server.pid, SERVER_CORE)
const quiet = await makeRooms(server, CHANNELS_COUNT)
const streamed = await makeRooms(server, CHANNELS_COUNT)
await stream(streamed)

const figures = { bare: [], quiet: [], streamed: [], drainMs: [] } as Record<
  'bare' | 'quiet' | 'streamed' | 'drainMs',
  number[]
>
for (let run = 1; run <= RUNS_COUNT; run++) {
  figures.bare.push(await sendsPerSecond(quiet, reference.port))
  figures.quiet.push(await sendsPerSecond(quiet, portOf(server.httpUrl)))
  figures.streamed.push(await sendsPerSecond(streamed, portOf(server.httpUrl)))
  const startedAt = performance.now()
  await drained()
  figures.drainMs.push(performance.now() - startedAt)
  console.log(`run ${run}:`, JSON.stringify(figures))
}
reference.stop()
await server.stop()
kinesalite.stop()

const without = median(figures.quiet) / median(figures.bare)
recordResult({
  bench: 'streams',
  figure: `sends of which ${MEASURED_COUNT} events are streamed to kinesalite`,
  unit: 'requests/s',
  runs: figures.streamed,
  reference: { name: 'bare node:http', runs: figures.bare },
  goal: { atLeast: without - LOSS_MAX },
  details: {
    ratioWithoutStream: Number(without.toPrecision(4)),
    drainMsAfterLastAnswer: Math.round(median(figures.drainMs)),
  },
})

async function sendsPerSecond(rooms: readonly Room[], port: number): Promise<number> {
  const requests = sendRequests(rooms, WARM_UP_COUNT + MEASURED_COUNT, CONTENT_CHARACTERS)
  await writeRequestFile(file, server, requests)
  const { perSecond } = await load({
    port,
    connections: CONNECTIONS_COUNT,
    file,
    warmUp: WARM_UP_COUNT,
    status: 201,
  })
  return perSecond
}

/** Until every record is in the stream, by the server's own count. */
async function drained(): Promise<void> {
  for (;;) {
    const metrics = await (await fetch(`${server.httpUrl}/metrics`)).text()
    const waiting = /^carillon_outbox_waiting\{kind="stream"\} (\d+)/m.exec(metrics)?.[1]
    if (Number(waiting ?? 0) === 0) return
    await setTimeout(LOOK_MS)
  }
}

async function stream(rooms: readonly Room[]): Promise<void> {
  using clients = createSdkClients(server)
  const ResourceArn = `arn:aws:kinesis:us-east-1:000000000000:stream/${STREAM_NAME}`
  await clients.messaging.send(
    new PutMessagingStreamingConfigurationsCommand({
      AppInstanceArn: rooms[0]!.channelArn.split('/channel/')[0],
      StreamingConfigurations: [{ DataType: 'ChannelMessage', ResourceArn }],
    }),
  )
}
