// What the stream deliverer makes of entries, and of what the ways out say.
import { expect, test } from 'vitest'
import { DeliveryError } from '../../domain/delivery-error.ts'
import { createOutboundMapping, type StreamTarget } from '../../domain/outbound-mapping.ts'
import type { OutboxEntry } from '../../domain/outbox.ts'
import type { RecordFailure, StreamRecord } from '../../ports/stream-sinks.ts'
import { createStreamDeliverer } from './stream-deliverer.ts'

const arnOf = (name: string) => `arn:aws:kinesis:us-east-1:1:stream/chime-messaging-${name}`
const targets: Readonly<Record<StreamTarget['kind'], StreamTarget>> = {
  kinesis: { kind: 'kinesis' },
  jetstream: { kind: 'jetstream', servers: ['nats://127.0.0.1'], subject: 'chime' },
  webhook: { kind: 'webhook', url: 'https://events.example', secret: 'sixteen letters!' },
}
const mapping = createOutboundMapping({
  processors: {},
  streams: Object.fromEntries(Object.entries(targets).map(([name, each]) => [arnOf(name), each])),
  push: {},
  bots: {},
})
const { signal } = new AbortController()

function entry(entryId: number, text = `{"Id":${entryId}}`): OutboxEntry<'stream'> {
  const stamps = { createdAt: 1, attemptsCount: 0, dueAt: 1 }
  const content = { record: text }
  return { kind: 'stream', target: arnOf('x'), orderingKey: 'lobby', content, entryId, ...stamps }
}

/** A deliverer whose ways out keep what they are given and answer with `results`. */
function stage(results: readonly (RecordFailure | undefined)[] | Error = []) {
  const given: { kind: string; streamArn: string; records: readonly StreamRecord[] }[] = []
  const closed: string[] = []
  const sinkOf = (kind: string) => ({
    async put(_target: unknown, streamArn: string, records: readonly StreamRecord[]) {
      given.push({ kind, streamArn, records })
      if (results instanceof Error) throw results
      return records.map((_, index) => results[index])
    },
    close: async () => void closed.push(kind),
  })
  const deliverer = createStreamDeliverer(mapping, {
    kinesis: sinkOf('kinesis'),
    jetstream: sinkOf('jetstream'),
    webhook: sinkOf('webhook'),
  })
  return { deliverer, given, closed }
}

test('each stream goes out the way that the operator has mapped', async () => {
  for (const kind of ['kinesis', 'jetstream', 'webhook']) {
    const { deliverer, given } = stage()
    const outcomes = await deliverer.deliver(arnOf(kind), [entry(1), entry(2)], signal)
    expect(outcomes).toEqual([{ outcome: 'delivered' }, { outcome: 'delivered' }])
    expect(given).toMatchObject([{ kind, streamArn: arnOf(kind) }])
    expect(given[0]?.records.map(({ partitionKey, record }) => [partitionKey, record])).toEqual([
      ['lobby', '{"Id":1}'],
      ['lobby', '{"Id":2}'],
    ])
  }
})

test('an entry has the same id at each attempt, and no other entry has it', async () => {
  const { deliverer, given } = stage()
  const again = { ...entry(1), attemptsCount: 3, createdAt: 99 }
  const others = [entry(2, '{"Id":1}'), entry(1, '{"Id":"of another server"}')]
  await deliverer.deliver(arnOf('webhook'), [entry(1), again, ...others], signal)
  const ids = given[0]?.records.map(({ id }) => id) ?? []
  expect(ids[1]).toBe(ids[0])
  expect(new Set(ids).size).toBe(3)
})

test('what failed by itself may come again, what is refused may not, and the others have arrived', async () => {
  const busy = { reason: 'busy', isRetryable: true, isDestinationDown: false }
  const bad = { reason: 'bad', isRetryable: false, isDestinationDown: false }
  const { deliverer } = stage([busy, undefined, bad])
  expect(await deliverer.deliver(arnOf('kinesis'), [entry(1), entry(2), entry(3)], signal)).toEqual(
    [
      { outcome: 'failed', reason: 'busy', isDestinationDown: false },
      { outcome: 'delivered' },
      { outcome: 'refused', reason: 'bad' },
    ],
  )
})

test('what fails as a whole fails for every entry', async () => {
  const away = new DeliveryError('away', { isRetryable: true, isDestinationDown: true })
  const down = { outcome: 'failed', reason: 'away', isDestinationDown: true }
  const both = [entry(1), entry(2)]
  expect(await stage(away).deliverer.deliver(arnOf('jetstream'), both, signal)).toEqual([
    down,
    down,
  ])
  const refused = new DeliveryError('422', { isRetryable: false, isDestinationDown: false })
  const no = { outcome: 'refused', reason: '422' }
  expect(await stage(refused).deliverer.deliver(arnOf('webhook'), both, signal)).toEqual([no, no])
  const bug = new TypeError('a mistake of ours')
  await expect(stage(bug).deliverer.deliver(arnOf('webhook'), both, signal)).rejects.toBe(bug)
})

test('what waits for a stream that is mapped no longer waits for the operator', async () => {
  const { deliverer, given } = stage()
  const [outcome] = await deliverer.deliver(arnOf('gone'), [entry(1)], signal)
  expect(outcome).toMatchObject({ outcome: 'failed', isDestinationDown: true })
  expect(given).toEqual([])
})

test('records are tried for a day, and in batches that their destination takes', () => {
  const { deliverer } = stage()
  for (const kind of Object.keys(targets)) {
    expect(deliverer.policyOf(arnOf(kind))).toMatchObject({
      ageMsMax: 24 * 60 * 60 * 1000,
      firstPauseMs: 1_000,
      pauseMsMax: 300_000,
      isBatchAtomic: kind === 'webhook',
    })
  }
  const { batchEntriesMax, batchCharactersMax } = deliverer.policyOf(arnOf('kinesis'))
  expect(batchEntriesMax).toBe(500)
  // evidence: docs Kinesis PutRecords, 5 MiB with the keys, at 3 bytes of UTF-8 a character
  expect(batchCharactersMax * 3 + batchEntriesMax * 256).toBeLessThan(5 * 1024 * 1024)
})

test('all ways out are closed with it', async () => {
  const { deliverer, closed } = stage()
  await deliverer.close?.()
  expect(closed.toSorted()).toEqual(['jetstream', 'kinesis', 'webhook'])
})
