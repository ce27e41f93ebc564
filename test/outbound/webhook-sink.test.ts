// What one attempt at a webhook makes of its answers: only those that speak of what was sent are
// final, as a receiver can be put right while records wait.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { systemClock } from '../../src/base/clock.ts'
import { DeliveryError } from '../../src/domain/delivery-error.ts'
import { createWebhookClient } from '../../src/integrations/webhook-client.ts'
import { createWebhookSink } from '../../src/integrations/webhook-sink.ts'
import type { StreamRecord } from '../../src/ports/stream-sinks.ts'
import { startWebhookServer, type WebhookServer } from '../harness/webhook-server.ts'

const ARN = 'arn:aws:kinesis:us-east-1:1:stream/chime-messaging-events'

let receiver: WebhookServer
const client = createWebhookClient(systemClock)
const sink = createWebhookSink(client)
beforeAll(async () => {
  receiver = await startWebhookServer()
})
beforeEach(() => {
  receiver.answerTo = () => ({ status: 204, body: '' })
})
afterAll(async () => {
  await sink.close()
  client.close()
  await receiver[Symbol.asyncDispose]()
})

const record = (id: string): StreamRecord => ({
  id,
  partitionKey: 'arn:lobby',
  record: `{"EventType":"CREATE_CHANNEL","Payload":{"Name":"\\u00e4 ${id}"}}`,
})
const put = (records: readonly StreamRecord[], signal = AbortSignal.timeout(20_000)) =>
  sink.put({ kind: 'webhook', url: receiver.url, secret: receiver.secret }, ARN, records, signal)
const failureOf = async (attempt: Promise<unknown>): Promise<DeliveryError> => {
  const error: unknown = await attempt.then(
    () => expect.fail('nothing failed'),
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(DeliveryError)
  return error as DeliveryError
}

test('a batch is one signed request, with each record as it was written', async () => {
  expect(await put([record('1'), record('2')])).toEqual([undefined, undefined])
  const { kind, isSigned, text } = receiver.received.items.at(-1)!
  expect([kind, isSigned]).toEqual(['stream', true])
  expect(text).toBe(
    `{"StreamArn":"${ARN}","Records":[` +
      `{"Id":"1","PartitionKey":"arn:lobby","Record":${record('1').record}},` +
      `{"Id":"2","PartitionKey":"arn:lobby","Record":${record('2').record}}]}`,
  )
})

test('the same batch has the same id, and a longer one has another', async () => {
  for (const batch of [['1'], ['1'], ['1', '2']]) await put(batch.map(record))
  const [first, again, longer] = receiver.received.items.slice(-3).map(({ id }) => id)
  expect(again).toBe(first)
  expect(longer).not.toBe(first)
})

for (const status of [400, 413, 422]) {
  test(`${status} is final for these records`, async () => {
    receiver.answerTo = () => ({ status })
    const error = await failureOf(put([record('1')]))
    expect(error).toMatchObject({ isRetryable: false, isDestinationDown: false, status })
  })
}

for (const status of [302, 401, 403, 404, 408, 410, 429, 500, 503]) {
  test(`${status} may change, and holds up everything for this receiver`, async () => {
    receiver.answerTo = () => ({ status, headers: { location: `${receiver.url}/elsewhere` } })
    const before = receiver.received.items.length
    const error = await failureOf(put([record('1')]))
    expect(error).toMatchObject({ isRetryable: true, isDestinationDown: true, status })
    expect(receiver.received.items.length, 'no redirect is followed').toBe(before + 1)
  })
}

test('so may a torn connection, one that is refused, and one without an answer', async () => {
  const down = { isRetryable: true, isDestinationDown: true }
  receiver.answerTo = () => 'reset'
  expect(await failureOf(put([record('1')]))).toMatchObject(down)
  receiver.answerTo = () => 'hang'
  const abort = new AbortController()
  const attempt = failureOf(put([record('1')], abort.signal))
  await receiver.received.holds(receiver.received.items.length + 1)
  abort.abort()
  expect(await attempt).toMatchObject(down)
  await receiver.down()
  expect(await failureOf(put([record('1')]))).toMatchObject(down)
  await receiver.up()
})
