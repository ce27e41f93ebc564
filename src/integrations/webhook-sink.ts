// Posts records of data streams to webhooks: a batch in one request, which arrives as a whole.
import { createHash } from 'node:crypto'
import { DeliveryError } from '../domain/delivery-error.ts'
import type { WebhookTarget } from '../domain/outbound-mapping.ts'
import type { StreamRecord, StreamSink } from '../ports/stream-sinks.ts'
import type { WebhookClient } from './webhook-client.ts'

/** Answers that speak of what was sent. All others may change when the receiver is put right. */
const REFUSALS: ReadonlySet<number | undefined> = new Set([400, 413, 422])

/** The body is `{"StreamArn": …, "Records": [{"Id": …, "PartitionKey": …, "Record": {…}}]}`. */
export function createWebhookSink(client: Pick<WebhookClient, 'post'>): StreamSink<WebhookTarget> {
  return {
    async put(target, streamArn, records, signal) {
      try {
        const body = bodyOf(streamArn, records)
        await client.post(target, { kind: 'stream', id: idOf(records), body, signal })
        return records.map(() => undefined)
      } catch (error) {
        throw deliveryErrorOf(error)
      }
    },
    close: () => Promise.resolve(),
  }
}

function bodyOf(streamArn: string, records: readonly StreamRecord[]): string {
  const texts = records.map(({ id, partitionKey, record }) => {
    // The record is JSON already, and to stay as it is.
    const head = `{"Id":${JSON.stringify(id)},"PartitionKey":${JSON.stringify(partitionKey)}`
    return `${head},"Record":${record}}`
  })
  return `{"StreamArn":${JSON.stringify(streamArn)},"Records":[${texts.join(',')}]}`
}

/** Another batch has another id, even if it begins with the same record. */
function idOf(records: readonly StreamRecord[]): string {
  const hash = createHash('sha256')
  for (const { id } of records) hash.update(`${id} `)
  return hash.digest('base64url')
}

function deliveryErrorOf(error: unknown): DeliveryError {
  if (!(error instanceof DeliveryError)) throw error
  const { message, status, retryAfterMs } = error
  const isRefused = REFUSALS.has(status)
  return new DeliveryError(message, {
    isRetryable: !isRefused,
    isDestinationDown: !isRefused,
    status,
    retryAfterMs,
  })
}
