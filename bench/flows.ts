// What a channel flow costs: persistent sends whose messages pass through a processor that accepts
// at once, until the last one is accepted, against plain sends on the same server. The processor is
// a webhook, on the core of the load.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import {
  AssociateChannelFlowCommand,
  CreateChannelFlowCommand,
} from '@aws-sdk/client-chime-sdk-messaging'
import { createSdkClients } from '../test/harness/sdk-clients.ts'
import { startServerProcess } from '../test/harness/start-server.ts'
import { createHttpLoad, portOf } from './load/http-load.ts'
import { writeRequestFile } from './load/request-file.ts'
import { makeRooms, sendRequests, type Room } from './load/rooms.ts'
import {
  LOAD_CORE,
  RUNS_COUNT,
  SERVER_CORE,
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
const GOAL = 0.3
const FUNCTION_ARN = 'arn:aws:lambda:us-east-1:000000000000:function:instant'

const load = createHttpLoad()
const directory = temporaryDirectory()
const file = join(directory, 'requests')

const program = fileURLToPath(new URL('load/instant-processor.ts', import.meta.url))
const processor = spawn(...onCore(LOAD_CORE, process.execPath, [program]), {
  stdio: ['pipe', 'pipe', 'inherit'],
})
const lines = createInterface({ input: processor.stdout })
const [port] = (await once(lines, 'line')) as [string]

const mapping = join(directory, 'outbound.json')
const webhook = {
  kind: 'webhook',
  url: `http://127.0.0.1:${port}/`,
  secret: { variable: 'BENCH_SECRET' },
}
writeFileSync(mapping, JSON.stringify({ processors: { [FUNCTION_ARN]: webhook } }))
const server = await startServerProcess(
  {},
  { CARILLON_OUTBOUND: mapping, BENCH_SECRET: 'a secret of this bench' },
)
pinProcess(server.pid, SERVER_CORE)
const { httpUrl: url, region, credentials } = server
processor.stdin.write(`${JSON.stringify({ url, region, credentials })}\n`)

const plain = await makeRooms(server, CHANNELS_COUNT)
const flowing = await makeRooms(server, CHANNELS_COUNT)
await associate(flowing)

await sendsPerSecond(plain, WARM_UP_COUNT, false)
await sendsPerSecond(flowing, WARM_UP_COUNT, true)
const sends: number[] = []
const accepted: number[] = []
for (let run = 1; run <= RUNS_COUNT; run++) {
  sends.push(await sendsPerSecond(plain, MEASURED_COUNT, false))
  accepted.push(await sendsPerSecond(flowing, MEASURED_COUNT, true))
  console.log(`run ${run}:`, JSON.stringify({ plain: sends.at(-1), accepted: accepted.at(-1) }))
}
processor.kill()
await server.stop()

recordResult({
  bench: 'flows',
  figure: 'messages through an instant processor, until the last is accepted',
  unit: 'messages/s',
  runs: accepted,
  reference: { name: 'plain sends', runs: sends },
  goal: { atLeast: GOAL },
})

/** From the first send until all are answered, and accepted where they pass through the flow. */
async function sendsPerSecond(
  rooms: readonly Room[],
  count: number,
  passFlow: boolean,
): Promise<number> {
  await writeRequestFile(file, server, sendRequests(rooms, count, CONTENT_CHARACTERS))
  if (passFlow) processor.stdin.write(`${JSON.stringify({ count })}\n`)
  const reached = passFlow ? once(lines, 'line') : undefined
  const startedAt = performance.now()
  await load({
    port: portOf(server.httpUrl),
    connections: CONNECTIONS_COUNT,
    file,
    warmUp: 0,
    status: 201,
  })
  await reached
  return (count / (performance.now() - startedAt)) * 1000
}

async function associate(rooms: readonly Room[]): Promise<void> {
  using clients = createSdkClients(server)
  const { messaging } = clients
  const AppInstanceArn = rooms[0]!.channelArn.split('/channel/')[0]
  const { ChannelFlowArn } = await messaging.send(
    new CreateChannelFlowCommand({
      AppInstanceArn,
      Name: 'instant',
      Processors: [
        {
          Name: 'instant',
          Configuration: { Lambda: { ResourceArn: FUNCTION_ARN, InvocationType: 'ASYNC' } },
          ExecutionOrder: 1,
          FallbackAction: 'ABORT',
        },
      ],
    }),
  )
  for (const { channelArn, memberArns } of rooms) {
    await messaging.send(
      new AssociateChannelFlowCommand({
        ChannelArn: channelArn,
        ChannelFlowArn,
        ChimeBearer: memberArns[0],
      }),
    )
  }
}
