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

function entry(
  entryId: number,
  { text = `{"Id":${entryId}}`, orderingKey = 'lobby' } = {},
): OutboxEntry<'stream'> {
  const stamps = { createdAt: 1, attemptsCount: 0, dueAt: 1 }
  const content = { record: text }
  return { kind: 'stream', target: arnOf('x'), orderingKey, content, entryId, ...stamps }
}

/** Why a record fails, by its text; an Error is thrown, at the call of that number. */
interface Failing {
  readonly records?: Readonly<Record<string, RecordFailure>>
  readonly atCall?: number
  readonly error?: Error
}

/** A deliverer whose ways out keep what they are given. */
function stage({ records: failures = {}, atCall = 0, error }: Failing = {}) {
  const given: { kind: string; streamArn: string; records: readonly StreamRecord[] }[] = []
  const closed: string[] = []
  const sinkOf = (kind: string) => ({
    async put(_target: unknown, streamArn: string, records: readonly StreamRecord[]) {
      given.push({ kind, streamArn, records })
      if (error !== undefined && given.length > atCall) throw error
      return records.map(({ record }) => failures[record])
    },
    close: async () => void closed.push(kind),
  })
  const deliverer = createStreamDeliverer(mapping, {
    kinesis: sinkOf('kinesis'),
    jetstream: sinkOf('jetstream'),
    webhook: sinkOf('webhook'),
  })
  const textsGiven = () => given.map(({ records }) => records.map(({ record }) => record))
  return { deliverer, given, textsGiven, closed }
}

const busy = { reason: 'busy', isRetryable: true, isDestinationDown: false }
const bad = { reason: 'bad', isRetryable: false, isDestinationDown: false }
const away = new DeliveryError('away', { isRetryable: true, isDestinationDown: true })
const delivered = { outcome: 'delivered' }
const failed = { outcome: 'failed', reason: 'busy', isDestinationDown: false }
const refused = { outcome: 'refused', reason: 'bad' }
const untried = { outcome: 'not tried' }
const down = { outcome: 'failed', reason: 'away', isDestinationDown: true }

test('each stream goes out the way that the operator has mapped', async () => {
  for (const kind of ['kinesis', 'jetstream', 'webhook']) {
    const { deliverer, given } = stage()
    const entries = [entry(1), entry(2, { orderingKey: 'hall' })]
    expect(await deliverer.deliver(arnOf(kind), entries, signal)).toEqual([delivered, delivered])
    expect(given).toMatchObject([{ kind, streamArn: arnOf(kind) }])
    expect(given[0]?.records.map(({ partitionKey, record }) => [partitionKey, record])).toEqual([
      ['lobby', '{"Id":1}'],
      ['hall', '{"Id":2}'],
    ])
  }
})

test('an entry has the same id at each attempt, and no other entry has it', async () => {
  const { deliverer, given } = stage()
  const again = { ...entry(1), attemptsCount: 3, createdAt: 99 }
  const others = [entry(2, { text: '{"Id":1}' }), entry(1, { text: '{"Id":"elsewhere"}' })]
  await deliverer.deliver(arnOf('webhook'), [entry(1), again, ...others], signal)
  const ids = given[0]?.records.map(({ id }) => id) ?? []
  expect(ids[1]).toBe(ids[0])
  expect(new Set(ids).size).toBe(3)
})

for (const kind of ['kinesis', 'jetstream']) {
  test(`${kind} is given one record of each channel at a time, all of them in their order`, async () => {
    const keys = ['a', 'b', 'a', 'c', 'a', 'b']
    const entries = keys.map((orderingKey, index) => entry(index, { orderingKey }))
    const { deliverer, textsGiven } = stage()
    const outcomes = await deliverer.deliver(arnOf(kind), entries, signal)
    expect(outcomes).toEqual(keys.map(() => delivered))
    expect(textsGiven()).toEqual([
      ['{"Id":0}', '{"Id":1}', '{"Id":3}'],
      ['{"Id":2}', '{"Id":5}'],
      ['{"Id":4}'],
    ])
  })

  test(`of a record that ${kind} does not take now, those behind it in its channel wait`, async () => {
    const keys = ['a', 'b', 'a', 'a', 'b']
    const entries = keys.map((orderingKey, index) => entry(index, { orderingKey }))
    const { deliverer, textsGiven } = stage({ records: { '{"Id":2}': busy } })
    const outcomes = await deliverer.deliver(arnOf(kind), entries, signal)
    expect(outcomes).toEqual([delivered, delivered, failed, untried, delivered])
    expect(textsGiven().flat()).not.toContain('{"Id":3}')
  })

  test(`one that ${kind} will never take holds up nothing`, async () => {
    const { deliverer } = stage({ records: { '{"Id":1}': bad } })
    const entries = [entry(0), entry(1), entry(2)]
    const outcomes = await deliverer.deliver(arnOf(kind), entries, signal)
    expect(outcomes).toEqual([delivered, refused, delivered])
  })

  test(`what ${kind} has taken before it went away does not come again`, async () => {
    const { deliverer } = stage({ error: away, atCall: 2 })
    const entries = [entry(0), entry(1), entry(2), entry(3)]
    const outcomes = await deliverer.deliver(arnOf(kind), entries, signal)
    expect(outcomes).toEqual([delivered, delivered, down, untried])
  })
}

