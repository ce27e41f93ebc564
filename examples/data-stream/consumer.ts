// Reads every record of a Kinesis stream from its beginning, shard after shard, again and again.
import { setTimeout } from 'node:timers/promises'
import type { Kinesis } from '@aws-sdk/client-kinesis'

/** What Carillon puts into a stream, as AWS does. */
export interface StreamRecord {
  readonly EventType: string
  readonly Payload: Readonly<Record<string, unknown>>
}

/** Kinesis allows five reads of a shard in a second. */
const PAUSE_MS = 200

export async function* readRecords(
  kinesis: Kinesis,
  streamName: string,
): AsyncGenerator<StreamRecord> {
  const { Shards = [] } = await kinesis.listShards({ StreamName: streamName })
  const places = await Promise.all(
    Shards.map(async ({ ShardId }) => {
      const { ShardIterator } = await kinesis.getShardIterator({
        StreamName: streamName,
        ShardId,
        ShardIteratorType: 'TRIM_HORIZON',
      })
      return { ShardIterator }
    }),
  )
  for (;;) {
    for (const place of places) {
      const { Records = [], NextShardIterator } = await kinesis.getRecords(place)
      place.ShardIterator = NextShardIterator
      for (const { Data } of Records) {
        yield JSON.parse(Buffer.from(Data ?? []).toString()) as StreamRecord
      }
    }
    await setTimeout(PAUSE_MS)
  }
}
