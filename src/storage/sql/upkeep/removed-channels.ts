// What removed channels left behind: messages, memberships, roles, sub-channels, then the channel
// itself. A batch is bounded in its rows, whether these are a part of one channel or many channels
// as a whole.
import { sql } from 'kysely'
import type { WriteContext } from '../contexts.ts'
import { defineStatement, type Queries } from '../statement.ts'
import { purgeStep, type PurgeStep } from './batches.ts'

interface RemovedChannel {
  readonly channelKey: number
}

interface Batch extends RemovedChannel {
  readonly limit: number
}

/** Of one batch: each is half a dozen looks into indexes, on the thread that serves requests. */
const CHANNELS_PER_BATCH = 25

const listRemoved = defineStatement((db, _parameters: object) =>
  db
    .selectFrom('channel')
    .select('channel_key')
    .where(sql<boolean>`removal <> 0`)
    .orderBy('channel_key')
    .limit(sql.lit(CHANNELS_PER_BATCH)),
)

const listMessages = defineStatement((db, { channelKey, limit }: Batch) =>
  db
    .selectFrom('message')
    .select(['sub_channel_id as upToSubChannelId', 'message_id as upToMessageId'])
    .where('channel_key', '=', channelKey)
    .orderBy('sub_channel_id')
    .orderBy('message_id')
    .limit(limit),
)

interface MessageRange extends RemovedChannel {
  readonly upToSubChannelId: string
  readonly upToMessageId: string
}

const removeMessages = defineStatement((db, range: MessageRange) =>
  db
    .deleteFrom('message')
    .where('channel_key', '=', range.channelKey)
    .where(
      sql<boolean>`(sub_channel_id, message_id) <=
        (${range.upToSubChannelId}, ${range.upToMessageId})`,
    ),
)

/** In the order of the index by age: no other begins with the channel. */
const listMemberships = defineStatement((db, { channelKey, limit }: Batch) =>
  db
    .selectFrom('membership')
    .select(['sub_channel_id as upToSubChannelId', 'type as upToType'])
    .select(['created_at as upToCreatedAt', 'member_key as upToMember'])
    .where('channel_key', '=', channelKey)
    .orderBy('sub_channel_id')
    .orderBy('type')
    .orderBy('created_at')
    .orderBy('member_key')
    .limit(limit),
)

interface MembershipRange extends RemovedChannel {
  readonly upToSubChannelId: string
  readonly upToType: string
  readonly upToCreatedAt: number
  readonly upToMember: number
}

function isUpTo(range: MembershipRange) {
  return sql<boolean>`(sub_channel_id, type, created_at, member_key) <=
    (${range.upToSubChannelId}, ${range.upToType}, ${range.upToCreatedAt}, ${range.upToMember})`
}

function membershipsUpTo(db: Queries, range: MembershipRange) {
  return db
    .selectFrom('membership')
    .where('channel_key', '=', range.channelKey)
    .where(isUpTo(range))
}

/** Whoever was a member until now has that much less; removed members are not counted. */
const uncountMemberships = defineStatement((db, range: MembershipRange) =>
  db
    .updateTable('member')
    .set((eb) => ({
      memberships_count: eb(
        'memberships_count',
        '-',
        membershipsUpTo(db, range)
          .select((count) => count.fn.countAll<number>().as('memberships'))
          .whereRef('membership.member_key', '=', sql.ref('member.member_key')),
      ),
    }))
    .where('removal', '=', 0)
    .where('member_key', 'in', membershipsUpTo(db, range).select('membership.member_key')),
)

const removeMemberships = defineStatement((db, range: MembershipRange) =>
  db.deleteFrom('membership').where('channel_key', '=', range.channelKey).where(isUpTo(range)),
)

function purgeOfRole(role: 'moderator' | 'ban'): PurgeStep<Batch> {
  const list = defineStatement((db, { channelKey, limit }: Batch) =>
    db
      .selectFrom(role)
      .select('member_key as upToMember')
      .where('channel_key', '=', channelKey)
      .orderBy('member_key')
      .limit(limit),
  )
  const remove = defineStatement(
    (db, { channelKey, upToMember }: RemovedChannel & { readonly upToMember: number }) =>
      db
        .deleteFrom(role)
        .where('channel_key', '=', channelKey)
        .where('member_key', '<=', upToMember),
  )
  return purgeStep(list, [remove])
}

const listTargeted = defineStatement((db, { channelKey, limit }: Batch) =>
  db
    .selectFrom('targeted_activity')
    .select(['sub_channel_id as upToSubChannelId', 'member_key as upToMember'])
    .where('channel_key', '=', channelKey)
    .orderBy('sub_channel_id')
    .orderBy('member_key')
    .limit(limit),
)

interface TargetedRange extends RemovedChannel {
  readonly upToSubChannelId: string
  readonly upToMember: number
}

const removeTargeted = defineStatement((db, range: TargetedRange) =>
  db
    .deleteFrom('targeted_activity')
    .where('channel_key', '=', range.channelKey)
    .where(
      sql<boolean>`(sub_channel_id, member_key) <=
        (${range.upToSubChannelId}, ${range.upToMember})`,
    ),
)

const listSubChannels = defineStatement((db, { channelKey, limit }: Batch) =>
  db
    .selectFrom('sub_channel')
    .select('sub_channel_id as upToSubChannelId')
    .where('channel_key', '=', channelKey)
    .orderBy('sub_channel_id')
    .limit(limit),
)

const removeSubChannels = defineStatement(
  (db, range: RemovedChannel & { readonly upToSubChannelId: string }) =>
    db
      .deleteFrom('sub_channel')
      .where('channel_key', '=', range.channelKey)
      .where('sub_channel_id', '<=', range.upToSubChannelId),
)

const steps: readonly PurgeStep<Batch>[] = [
  purgeStep(listMessages, [removeMessages]),
  purgeStep(listMemberships, [uncountMemberships, removeMemberships]),
  purgeOfRole('moderator'),
  purgeOfRole('ban'),
  purgeStep(listTargeted, [removeTargeted]),
  purgeStep(listSubChannels, [removeSubChannels]),
]

const removeActivity = defineStatement((db, { channelKey }: RemovedChannel) =>
  db.deleteFrom('channel_activity').where('channel_key', '=', channelKey),
)

const removeChannel = defineStatement((db, { channelKey }: RemovedChannel) =>
  db.deleteFrom('channel').where('channel_key', '=', channelKey),
)

/** As `UpkeepWriter.purgeRemoved`, for channels. */
export async function purgeRemovedChannels(context: WriteContext, limit: number): Promise<number> {
  let left = limit
  for (const { channel_key: channelKey } of await context.all(listRemoved, {})) {
    for (const plan of steps) {
      if (left > 0) left -= await plan(context, { channelKey, limit: left })
    }
    // What was listed in full had less than was left; nobody adds to a channel that is removed.
    if (left <= 0) break
    context.change(removeActivity, { channelKey })
    context.change(removeChannel, { channelKey })
    left--
  }
  return limit - left
}
