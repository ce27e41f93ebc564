// Whether what waits for a destination that is down slows senders: sends of an app instance that is
// streamed to nowhere, with a million records waiting, against the same with none.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { PutMessagingStreamingConfigurationsCommand } from '@aws-sdk/client-chime-sdk-messaging'
import { createSdkClients } from '../test/harness/sdk-clients.ts'
import { startServerProcess } from '../test/harness/start-server.ts'
import { createHttpLoad, portOf } from './load/http-load.ts'
import { writeRequestFile } from './load/request-file.ts'
import { makeRooms, sendRequests, type Room } from './load/rooms.ts'
import { memoryNow } from './load/process-memory.ts'
import { RUNS_COUNT, SERVER_CORE, pinProcess, recordResult, temporaryDirectory } from './measure.ts'

const CONNECTIONS_COUNT = 64
const CHANNELS_COUNT = 100
const WARM_UP_COUNT = 5_000
const MEASURED_COUNT = 10_000
const CONTENT_CHARACTERS = 400
const WAITING_COUNT = 1_000_000
const GOAL = 0.9
const STREAM_ARN = 'arn:aws:kinesis:us-east-1:000000000000:stream/chime-messaging-nowhere'
/** Nobody listens on the port of discard. */
const NOWHERE = 'http://127.0.0.1:9/'

const load = createHttpLoad()
const directory = temporaryDirectory()
const file = join(directory, 'requests')
const mapping = join(directory, 'outbound.json')
const webhook = { kind: 'webhook', url: NOWHERE, secret: { variable: 'BENCH_SECRET' } }
writeFileSync(mapping, JSON.stringify({ streams: { [STREAM_ARN]: webhook } }))

const empty = await startFilled('empty', 0)
const full = await startFilled('full', WAITING_COUNT)
const withNone: number[] = []
const withMany: number[] = []
for (let run = 1; run <= RUNS_COUNT; run++) {
  withNone.push(await sendsPerSecond(empty))
  withMany.push(await sendsPerSecond(full))
  console.log(`run ${run}:`, JSON.stringify({ none: withNone.at(-1), many: withMany.at(-1) }))
}
const megabytes = ({ pid }: { readonly pid: number }) =>
  Math.round(memoryNow({ pid }).anonymous / 1e6)
const details = { memoryEmptyMB: megabytes(empty.server), memoryFullMB: megabytes(full.server) }
await empty.server.stop()
await full.server.stop()

recordResult({
  bench: 'outbox',
  figure: `sends with ${WAITING_COUNT.toLocaleString('en')} records that wait for a stream that is down`,
  unit: 'requests/s',
  runs: withMany,
  reference: { name: 'the same with none waiting', runs: withNone },
  goal: { atLeast: GOAL },
  details,
})

/** A server with rooms whose messages are streamed to nowhere, and that much waiting already. */
async function startFilled(name: string, waitingCount: number) {
  const dataDirectory = join(directory, name)
  mkdirSync(dataDirectory)
  const environment = { CARILLON_OUTBOUND: mapping, BENCH_SECRET: 'a secret of this bench' }
  const first = await startServerProcess({ dataDirectory }, environment)
  const rooms = await makeRooms(first, CHANNELS_COUNT)
  await stream(first, rooms)
  await first.terminate()
  fillOutbox(join(dataDirectory, 'carillon.sqlite'), rooms, waitingCount)
  const server = await startServerProcess({ dataDirectory }, environment)
  pinProcess(server.pid, SERVER_CORE)
  return { server, rooms, pid: server.pid }
}

/** As sends would have left it, without the hours that it takes to send so much. */
function fillOutbox(path: string, rooms: readonly Room[], count: number): void {
  const database = new DatabaseSync(path)
  const insert = database.prepare(
    'INSERT INTO outbox (kind, target, ordering_key, content, created_at, due_at) ' +
      "VALUES ('stream', ?, ?, ?, ?, ?)",
  )
  const record = JSON.stringify({ record: JSON.stringify({ EventType: 'x'.padEnd(700) }) })
  const now = Date.now()
  database.exec('BEGIN')
  for (let index = 0; index < count; index++) {
    const { channelArn } = rooms[index % rooms.length]!
    insert.run(STREAM_ARN, channelArn, record, now, now)
  }
  database.exec('COMMIT')
  database.close()
}

async function sendsPerSecond({ server, rooms }: Awaited<ReturnType<typeof startFilled>>) {
  const requests = sendRequests(rooms, WARM_UP_COUNT + MEASURED_COUNT, CONTENT_CHARACTERS)
  await writeRequestFile(file, server, requests)
  const { perSecond } = await load({
    port: portOf(server.httpUrl),
    connections: CONNECTIONS_COUNT,
    file,
    warmUp: WARM_UP_COUNT,
    status: 201,
  })
  return perSecond
}

async function stream(server: Awaited<ReturnType<typeof startServerProcess>>, rooms: Room[]) {
  using clients = createSdkClients(server)
  await clients.messaging.send(
    new PutMessagingStreamingConfigurationsCommand({
      AppInstanceArn: rooms[0]!.channelArn.split('/channel/')[0],
      StreamingConfigurations: [{ DataType: 'ChannelMessage', ResourceArn: STREAM_ARN }],
    }),
  )
}
