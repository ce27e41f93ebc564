// Delivers records of data streams to where the operator has mapped their streams.
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
    batchEntriesMax: 500,
    batchCharactersMax: 1_600_000,
    // Each record of a batch may fail for itself: then none of its channel may be behind it.
    isBatchAtomic: false,
    batchesUnderWayMax: 8,
    attemptMsMax: 10_000,
  },
  jetstream: {
    ...PATIENCE,
    batchEntriesMax: 100,
    batchCharactersMax: 1_000_000,
    isBatchAtomic: false,
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
      try {
        const failures = await put(sinks, target, streamArn, records, signal)
        return entries.map((_, index) => outcomeOf(failures[index]))
      } catch (error) {
        if (!(error instanceof DeliveryError)) throw error
        return entries.map(() => outcomeOf({ ...optionsOf(error), reason: error.message }))
      }
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
): Promise<readonly (RecordFailure | undefined)[]> {
  if (target.kind === 'kinesis') return sinks.kinesis.put(target, streamArn, records, signal)
  if (target.kind === 'jetstream') return sinks.jetstream.put(target, streamArn, records, signal)
  return sinks.webhook.put(target, streamArn, records, signal)
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

function outcomeOf(failure: RecordFailure | undefined): DeliveryOutcome {
  if (failure === undefined) return { outcome: 'delivered' }
  const { reason, isDestinationDown } = failure
  if (!failure.isRetryable) return { outcome: 'refused', reason }
  return { outcome: 'failed', reason, isDestinationDown }
}

function optionsOf({ isRetryable, isDestinationDown }: DeliveryError) {
  return { isRetryable, isDestinationDown }
}

function failed(reason: string): DeliveryOutcome {
  return { outcome: 'failed', reason, isDestinationDown: true }
}
