// What becomes of data streams while Kinesis fails: senders do not notice, nothing is missing
// afterwards, and each channel's records are in the order in which things happened. Pauses between
// attempts are those of the product, so cases take seconds.
import { afterAll, beforeAll, expect } from 'vitest'
import type { Fault } from '../harness/faulty-server.ts'
import {
  startKinesis,
  useKinesis,
  type StreamedRecord,
  type TestKinesis,
} from '../harness/kinesis.ts'
import { casesOf } from './kit/conformance-case.ts'
import { streamArn } from './kit/streams.ts'
import { useWorld } from './kit/world.ts'

const NAME = 'chime-messaging-messages'
const CHANNELS_COUNT = 3
const MESSAGES_COUNT = 5

const world = useWorld({ outbound: 'aws' })
let kinesis: TestKinesis
beforeAll(async () => {
  kinesis = await startKinesis()
  useKinesis(kinesis)
  await kinesis.createStream(NAME)
  await configure(NAME)
})
afterAll(() => kinesis[Symbol.asyncDispose]())

async function configure(name: string): Promise<void> {
  await world.messaging.putMessagingStreamingConfigurations({
    AppInstanceArn: world.appInstanceArn,
    StreamingConfigurations: [{ DataType: 'ChannelMessage', ResourceArn: streamArn(world, name) }],
  })
}

/** Sends into some new channels at once; resolves with what is expected of each. */
async function sendToAll(prefix = 'message'): Promise<Map<string, string[]>> {
  const owner = await world.user()
  const expected = new Map<string, string[]>()
  while (expected.size < CHANNELS_COUNT) expected.set(await world.channel(owner), [])
  const senders = [...expected].map(async ([channelArn, contents]) => {
    for (let count = 0; count < MESSAGES_COUNT; count++) {
      const content = `${prefix} ${count}`
      await world.post(channelArn, owner, content)
      contents.push(content)
    }
  })
  await Promise.all(senders)
  return expected
}

const write = casesOf('PutMessagingStreamingConfigurations')

/** What the stream has of each channel, in order. */
function contentsIn(records: readonly StreamedRecord[], channelArn: string): string[] {
  return records
    .filter(({ Payload }) => Payload['ChannelArn'] === channelArn)
    .map(({ Payload }) => String(Payload['Content']))
}

async function arrived(expected: Map<string, string[]>, name = NAME) {
  const records = await kinesis.waitFor(name, (found) =>
    [...expected].every(
      ([channelArn, contents]) => new Set(contentsIn(found, channelArn)).size >= contents.length,
    ),
  )
  return new Map([...expected.keys()].map((arn) => [arn, contentsIn(records, arn)]))
}

const faults: Readonly<Record<string, Fault>> = {
  'refuses connections': 'refuses',
  'tears connections': 'resets',
  'never answers': 'hangs',
  'is throttled': { status: 400, text: '{"__type":"LimitExceededException"}' },
  'answers 429': { status: 429 },
  'answers 500': { status: 500, text: '{"__type":"InternalFailure"}' },
}
for (const [what, fault] of Object.entries(faults)) {
  write(
    'behaviour',
    'proposed',
    `Given Kinesis that ${what} for a while, when messages are sent, then all are answered at once, and afterwards nothing is missing and each channel is in order`,
    async () => {
      await kinesis.fail(fault)
      const asked = fault === 'refuses' ? undefined : kinesis.asked(1)
      const expected = await sendToAll(what)
      await asked
      await kinesis.fail(undefined)
      expect(await arrived(expected)).toEqual(expected)
    },
  )
}
write(
  'behaviour',
  'proposed',
  'Given Kinesis that refuses single records of a batch, when they are tried again, then each record is there once, in order, and other channels did not wait',
  async () => {
    const failing = new Map<string, number>()
    kinesis.failRecords((text) => {
      const { Payload } = JSON.parse(text) as StreamedRecord
      const key = `${String(Payload['ChannelArn'])} ${String(Payload['Content'])}`
      const isChosen = String(Payload['Content']).endsWith('in part 1')
      const attempts = failing.get(key) ?? 0
      if (isChosen) failing.set(key, attempts + 1)
      return isChosen && attempts === 0
    })
    const owner = await world.user()
    const untouched = await world.channel(owner)
    const expected = await sendToAll('in part')
    expect(failing.size, 'nothing was refused yet, or all once').toBeLessThanOrEqual(CHANNELS_COUNT)
    await world.post(untouched, owner, 'not held up')
    await arrived(new Map([[untouched, ['not held up']]]))
    expect(await arrived(expected)).toEqual(expected)
    kinesis.failRecords(() => false)
  },
)
write(
  'behaviour',
  'proposed',
  'Given a stream that does not exist, when it is made later, then what was sent before is in it',
  async () => {
    const name = 'chime-messaging-later'
    await configure(name)
    const asked = kinesis.asked(1)
    const expected = await sendToAll('early')
    await asked
    await kinesis.createStream(name)
    expect(await arrived(expected, name)).toEqual(expected)
    await configure(NAME)
  },
)
write(
  'behaviour',
  'proposed',
  'Given Kinesis that fails, when the configuration is taken away before it is back, then what waits still arrives',
  async () => {
    await kinesis.fail('resets')
    const expected = await sendToAll('waits')
    const { appInstanceArn: AppInstanceArn } = world
    await world.messaging.deleteMessagingStreamingConfigurations({ AppInstanceArn })
    await kinesis.fail(undefined)
    expect(await arrived(expected)).toEqual(expected)
    await configure(NAME)
  },
)
