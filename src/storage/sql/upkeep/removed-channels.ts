// What removed channels left behind: messages, memberships, roles, then the channel itself. A batch
// is bounded in its rows, whether these are a part of one channel or many channels as a whole.
import { sql } from 'kysely'
import type { WriteContext } from '../contexts.ts'
import { defineStatement } from '../statement.ts'

interface ChannelBatch {
  readonly channelKey: number
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

const listMessages = defineStatement((db, { channelKey, limit }: ChannelBatch) =>
  db
    .selectFrom('message')
    .select(['sub_channel_id', 'message_id'])
    .where('channel_key', '=', channelKey)
    .orderBy('sub_channel_id')
    .orderBy('message_id')
    .limit(limit),
)

const removeMessages = defineStatement(
  (db, place: { channelKey: number; subChannelId: string; messageId: string }) =>
    db
      .deleteFrom('message')
      .where('channel_key', '=', place.channelKey)
      .where(
        sql<boolean>`(sub_channel_id, message_id) <= (${place.subChannelId}, ${place.messageId})`,
      ),
)

const RELATIONS = ['membership', 'moderator', 'ban', 'targeted_activity'] as const
type Relation = (typeof RELATIONS)[number]

function listMembers(relation: Relation) {
  return defineStatement((db, { channelKey, limit }: ChannelBatch) =>
    db
      .selectFrom(relation)
      .select('member_key')
      .where('channel_key', '=', channelKey)
      .orderBy('member_key')
      .limit(limit),
  )
}

interface MemberRange {
  readonly channelKey: number
  readonly upTo: number
}

function removeMembers(relation: Relation) {
  return defineStatement((db, { channelKey, upTo }: MemberRange) =>
    db.deleteFrom(relation).where('channel_key', '=', channelKey).where('member_key', '<=', upTo),
  )
}

const relations = RELATIONS.map((relation) => ({
  relation,
  list: listMembers(relation),
  remove: removeMembers(relation),
}))

/** Whoever was a member until now has one membership less; removed members are not counted. */
const uncountMemberships = defineStatement((db, { channelKey, upTo }: MemberRange) =>
  db
    .updateTable('member')
    .set((eb) => ({ memberships_count: eb('memberships_count', '-', 1) }))
    .where('removal', '=', 0)
    .where('member_key', 'in', (eb) =>
      eb
        .selectFrom('membership')
        .select('member_key')
        .where('channel_key', '=', channelKey)
        .where('member_key', '<=', upTo),
    ),
)

const removeActivity = defineStatement((db, { channelKey }: { channelKey: number }) =>
  db.deleteFrom('channel_activity').where('channel_key', '=', channelKey),
)

const removeChannel = defineStatement((db, { channelKey }: { channelKey: number }) =>
  db.deleteFrom('channel').where('channel_key', '=', channelKey),
)

/** As `UpkeepWriter.purgeRemoved`, for channels. */
export async function purgeRemovedChannels(context: WriteContext, limit: number): Promise<number> {
  let left = limit
  for (const { channel_key: channelKey } of await context.all(listRemoved, {})) {
    left -= await planMessages(context, { channelKey, limit: left })
    for (const relation of relations) {
      if (left > 0) left -= await planRelation(context, { channelKey, limit: left }, relation)
    }
    // What was listed in full had less than was left; nobody adds to a channel that is removed.
    if (left <= 0) break
    context.change(removeActivity, { channelKey })
    context.change(removeChannel, { channelKey })
    left--
  }
  return limit - left
}

/** Plans to remove the first messages; resolves with how many. */
async function planMessages(context: WriteContext, batch: ChannelBatch): Promise<number> {
  const rows = await context.all(listMessages, batch)
  const last = rows.at(-1)
  if (last === undefined) return 0
  const { sub_channel_id: subChannelId, message_id: messageId } = last
  context.change(removeMessages, { channelKey: batch.channelKey, subChannelId, messageId })
  return rows.length
}

async function planRelation(
  context: WriteContext,
  batch: ChannelBatch,
  { relation, list, remove }: (typeof relations)[number],
): Promise<number> {
  const rows = await context.all(list, batch)
  const upTo = rows.at(-1)?.member_key
  if (upTo === undefined) return 0
  const range = { channelKey: batch.channelKey, upTo }
  if (relation === 'membership') context.change(uncountMemberships, range)
  context.change(remove, range)
  return rows.length
}
