// Data streams that the operator has mapped to a webhook, which fails in all the ways in which
// webhooks fail.
import { afterAll, beforeAll, beforeEach, expect } from 'vitest'
import {
  startWebhookServer,
  type WebhookAnswer,
  type WebhookServer,
} from '../harness/webhook-server.ts'
import { casesOf } from './kit/conformance-case.ts'
import { writeOutboundFile, type OutboundFile } from './kit/outbound-file.ts'
import { streamArn } from './kit/streams.ts'
import { openWorld, type World } from './kit/world.ts'

interface PostedRecord {
  readonly Id: string
  readonly PartitionKey: string
  readonly Record: {
    readonly EventType: string
    readonly Payload: Readonly<Record<string, unknown>>
  }
}
interface PostedBatch {
  readonly StreamArn: string
  readonly Records: readonly PostedRecord[]
}

let receiver: WebhookServer
let file: OutboundFile
let world: World
let end = () => Promise.resolve()
/** What the receiver has taken, in the order of its answers. */
let taken: PostedBatch[] = []
/** How many of the next requests meet `fault`; all others are taken. */
let faulty: { fault: WebhookAnswer; left: number } | undefined
let wake = () => {}

beforeAll(async () => {
  receiver = await startWebhookServer()
  const target = { kind: 'webhook', url: receiver.url, secret: { file: 'secret' } }
  const secrets = { secret: receiver.secret }
  file = await writeOutboundFile({ streams: { 'arn:aws:kinesis:*': target } }, secrets)
  const built = await openWorld({ settings: { outbound: file.path } })
  world = built.world
  end = () => built.end()
  receiver.answerTo = ({ body, isSigned }) => {
    if (!isSigned) return { status: 401 }
    if (faulty !== undefined && faulty.left > 0) {
      faulty.left--
      return faulty.fault
    }
    taken.push(body as unknown as PostedBatch)
    wake()
    return { status: 204, body: '' }
  }
  await world.messaging.putMessagingStreamingConfigurations({
    AppInstanceArn: world.appInstanceArn,
    StreamingConfigurations: [{ DataType: 'ChannelMessage', ResourceArn: streamArn(world) }],
  })
})
beforeEach(() => {
  taken = []
  faulty = undefined
})
afterAll(async () => {
  await end()
  await receiver[Symbol.asyncDispose]()
  await file[Symbol.asyncDispose]()
})

/** Records of the channel, once there are as many different ones. */
async function recordsOf(channelArn: string, count: number): Promise<readonly PostedRecord[]> {
  for (;;) {
    const records = taken
      .flatMap(({ Records }) => Records)
      .filter(({ PartitionKey }) => PartitionKey === channelArn)
    if (new Set(records.map(({ Id }) => Id)).size >= count) return records
    await new Promise<void>((resolve) => (wake = resolve))
  }
}
const contentsOf = (records: readonly PostedRecord[]) =>
  records.map(({ Record }) => Record.Payload['Content'])

const write = casesOf('PutMessagingStreamingConfigurations')

write(
  'behaviour',
  'proposed',
  'Given a stream that leads to a webhook, when messages are sent, then they are posted, signed, in batches that name the stream, each with its channel and an id',
  async () => {
    const owner = await world.user('Ana')
    const channelArn = await world.channel(owner)
    const contents = Array.from({ length: 30 }, (_, count) => `message ${count}`)
    for (const content of contents) await world.post(channelArn, owner, content)
    const records = await recordsOf(channelArn, contents.length)
    expect(contentsOf(records)).toEqual(contents)
    expect(records[0]!.Record.EventType).toBe('CREATE_CHANNEL_MESSAGE')
    expect(new Set(records.map(({ Id }) => Id)).size).toBe(contents.length)
    for (const { StreamArn } of taken) expect(StreamArn).toBe(streamArn(world))
    for (const { kind, isSigned } of receiver.received.items)
      expect([kind, isSigned]).toEqual(['stream', true])
  },
)

const faults: Readonly<Record<string, WebhookAnswer>> = {
  'answers 429': { status: 429 },
  'answers 500': { status: 500 },
  'tears connections': 'reset',
  'never answers': 'hang',
}
for (const [what, fault] of Object.entries(faults)) {
  write(
    'behaviour',
    'proposed',
    `Given a webhook that ${what} at first, when messages are sent, then all arrive, in order, each once`,
    async () => {
      const owner = await world.user('Ana')
      const channelArn = await world.channel(owner)
      faulty = { fault, left: what === 'never answers' ? 1 : 2 }
      const contents = Array.from({ length: 10 }, (_, count) => `${what} ${count}`)
      for (const content of contents) await world.post(channelArn, owner, content)
      expect(contentsOf(await recordsOf(channelArn, contents.length))).toEqual(contents)
      expect(faulty.left).toBe(0)
    },
  )
}
write(
  'behaviour',
  'proposed',
  'Given a webhook that is away, when it is back, then all arrive, in order',
  async () => {
    const owner = await world.user('Ana')
    const channelArn = await world.channel(owner)
    await receiver.down()
    const contents = Array.from({ length: 10 }, (_, count) => `away ${count}`)
    for (const content of contents) await world.post(channelArn, owner, content)
    await receiver.up()
    expect(contentsOf(await recordsOf(channelArn, contents.length))).toEqual(contents)
  },
)
write(
  'behaviour',
  'proposed',
  'Given a webhook that refuses each request with a certain record, when messages are sent, then all others arrive, in order, each once',
  async () => {
    const owner = await world.user('Ana')
    const channelArn = await world.channel(owner)
    const answer = receiver.answerTo
    receiver.answerTo = (request) =>
      request.text.includes('"spoilt') ? { status: 422 } : answer(request)
    // All of them wait then, and come together.
    await receiver.down()
    const contents = Array.from({ length: 20 }, (_, count) =>
      count % 7 === 3 ? `spoilt ${count}` : `sound ${count}`,
    )
    for (const content of contents) await world.post(channelArn, owner, content)
    await receiver.up()
    const sound = contents.filter((content) => content.startsWith('sound'))
    expect(contentsOf(await recordsOf(channelArn, sound.length))).toEqual(sound)
    receiver.answerTo = answer
  },
)
write(
  'behaviour',
  'proposed',
  'Given a webhook that takes records and fails to say so, when they come again, then they carry the ids that they had',
  async () => {
    const owner = await world.user('Ana')
    const channelArn = await world.channel(owner)
    const answer = receiver.answerTo
    let lost: PostedBatch | undefined
    receiver.answerTo = (request) => {
      if (lost !== undefined) return answer(request)
      lost = request.body as unknown as PostedBatch
      return 'reset'
    }
    await world.post(channelArn, owner, 'twice')
    const [again] = await recordsOf(channelArn, 1)
    expect(again).toEqual(lost!.Records[0])
    receiver.answerTo = answer
  },
)
