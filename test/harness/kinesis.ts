// Kinesis for tests: kinesalite, an independent implementation in memory, behind a door that can
// fail in all the ways in which a service fails. What arrived is read back from kinesalite itself.
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { request as httpRequest } from 'node:http'
import type { IncomingHttpHeaders, IncomingMessage, Server } from 'node:http'
import {
  CreateStreamCommand,
  GetRecordsCommand,
  GetShardIteratorCommand,
  KinesisClient,
  ListShardsCommand,
  waitUntilStreamExists,
} from '@aws-sdk/client-kinesis'
import { NodeHttpHandler } from '@smithy/node-http-handler'
import { listen, startFaultyServer, textOf, type Answer, type Fault } from './faulty-server.ts'

const createKinesalite = createRequire(import.meta.url)('kinesalite') as (options: {
  readonly createStreamMs: number
  readonly shardLimit: number
}) => Server

const SHARDS_MAX = 100
const CREDENTIALS = { accessKeyId: 'AKIAKINESISKINESIS00', secretAccessKey: 'kinesis/secret' }

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
  fail(fault: Fault | undefined): Promise<void>
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
  const batches: number[] = []
  let isToFail: ((text: string) => boolean) | undefined
  const door = await startFaultyServer((headers, body) => {
    const put = JSON.parse(body) as PutRecordsBody
    batches.push(put.Records.length)
    return putSome((text) => forward(port, headers, text), put, isToFail)
  })

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
      for (;;) {
        const arrived = door.answered()
        arrived.catch(() => undefined)
        const records = await read(name)
        if (isWanted(records)) return records
        await arrived.catch(() => {
          const types = records.map(({ EventType }) => EventType)
          throw new Error(`waited in vain; in the stream: ${types.slice(-50).join(', ')}`)
        })
      }
    },
    fail: (fault) => door.fail(fault),
    failRecords(isFailing) {
      isToFail = isFailing
    },
    asked: (count) => door.asked(count),
    batches,
    async [Symbol.asyncDispose]() {
      client.destroy()
      await door[Symbol.asyncDispose]()
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

/** Passes everything on to kinesalite, without the records that are to fail. */
async function putSome(
  passOn: (text: string) => Promise<Answer>,
  put: PutRecordsBody,
  isToFail: ((text: string) => boolean) | undefined,
): Promise<Answer> {
  const isFailing = put.Records.map(
    ({ Data }) => isToFail?.(Buffer.from(Data, 'base64').toString()) === true,
  )
  const passing = put.Records.filter((_, index) => !isFailing[index])
  const results: object[] = []
  if (passing.length > 0) {
    const answered = await passOn(JSON.stringify({ ...put, Records: passing }))
    if (passing.length === put.Records.length || answered.status !== 200) return answered
    results.push(...(JSON.parse(answered.text ?? '') as { Records: object[] }).Records)
  }
  const failed = { ErrorCode: 'ProvisionedThroughputExceededException', ErrorMessage: 'busy' }
  const Records = isFailing.map((fails) => (fails ? failed : results.shift()))
  const FailedRecordCount = isFailing.filter(Boolean).length
  return { status: 200, text: JSON.stringify({ FailedRecordCount, Records }) }
}

async function forward(port: number, incoming: IncomingHttpHeaders, body: string): Promise<Answer> {
  const headers = { ...incoming, 'content-length': String(Buffer.byteLength(body)) }
  const outgoing = httpRequest({ port, host: '127.0.0.1', method: 'POST', path: '/', headers })
  outgoing.end(body)
  const [response] = (await once(outgoing, 'response')) as [IncomingMessage]
  return { status: response.statusCode ?? 0, text: await textOf(response) }
}
