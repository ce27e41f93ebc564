// Puts records into Kinesis data streams, or whatever speaks its API at AWS_ENDPOINT_URL_KINESIS.
import {
  KinesisClient,
  PutRecordsCommand,
  type PutRecordsResultEntry,
} from '@aws-sdk/client-kinesis'
import type { Clock } from '../base/clock.ts'
import { DeliveryError } from '../domain/delivery-error.ts'
import type { KinesisTarget } from '../domain/outbound-mapping.ts'
import { parseStreamArn } from '../domain/stream-record.ts'
import type { RecordFailure, StreamRecord, StreamSink } from '../ports/stream-sinks.ts'
import { awsFailureOf } from './aws-failure.ts'
import { RegionalClients } from './regional-clients.ts'
import { untilAborted } from './until-aborted.ts'

/**
 * The streams and their credentials are found as AWS's own programs find them. A failed record does
 * not keep the others of its batch from arriving.
 */
export function createKinesisSink(clock: Clock): StreamSink<KinesisTarget> {
  const clients = new RegionalClients((settings) => new KinesisClient(settings))
  return {
    async put(_target, streamArn, records, signal) {
      const stream = parseStreamArn(streamArn)
      if (stream === undefined) throw unusable('the ARN is not that of a Kinesis data stream')
      const command = new PutRecordsCommand({
        // Not by its ARN, which stand-ins for Kinesis do not know.
        StreamName: stream.name,
        Records: records.map(({ partitionKey, record }) => ({
          PartitionKey: partitionKey,
          Data: Buffer.from(record),
        })),
      })
      const sent = clients.of(stream.region).send(command, { abortSignal: signal })
      try {
        const { Records = [] } = await untilAborted(sent, signal)
        return failuresOf(records, Records)
      } catch (error) {
        throw deliveryErrorOf(error, clock.now())
      }
    },
    async close() {
      clients.close()
    },
  }
}

/** A record arrived if it has a sequence number. */
// evidence: docs Kinesis PutRecords; of codes it lists ProvisionedThroughputExceededException and
// InternalFailure, which are about single shards
function failuresOf(
  records: readonly StreamRecord[],
  results: readonly PutRecordsResultEntry[],
): readonly (RecordFailure | undefined)[] {
  return records.map((_, index) => {
    const result = results[index]
    if (result?.SequenceNumber !== undefined && result.ErrorCode === undefined) return undefined
    const reason = `Kinesis refused the record: ${result?.ErrorCode ?? 'it says nothing of it'}`
    return { reason, isRetryable: true, isDestinationDown: false }
  })
}

function deliveryErrorOf(error: unknown, now: number): DeliveryError {
  if (error instanceof DeliveryError) return error
  const { name, status, code, retryAfterMs } = awsFailureOf(error, now)
  const coded = code === undefined ? '' : ` ${code}`
  const answered = status === undefined ? '' : ` (${status})`
  return unusable(`Kinesis took nothing: ${name}${coded}${answered}`, status, retryAfterMs)
}

/** The operator may still make the stream, or let us in; and time may help what is throttled. */
function unusable(message: string, status?: number, retryAfterMs?: number): DeliveryError {
  const isDown = { isRetryable: true, isDestinationDown: true }
  return new DeliveryError(message, { ...isDown, status, retryAfterMs })
}
