// What sub-channels left behind that were taken apart: messages with their request tokens, then
// the sub-channel itself. Memberships of removed members may name it still: ending these is the
// business of member-removal.ts, which counts them out of the channel.
import { sql } from 'kysely'
import type { WriteContext } from '../contexts.ts'
import { defineStatement } from '../statement.ts'
import { purgeStep, type PurgeStep } from './batches.ts'

interface RemovedSubChannel {
  readonly channelKey: number
  readonly subChannelId: string
}

interface Batch extends RemovedSubChannel {
  readonly limit: number
}

/** Of one batch: each is a few looks into indexes, on the thread that serves requests. */
const SUB_CHANNELS_PER_BATCH = 25

const listRemoved = defineStatement((db, _parameters: object) =>
  db
    .selectFrom('sub_channel')
    .select(['channel_key', 'sub_channel_id'])
    .where(sql<boolean>`removal = 1`)
    .orderBy('channel_key')
    .orderBy('sub_channel_id')
    .limit(sql.lit(SUB_CHANNELS_PER_BATCH)),
)

const listMessages = defineStatement((db, { channelKey, subChannelId, limit }: Batch) =>
  db
    .selectFrom('message')
    .select('message_id as upToMessageId')
    .where('channel_key', '=', channelKey)
    .where('sub_channel_id', '=', subChannelId)
    .orderBy('message_id')
    .limit(limit),
)

const removeMessages = defineStatement(
  (db, range: RemovedSubChannel & { readonly upToMessageId: string }) =>
    db
      .deleteFrom('message')
      .where('channel_key', '=', range.channelKey)
      .where('sub_channel_id', '=', range.subChannelId)
      .where('message_id', '<=', range.upToMessageId),
)

const listTargeted = defineStatement((db, { channelKey, subChannelId, limit }: Batch) =>
  db
    .selectFrom('targeted_activity')
    .select('member_key as upToMember')
    .where('channel_key', '=', channelKey)
    .where('sub_channel_id', '=', subChannelId)
    .orderBy('member_key')
    .limit(limit),
)

const removeTargeted = defineStatement(
  (db, range: RemovedSubChannel & { readonly upToMember: number }) =>
    db
      .deleteFrom('targeted_activity')
      .where('channel_key', '=', range.channelKey)
      .where('sub_channel_id', '=', range.subChannelId)
      .where('member_key', '<=', range.upToMember),
)

const removeSubChannel = defineStatement((db, place: RemovedSubChannel) =>
  db
    .deleteFrom('sub_channel')
    .where('channel_key', '=', place.channelKey)
    .where('sub_channel_id', '=', place.subChannelId),
)

const steps: readonly PurgeStep<Batch>[] = [
  purgeStep(listMessages, [removeMessages]),
  purgeStep(listTargeted, [removeTargeted]),
]

/** As `UpkeepWriter.purgeRemoved`, for sub-channels. */
export async function purgeRemovedSubChannels(
  context: WriteContext,
  limit: number,
): Promise<number> {
  let left = limit
  for (const row of await context.all(listRemoved, {})) {
    const place = { channelKey: row.channel_key, subChannelId: row.sub_channel_id }
    for (const plan of steps) {
      if (left > 0) left -= await plan(context, { ...place, limit: left })
    }
    // What was listed in full had less than was left; nobody speaks in one that is removed.
    if (left <= 0) break
    context.change(removeSubChannel, place)
    left--
  }
  return limit - left
}
