// Delivers records of data streams to where the operator has mapped their streams. Kinesis and
// JetStream may refuse single records of a batch: then no later one of the same channel may have
// arrived. So they are given one record of each channel at a time, and the next ones when these are
// there. A webhook takes or refuses a batch as a whole.
import { createHash } from 'node:crypto'
import { DeliveryError } from '../../domain/delivery-error.ts'
import { DAY_MS } from '../../domain/expiration.ts'
import type {
  JetStreamTarget,
  KinesisTarget,
  OutboundMapping,
  StreamTarget,
  WebhookTarget,
} from '../../domain/outbound-mapping.ts'
import type { OutboxEntry } from '../../domain/outbox.ts'
import type { Deliverer, DeliveryOutcome, DeliveryPolicy } from '../../ports/outbound.ts'
import type { RecordFailure, StreamRecord, StreamSink } from '../../ports/stream-sinks.ts'
import { failureOfError, outcomeOfFailure } from '../delivery-outcome.ts'

/** The way out for each kind of target. */
export interface StreamSinks {
  readonly kinesis: StreamSink<KinesisTarget>
  readonly jetstream: StreamSink<JetStreamTarget>
  readonly webhook: StreamSink<WebhookTarget>
}

// evidence: inferred (behaviour 6), 24 hours with back-off, then the operator is told. An outage of
// a few minutes is over some minutes later for the last of the channels.
const PATIENCE = {
  attemptsMax: Number.MAX_SAFE_INTEGER,
  ageMsMax: DAY_MS,
  firstPauseMs: 1_000,
  pauseMsMax: 5 * 60 * 1000,
} as const

const POLICIES: Readonly<Record<StreamTarget['kind'], DeliveryPolicy>> = {
  // evidence: docs Kinesis PutRecords, at most 500 records and 5 MiB with their keys. A character
  // has at most 3 bytes of UTF-8, a key at most 256.
  kinesis: {
    ...PATIENCE,
    // Far below it, as a batch may be of one channel alone, and that takes as many calls.
    batchEntriesMax: 128,
    batchCharactersMax: 1_600_000,
    isBatchAtomic: true,
    batchesUnderWayMax: 8,
    attemptMsMax: 10_000,
  },
  jetstream: {
    ...PATIENCE,
    batchEntriesMax: 128,
    batchCharactersMax: 1_000_000,
    isBatchAtomic: true,
    batchesUnderWayMax: 8,
    attemptMsMax: 10_000,
  },
  // 256 KB of records in any writing.
  webhook: {
    ...PATIENCE,
    batchEntriesMax: 100,
    batchCharactersMax: 85_000,
    isBatchAtomic: true,
    batchesUnderWayMax: 4,
    attemptMsMax: 10_000,
  },
}

/** Of a stream that is mapped nowhere any more: it waits for the operator. */
const NOT_MAPPED = 'the stream is mapped nowhere any more'

export function createStreamDeliverer(
  mapping: Pick<OutboundMapping, 'stream'>,
  sinks: StreamSinks,
): Deliverer<'stream'> {
  return {
    kind: 'stream',
    policyOf: (streamArn) => POLICIES[mapping.stream(streamArn)?.kind ?? 'kinesis'],
    async deliver(streamArn, entries, signal) {
      const target = mapping.stream(streamArn)
      if (target === undefined) return entries.map(() => failed(NOT_MAPPED))
      const records = entries.map(recordOf)
      const results = await put(sinks, target, streamArn, records, signal)
      return entries.map((_, index) => outcomeOf(results[index]))
    },
    async close() {
      await Promise.all(Object.values(sinks).map((sink) => sink.close()))
    },
  }
}

function put(
  sinks: StreamSinks,
  target: StreamTarget,
  streamArn: string,
  records: readonly StreamRecord[],
  signal: AbortSignal,
): Promise<Results> {
  const { kinesis, jetstream, webhook } = sinks
  if (target.kind === 'kinesis') {
    return inRounds(records, (some) => kinesis.put(target, streamArn, some, signal))
  }
  if (target.kind === 'jetstream') {
    return inRounds(records, (some) => jetstream.put(target, streamArn, some, signal))
  }
  return inHalves(records, (some) => webhook.put(target, streamArn, some, signal))
}

