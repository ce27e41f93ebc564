// Kinesis for tests: kinesalite, an independent implementation in memory, behind a door that can
// fail in all the ways in which a service fails. What arrived is read back from kinesalite itself.
import { EventEmitter, once } from 'node:events'
import { createRequire } from 'node:module'
import { createServer, request as httpRequest } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import {
  CreateStreamCommand,
  GetRecordsCommand,
  GetShardIteratorCommand,
  KinesisClient,
  ListShardsCommand,
  waitUntilStreamExists,
} from '@aws-sdk/client-kinesis'
import { NodeHttpHandler } from '@smithy/node-http-handler'

const createKinesalite = createRequire(import.meta.url)('kinesalite') as (options: {
  readonly createStreamMs: number
  readonly shardLimit: number
}) => Server

const SHARDS_MAX = 100
/** How long `waitFor` waits before it fails; only a failing test ever waits this long. */
const WAIT_MS_MAX = 40_000
const CREDENTIALS = { accessKeyId: 'AKIAKINESISKINESIS00', secretAccessKey: 'kinesis/secret' }

/** How PutRecords fails: no listener, no answer, a torn connection, or an error. */
export type KinesisFault =
  'refuses' | 'hangs' | 'resets' | { readonly status: number; readonly type: string }

/** A record as a consumer reads it. */
export interface StreamedRecord {
  readonly EventType: string
  readonly Payload: Readonly<Record<string, unknown>>
  readonly partitionKey: string
  readonly shardId: string
  readonly text: string
}

export interface TestKinesis extends AsyncDisposable {
  /** For AWS_ENDPOINT_URL_KINESIS. */
  readonly url: string
  createStream(name: string, shardsCount?: number): Promise<void>
  /** Everything in the stream; the records of a shard in its order. */
  read(name: string): Promise<readonly StreamedRecord[]>
  /** What is in the stream once that is what was waited for. */
  waitFor(
    name: string,
    isWanted: (records: readonly StreamedRecord[]) => boolean,
  ): Promise<readonly StreamedRecord[]>
  /** What PutRecords does from now on; undefined: it works. */
  fail(fault: KinesisFault | undefined): Promise<void>
  /** From now on these records fail, and the others of their batches arrive. */
  failRecords(isToFail: (text: string) => boolean): void
  /** Resolves when PutRecords has been called `count` times more, whatever it answered. */
  asked(count: number): Promise<void>
  /** How many records each call of PutRecords had. */
  readonly batches: readonly number[]
}

/** Lets AWS's clients of this process, a server's among them, find `kinesis`. */
export function useKinesis(kinesis: Pick<TestKinesis, 'url'>): void {
  for (const [name, value] of Object.entries(kinesisEnvironment(kinesis))) process.env[name] = value
}

/** The same for a server that is a process of its own. */
export function kinesisEnvironment({ url }: Pick<TestKinesis, 'url'>): Record<string, string> {
  return {
    AWS_ENDPOINT_URL_KINESIS: url,
    AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
  }
}

export async function startKinesis(): Promise<TestKinesis> {
  const kinesalite = createKinesalite({ createStreamMs: 0, shardLimit: SHARDS_MAX })
  const port = await listen(kinesalite, 0)
  const endpoint = `http://127.0.0.1:${port}`
  const client = new KinesisClient({
    endpoint,
    region: 'us-east-1',
    credentials: CREDENTIALS,
    requestHandler: new NodeHttpHandler(),
  })
  const door = await openDoor(port)

  async function read(name: string): Promise<StreamedRecord[]> {
    const { Shards = [] } = await client.send(new ListShardsCommand({ StreamName: name }))
    const found: StreamedRecord[] = []
    for (const { ShardId } of Shards) found.push(...(await readShard(client, name, ShardId!)))
    return found
  }

  return {
    url: door.url,
    async createStream(name, shardsCount = 2) {
      await client.send(new CreateStreamCommand({ StreamName: name, ShardCount: shardsCount }))
      await waitUntilStreamExists({ client, maxWaitTime: 20, minDelay: 1 }, { StreamName: name })
    },
    read,
    async waitFor(name, isWanted) {
      const signal = AbortSignal.timeout(WAIT_MS_MAX)
      for (;;) {
        const arrived = once(door.events, 'answered', { signal })
        arrived.catch(() => undefined)
        const records = await read(name)
        if (isWanted(records)) return records
        await arrived.catch(() => {
          const types = records.map(({ EventType }) => EventType)
          throw new Error(`waited in vain; in the stream: ${types.slice(-50).join(', ')}`)
        })
      }
    },
    fail: door.fail,
    failRecords: door.failRecords,
    async asked(count) {
      const signal = AbortSignal.timeout(WAIT_MS_MAX)
      for (let calls = 0; calls < count; calls++) await once(door.events, 'asked', { signal })
    },
    batches: door.batches,
    async [Symbol.asyncDispose]() {
      client.destroy()
      await door.close()
      kinesalite.closeAllConnections()
      await new Promise((resolve) => kinesalite.close(resolve))
    },
  }
}