test('a webhook is given the whole batch at once', async () => {
  const { deliverer, textsGiven } = stage()
  await deliverer.deliver(arnOf('webhook'), [entry(0), entry(1)], signal)
  expect(textsGiven()).toEqual([['{"Id":0}', '{"Id":1}']])
})

/** A deliverer to a webhook that refuses each batch with one of `bad` in it. */
function picky({ bad: refusedIds, awayAtCall = Infinity }: PickyOptions) {
  const texts: string[] = []
  const sink = {
    async put(_target: unknown, _streamArn: string, records: readonly StreamRecord[]) {
      texts.push(records.map(({ record }) => (JSON.parse(record) as { Id: number }).Id).join(' '))
      if (texts.length >= awayAtCall) throw away
      if (records.some(({ record }) => refusedIds.some((id) => record === `{"Id":${id}}`))) {
        throw new DeliveryError('bad', { isRetryable: false, isDestinationDown: false })
      }
      return records.map(() => undefined)
    },
    close: () => Promise.resolve(),
  }
  const deliverer = createStreamDeliverer(mapping, {
    kinesis: sink,
    jetstream: sink,
    webhook: sink,
  })
  return { deliverer, texts }
}
interface PickyOptions {
  readonly bad: readonly number[]
  readonly awayAtCall?: number
}

test('of a batch that a webhook refuses, only the records die that it refuses by themselves', async () => {
  const { deliverer, texts } = picky({ bad: [2, 5] })
  const entries = [1, 2, 3, 4, 5, 6, 7].map((id) => entry(id))
  const outcomes = await deliverer.deliver(arnOf('webhook'), entries, signal)
  expect(outcomes).toEqual(
    entries.map(({ entryId }) => ([2, 5].includes(entryId) ? refused : delivered)),
  )
  const lone = texts.filter((text) => !text.split(' ').some((id) => id === '2' || id === '5'))
  expect(lone.join(' ').split(' '), 'in order, each once').toEqual(['1', '3', '4', '6', '7'])
})

test('a webhook that goes away while it is asked one by one is asked for no later one', async () => {
  const { deliverer, texts } = picky({ bad: [1], awayAtCall: 4 })
  const entries = [1, 2, 3, 4].map((id) => entry(id))
  const outcomes = await deliverer.deliver(arnOf('webhook'), entries, signal)
  expect(texts).toEqual(['1 2 3 4', '1 2', '1', '2'])
  expect(outcomes).toEqual([refused, down, untried, untried])
})

test('what fails as a whole fails for every entry', async () => {
  const both = [entry(1), entry(2)]
  const { deliverer } = stage({ error: away })
  expect(await deliverer.deliver(arnOf('webhook'), both, signal)).toEqual([down, down])
  const others = [entry(1), entry(2, { orderingKey: 'hall' })]
  expect(await deliverer.deliver(arnOf('jetstream'), others, signal)).toEqual([down, down])
  const final = new DeliveryError('bad', { isRetryable: false, isDestinationDown: false })
  const refusing = stage({ error: final }).deliverer
  expect(await refusing.deliver(arnOf('webhook'), both, signal)).toEqual([refused, refused])
  const mistake = new TypeError('a mistake of ours')
  const broken = stage({ error: mistake }).deliverer
  await expect(broken.deliver(arnOf('webhook'), both, signal)).rejects.toBe(mistake)
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
    })
  }
  const { batchEntriesMax, batchCharactersMax } = deliverer.policyOf(arnOf('kinesis'))
  // evidence: docs Kinesis PutRecords, 500 records and 5 MiB with the keys, at 3 bytes a character
  expect(batchEntriesMax).toBeLessThanOrEqual(500)
  expect(batchCharactersMax * 3 + batchEntriesMax * 256).toBeLessThan(5 * 1024 * 1024)
})

test('all ways out are closed with it', async () => {
  const { deliverer, closed } = stage()
  await deliverer.close?.()
  expect(closed.toSorted()).toEqual(['jetstream', 'kinesis', 'webhook'])
})
