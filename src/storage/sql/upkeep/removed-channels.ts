// What removed channels left behind: messages, memberships, roles, then the channel itself. Each
// batch deletes from one table, so that every batch is bounded.
import { sql } from 'kysely'
import type { WriteContext } from '../contexts.ts'
import { defineStatement } from '../statement.ts'

interface ChannelBatch {
  readonly channelKey: number
  readonly limit: number
}

const findRemoved = defineStatement((db, _parameters: object) =>
  db
    .selectFrom('channel')
    .select('channel_key')
    .where(sql<boolean>`removal <> 0`)
    .orderBy('channel_key')
    .limit(sql.lit(1)),
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
  const channelKey = (await context.first(findRemoved, {}))?.channel_key
  if (channelKey === undefined) return 0
  const messages = await context.all(listMessages, { channelKey, limit })
  const last = messages.at(-1)
  if (last !== undefined) {
    const { sub_channel_id: subChannelId, message_id: messageId } = last
    context.change(removeMessages, { channelKey, subChannelId, messageId })
    return messages.length
  }
  for (const { relation, list, remove } of relations) {
    const rows = await context.all(list, { channelKey, limit })
    const upTo = rows.at(-1)?.member_key
    if (upTo === undefined) continue
    if (relation === 'membership') context.change(uncountMemberships, { channelKey, upTo })
    context.change(remove, { channelKey, upTo })
    return rows.length
  }
  context.change(removeActivity, { channelKey })
  context.change(removeChannel, { channelKey })
  return 1
}
