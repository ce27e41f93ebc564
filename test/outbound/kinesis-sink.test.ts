// What one attempt at Kinesis makes of a service that fails: which records have arrived, whether
// another attempt may go better, and that nothing is said of what was sent.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { systemClock } from '../../src/base/clock.ts'
import { createKinesisSink } from '../../src/integrations/kinesis-sink.ts'
import { DeliveryError } from '../../src/domain/delivery-error.ts'
import type { StreamRecord } from '../../src/ports/stream-sinks.ts'
import type { Fault } from '../harness/faulty-server.ts'
import { startKinesis, useKinesis, type TestKinesis } from '../harness/kinesis.ts'

const NAME = 'chime-messaging-events'
const SECRET = 'nobody may read this in a log'

let kinesis: TestKinesis
const sink = createKinesisSink(systemClock)
beforeAll(async () => {
  kinesis = await startKinesis()
  useKinesis(kinesis)
  await kinesis.createStream(NAME)
})
afterAll(async () => {
  await sink.close()
  await kinesis[Symbol.asyncDispose]()
})
beforeEach(() => kinesis.fail(undefined))

function record(id: string, partitionKey = 'lobby'): StreamRecord {
  const text = JSON.stringify({ EventType: 'CREATE_CHANNEL', Payload: { Id: id, Content: SECRET } })
  return { id, partitionKey, record: text }
}
const put = (
  records: readonly StreamRecord[],
  { name = NAME, signal = AbortSignal.timeout(20_000) } = {},
) => sink.put({ kind: 'kinesis' }, `arn:aws:kinesis:us-east-1:1:stream/${name}`, records, signal)
const failureOf = async (attempt: Promise<unknown>): Promise<DeliveryError> => {
  const error: unknown = await attempt.then(
    () => expect.fail('nothing failed'),
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(DeliveryError)
  expect((error as DeliveryError).message).not.toContain(SECRET)
  return error as DeliveryError
}
const isIn = async (id: string) =>
  (await kinesis.read(NAME)).filter(({ Payload }) => Payload['Id'] === id).length

test('a batch arrives with its keys, each record as it was written', async () => {
  const records = [record('ä 1', 'one'), record('2', 'two'), record('3', 'three')]
  expect(await put(records)).toEqual([undefined, undefined, undefined])
  const found = await kinesis.read(NAME)
  expect(found.map(({ partitionKey, text }) => `${partitionKey} ${text}`).toSorted()).toEqual(
    records.map((each) => `${each.partitionKey} ${each.record}`).toSorted(),
  )
})

test('500 records go in one request', async () => {
  const records = Array.from({ length: 500 }, (_, index) => record(`many ${index}`, `${index}`))
  expect((await put(records)).every((failure) => failure === undefined)).toBe(true)
  expect(kinesis.batches.at(-1)).toBe(500)
})

test('of a batch that fails in part, the failed records may be tried again, and the others are there', async () => {
  kinesis.failRecords((text) => text.includes('"part 2"'))
  const failures = await put([record('part 1', 'a'), record('part 2', 'b'), record('part 3', 'c')])
  expect(failures).toEqual([
    undefined,
    { reason: expect.any(String), isRetryable: true, isDestinationDown: false },
    undefined,
  ])
  expect(failures[1]?.reason).toContain('ProvisionedThroughputExceededException')
  kinesis.failRecords(() => false)
  expect([await isIn('part 1'), await isIn('part 2'), await isIn('part 3')]).toEqual([1, 0, 1])
})

const faults: Readonly<Record<string, { fault: Fault; says: string }>> = {
  'that nobody listens': { fault: 'refuses', says: 'ECONN' },
  'a torn connection': { fault: 'resets', says: 'ECONN' },
  'a throttled call': {
    fault: { status: 400, text: '{"__type":"ProvisionedThroughputExceededException"}' },
    says: 'ProvisionedThroughputExceededException (400)',
  },
  'an internal failure': {
    fault: { status: 500, text: '{"__type":"InternalFailure"}' },
    says: '(500)',
  },
  'an answer that is no JSON': { fault: { status: 200, text: '<html>' }, says: 'Error' },
  'an answer without end': { fault: { status: 200, text: ' '.repeat(2 ** 21) }, says: 'Error' },
  'a text that quotes what was sent': {
    fault: { status: 400, text: `{"__type":"ValidationException","message":"${SECRET}"}` },
    says: 'ValidationException',
  },
  'a redirect': {
    fault: { status: 307, headers: { location: 'http://127.0.0.1:9/' } },
    says: '(307)',
  },
}

for (const [name, { fault, says }] of Object.entries(faults)) {
  test(`${name} is a failure of the destination, and what was sent arrives later`, async () => {
    await kinesis.fail(fault)
    const error = await failureOf(put([record(name)]))
    expect(error).toMatchObject({ isRetryable: true, isDestinationDown: true })
    expect(error.message).toContain(says)
    await kinesis.fail(undefined)
    expect(await put([record(name)])).toEqual([undefined])
    expect(await isIn(name)).toBe(1)
  })
}

test('a throttled call may ask to be left alone', async () => {
  const text = '{"__type":"ProvisionedThroughputExceededException"}'
  await kinesis.fail({ status: 400, text, headers: { 'retry-after': '3' } })
  expect(await failureOf(put([record('asked')]))).toMatchObject({ retryAfterMs: 3_000 })
})

test('an answer that never comes ends with the signal', async () => {
  await kinesis.fail('hangs')
  const abort = new AbortController()
  const attempt = failureOf(put([record('hangs')], { signal: abort.signal }))
  await kinesis.asked(1)
  abort.abort()
  expect(await attempt).toMatchObject({ isRetryable: true, isDestinationDown: true })
})

test('a stream that does not exist may still be made', async () => {
  const error = await failureOf(put([record('early')], { name: 'chime-messaging-later' }))
  expect(error).toMatchObject({ isRetryable: true, isDestinationDown: true, status: 400 })
  expect(error.message).toContain('ResourceNotFoundException')
})

test('what is no stream gets nothing, nor does a region that would be another host', async () => {
  const arns = [
    'arn:aws:kinesis:us-east-1:1:stream/../odd',
    `arn:aws:kinesis:example.org/:1:stream/${NAME}`,
    `arn:aws:kinesis::1:stream/${NAME}`,
  ]
  for (const arn of arns) {
    const attempt = sink.put({ kind: 'kinesis' }, arn, [record('odd')], AbortSignal.timeout(9_000))
    expect((await failureOf(attempt)).message).toContain('not that of a Kinesis data stream')
  }
})
