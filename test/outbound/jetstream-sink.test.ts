// What one attempt at JetStream makes of a server that is away, refuses, hangs or has no stream.
import { queryObjects } from 'node:v8'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createJetStreamSink } from '../../src/integrations/jetstream-sink.ts'
import { DeliveryError } from '../../src/domain/delivery-error.ts'
import type { JetStreamTarget } from '../../src/domain/outbound-mapping.ts'
import type { StreamRecord } from '../../src/ports/stream-sinks.ts'
import { startNats, type TestNats } from '../harness/nats.ts'

const ARN = 'arn:aws:kinesis:us-east-1:1:stream/chime-messaging-events'
const TOKEN = 'a token that stays between us'

let nats: TestNats
let target: JetStreamTarget
const sink = createJetStreamSink()
beforeAll(async () => {
  nats = await startNats({ token: TOKEN })
  await nats.createStream('EVENTS', 'chime.events')
  target = { kind: 'jetstream', servers: [nats.url], subject: 'chime.events', token: TOKEN }
})
afterAll(async () => {
  await sink.close()
  await nats[Symbol.asyncDispose]()
})

const record = (id: string): StreamRecord => ({
  id,
  partitionKey: 'lobby',
  record: JSON.stringify({ EventType: 'CREATE_CHANNEL', Payload: { Name: `Größe ${id}` } }),
})
const put = (records: readonly StreamRecord[], to = target, signal = AbortSignal.timeout(20_000)) =>
  sink.put(to, ARN, records, signal)
const down = { isRetryable: true, isDestinationDown: true }
const failureOf = async (attempt: Promise<unknown>): Promise<DeliveryError> => {
  const error: unknown = await attempt.then(
    () => expect.fail('nothing failed'),
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(DeliveryError)
  expect((error as DeliveryError).message).not.toContain(TOKEN)
  return error as DeliveryError
}
/** Puts 500 records at once. */
const putMany = async (name: string) => {
  const records = Array.from({ length: 500 }, (_, index) => record(`${name}-${index}`))
  expect((await put(records)).filter((failure) => failure !== undefined)).toEqual([])
}
/** Of this process, once what nobody holds is collected. */
const promisesCount = () => queryObjects(Promise, { format: 'count' })
const idsIn = async () => (await nats.read('EVENTS')).map(({ id }) => id)

test('records are acknowledged, with their ids, and a repetition is known as one', async () => {
  expect(await put([record('1'), record('2')])).toEqual([undefined, undefined])
  expect(await put([record('2'), record('3')])).toEqual([undefined, undefined])
  const found = await nats.read('EVENTS')
  expect(found.map(({ id }) => id)).toEqual(['1', '2', '3'])
  expect(found[0]).toMatchObject({
    EventType: 'CREATE_CHANNEL',
    Payload: { Name: 'Größe 1' },
    headers: { 'Carillon-Stream-Arn': ARN, 'Carillon-Partition-Key': 'lobby' },
  })
})

test('a subject without a stream is a failure of the destination', async () => {
  const nowhere = { ...target, subject: 'chime.nowhere' }
  expect(await put([record('4')], nowhere)).toEqual([{ reason: expect.any(String), ...down }])
  await nats.createStream('LATER', 'chime.nowhere')
  expect(await put([record('4')], nowhere)).toEqual([undefined])
})

test('a wrong token is one, too', async () => {
  const stranger = { ...target, token: 'wrong' }
  expect(await failureOf(put([record('5')], stranger))).toMatchObject(down)
})

test('of several servers one that is there is found', async () => {
  const several = { ...target, servers: ['nats://127.0.0.1:1', nats.url] }
  expect(await put([record('10')], several)).toEqual([undefined])
})

test('nothing goes in the clear to where TLS was asked for', async () => {
  const secured = { ...target, servers: [nats.url.replace('nats:', 'tls:')] }
  const error = await failureOf(put([record('11')], secured))
  expect(error).toMatchObject(down)
  expect(error.message).toContain('tls')
  expect(await idsIn()).not.toContain('11')
})

test('a connection that stays remembers nothing of the records that went over it', async () => {
  await putMany('before')
  const countBefore = promisesCount()
  for (const name of ['one', 'two', 'three', 'four']) await putMany(name)
  expect(promisesCount() - countBefore).toBeLessThan(500)
})

test('a server that was killed and started again gets the records that it has not acknowledged', async () => {
  await nats.kill()
  // The connection is lost at some moment of this attempt, or was before it.
  await put([record('6')]).then(
    ([failure]) => expect(failure).toMatchObject(down),
    (error: unknown) => expect(error).toMatchObject(down),
  )
  expect(await failureOf(put([record('6')]))).toMatchObject(down)
  await nats.restart()
  expect(await put([record('6'), record('7')])).toEqual([undefined, undefined])
  expect((await idsIn()).slice(-2)).toEqual(['6', '7'])
})

test('a server that does not answer any more ends with the signal', async () => {
  nats.pause()
  const abort = new AbortController()
  const attempt = put([record('8')], target, abort.signal)
  abort.abort()
  const [failure] = await attempt.catch((error: unknown) => [error as DeliveryError])
  expect(failure).toMatchObject(down)
  nats.resume()
  expect(await put([record('8'), record('9')])).toEqual([undefined, undefined])
  expect((await idsIn()).slice(-2)).toEqual(['8', '9'])
})