type Failures = readonly (RecordFailure | undefined)[]
type Put = (records: readonly StreamRecord[]) => Promise<Failures>
/** Of each record; undefined when it arrived. */
type Results = readonly (RecordFailure | typeof NOT_TRIED | undefined)[]

/** It waits for one before it that failed. */
const NOT_TRIED = 'not tried'

/** What failed as a whole failed for each of them. */
async function attempt(records: readonly StreamRecord[], putAll: Put): Promise<Failures> {
  try {
    return await putAll(records)
  } catch (error) {
    if (!(error instanceof DeliveryError)) throw error
    const failure = failureOfError(error)
    return records.map(() => failure)
  }
}

/**
 * All at once. A webhook that refuses them is asked for each half of them, so that those die alone
 * that it refuses by themselves, and a batch that is too large for it becomes smaller ones.
 */
async function inHalves(records: readonly StreamRecord[], putSome: Put): Promise<Results> {
  const failures = await attempt(records, putSome)
  const isRefused = failures[0]?.isRetryable === false
  if (!isRefused || records.length === 1) return failures
  const middle = Math.ceil(records.length / 2)
  const first = await inHalves(records.slice(0, middle), putSome)
  const rest = records.slice(middle)
  // Behind what may still arrive everything waits; so it does when the time is over.
  if (first.some(mayArrive)) return [...first, ...rest.map((): Results[number] => NOT_TRIED)]
  return [...first, ...(await inHalves(rest, putSome))]
}

/** The first of each key, then the next of each whose first has arrived, and so on. */
async function inRounds(records: readonly StreamRecord[], putSome: Put): Promise<Results> {
  const all: Results[number][] = records.map(() => undefined)
  let lanes = lanesOf(records)
  while (lanes.length > 0) {
    const heads = lanes.flatMap(([head]) => head ?? [])
    const results = await attempt(
      heads.map(({ record }) => record),
      putSome,
    )
    for (const [index, lane] of lanes.entries()) {
      const failure = results[index]
      if (failure === undefined) continue
      const [head, ...behind] = lane
      if (head !== undefined) all[head.place] = failure
      // Those behind it wait for it, unless it will never arrive.
      if (failure.isRetryable) for (const { place } of behind) all[place] = NOT_TRIED
    }
    lanes = lanes
      .filter((_, index) => !mayArrive(results[index]))
      .map((lane) => lane.slice(1))
      .filter((lane) => lane.length > 0)
  }
  return all
}

function mayArrive(result: Results[number]): boolean {
  return result === NOT_TRIED || result?.isRetryable === true
}

interface PlacedRecord {
  readonly record: StreamRecord
  /** In the batch. */
  readonly place: number
}

function lanesOf(records: readonly StreamRecord[]): readonly (readonly PlacedRecord[])[] {
  const lanes = new Map<string, PlacedRecord[]>()
  for (const [place, record] of records.entries()) {
    const lane = lanes.get(record.partitionKey)
    if (lane === undefined) lanes.set(record.partitionKey, [{ record, place }])
    else lane.push({ record, place })
  }
  return [...lanes.values()]
}

function recordOf(entry: OutboxEntry<'stream'>): StreamRecord {
  const { record } = entry.content
  return { id: idOf(entry), partitionKey: entry.orderingKey, record }
}

/**
 * Of two servers that lead to one stream, entries with the same number have other records. A dead
 * letter that is tried again keeps its id.
 */
function idOf({ entryId, content }: OutboxEntry<'stream'>): string {
  return createHash('sha256').update(`${entryId} ${content.record}`).digest('hex').slice(0, 32)
}

function outcomeOf(result: Results[number]): DeliveryOutcome {
  if (result === undefined) return { outcome: 'delivered' }
  return result === NOT_TRIED ? { outcome: NOT_TRIED } : outcomeOfFailure(result)
}

function failed(reason: string): DeliveryOutcome {
  return { outcome: 'failed', reason, isDestinationDown: true }
}