async function readShard(client: KinesisClient, name: string, shardId: string) {
  const { ShardIterator } = await client.send(
    new GetShardIteratorCommand({
      StreamName: name,
      ShardId: shardId,
      ShardIteratorType: 'TRIM_HORIZON',
    }),
  )
  const found: StreamedRecord[] = []
  for (let iterator = ShardIterator; ;) {
    const answer = await client.send(
      new GetRecordsCommand({ ShardIterator: iterator, Limit: 5000 }),
    )
    for (const { Data, PartitionKey } of answer.Records ?? []) {
      const text = Buffer.from(Data!).toString()
      const record = JSON.parse(text) as Pick<StreamedRecord, 'EventType' | 'Payload'>
      found.push({ ...record, partitionKey: PartitionKey!, shardId, text })
    }
    if (answer.Records?.length === 0) return found
    iterator = answer.NextShardIterator
  }
}

interface PutRecordsBody {
  readonly Records: readonly { readonly Data: string; readonly PartitionKey: string }[]
}

/** Everything goes on to `port`, except where PutRecords is to fail. */
async function openDoor(port: number) {
  const state: { fault: KinesisFault | undefined; isToFail: (text: string) => boolean } = {
    fault: undefined,
    isToFail: () => false,
  }
  const events = new EventEmitter()
  const batches: number[] = []
  const sockets = new Set<Socket>()
  const server = createServer((incoming, response) => {
    void answer(incoming, response).catch(() => response.destroy())
  })
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  const doorPort = await listen(server, 0)

  async function answer(incoming: IncomingMessage, response: ServerResponse) {
    const body = await textOf(incoming)
    const isPut = incoming.headers['x-amz-target'] === 'Kinesis_20131202.PutRecords'
    if (!isPut) return respond(response, await forward(port, incoming, body))
    const put = JSON.parse(body) as PutRecordsBody
    batches.push(put.Records.length)
    const { fault } = state
    events.emit('asked')
    if (fault === 'hangs') return undefined
    if (typeof fault === 'string') return incoming.socket.resetAndDestroy()
    if (fault !== undefined) {
      const text = JSON.stringify({ __type: fault.type, message: 'on purpose' })
      return respond(response, { status: fault.status, text })
    }
    respond(response, await putSome(incoming, put))
    return events.emit('answered')
  }

  async function putSome(incoming: IncomingMessage, put: PutRecordsBody) {
    const isFailing = put.Records.map(({ Data }) =>
      state.isToFail(Buffer.from(Data, 'base64').toString()),
    )
    const passing = put.Records.filter((_, index) => !isFailing[index])
    if (passing.length === put.Records.length) return forward(port, incoming, JSON.stringify(put))
    const results: object[] = []
    if (passing.length > 0) {
      const text = JSON.stringify({ ...put, Records: passing })
      const answered = await forward(port, incoming, text)
      results.push(...(JSON.parse(answered.text) as { Records: object[] }).Records)
    }
    const failed = { ErrorCode: 'ProvisionedThroughputExceededException', ErrorMessage: 'busy' }
    const Records = isFailing.map((fails) => (fails ? failed : results.shift()))
    const FailedRecordCount = isFailing.filter(Boolean).length
    return { status: 200, text: JSON.stringify({ FailedRecordCount, Records }) }
  }

  async function close() {
    for (const socket of sockets) socket.destroy()
    await new Promise((resolve) => server.close(resolve))
  }

  return {
    url: `http://127.0.0.1:${doorPort}`,
    events,
    batches,
    async fail(fault: KinesisFault | undefined) {
      const wasClosed = state.fault === 'refuses'
      state.fault = fault
      if (fault === 'refuses' && !wasClosed) await close()
      if (fault !== 'refuses' && wasClosed) await listen(server, doorPort)
    },
    failRecords(isToFail: (text: string) => boolean) {
      state.isToFail = isToFail
    },
    close,
  }
}

async function listen(server: Server, port: number): Promise<number> {
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

interface Answer {
  readonly status: number
  readonly text: string
}

async function forward(port: number, incoming: IncomingMessage, body: string): Promise<Answer> {
  const headers = { ...incoming.headers, 'content-length': String(Buffer.byteLength(body)) }
  const outgoing = httpRequest({ port, host: '127.0.0.1', method: 'POST', path: '/', headers })
  outgoing.end(body)
  const [response] = (await once(outgoing, 'response')) as [IncomingMessage]
  return { status: response.statusCode ?? 0, text: await textOf(response) }
}

function respond(response: ServerResponse, { status, text }: Answer): void {
  response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(text)
}

async function textOf(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}
