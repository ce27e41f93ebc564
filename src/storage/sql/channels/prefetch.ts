// The channels that a member's new session is shown first. The database sorts all memberships and
// hands over the few that are wanted, however many channels the member is in.
import { sql } from 'kysely'
import type { ChannelArn, MemberArn } from '../../../base/arn.ts'
import type { ConversationReference } from '../../../ports/conversation-reference.ts'
import type { PrefetchOrder } from '../../../ports/store-moderation.ts'
import type { ReadContext } from '../contexts.ts'
import { memberKeyQuery, memberPlaceOf, type MemberPlace } from '../keys.ts'
import { defineStatement, type Queries } from '../statement.ts'
import { lastMessageIn } from './last-message.ts'

interface PrefetchParameters extends MemberPlace {
  readonly limit: number
}

/** The last message that the member may see; 0 while there is none. */
function lastSeenable(db: Queries) {
  const shared = lastMessageIn(db, {
    channelKey: 's.channel_key',
    subChannelId: 's.sub_channel_id',
    lastMessageAt: 'y.last_message_at',
  })
  return sql<number>`case when coalesce(t.last_message_at, 0) > coalesce(${shared}, 0)
    then t.last_message_at else coalesce(${shared}, 0) end`
}

/** Never read counts from the beginning of time. */
function isUnread(db: Queries) {
  return sql<number>`case
    when ${lastSeenable(db)} > coalesce(s.read_marker_at, 0) then 1 else 0 end`
}

function prefetchStatement(order: PrefetchOrder) {
  return defineStatement((db, place: PrefetchParameters) => {
    const first = db
      .selectFrom('membership as s')
      .innerJoin('channel_activity as y', 'y.channel_key', 's.channel_key')
      .leftJoin('targeted_activity as t', (join) =>
        join
          .onRef('t.channel_key', '=', 's.channel_key')
          .onRef('t.sub_channel_id', '=', 's.sub_channel_id')
          .onRef('t.member_key', '=', 's.member_key'),
      )
      .select([
        's.channel_key',
        's.sub_channel_id',
        lastSeenable(db).as('last_at'),
        (order === 'unread' ? isUnread(db) : sql<number>`0`).as('rank'),
      ])
      .where('s.member_key', '=', memberKeyQuery(db, place))
      .orderBy('rank', 'desc')
      .orderBy('last_at', 'desc')
      .orderBy('s.channel_key', 'desc')
      .orderBy('s.sub_channel_id', 'desc')
      .limit(place.limit)
    return db
      .selectFrom(first.as('n'))
      .innerJoin('channel as c', 'c.channel_key', 'n.channel_key')
      .select(['c.arn', 'n.sub_channel_id'])
      .where('c.removal', '=', 0)
      .orderBy('n.rank', 'desc')
      .orderBy('n.last_at', 'desc')
      .orderBy('n.channel_key', 'desc')
      .orderBy('n.sub_channel_id', 'desc')
  })
}

const STATEMENTS: Readonly<Record<PrefetchOrder, ReturnType<typeof prefetchStatement>>> = {
  unread: prefetchStatement('unread'),
  'last-message-timestamp': prefetchStatement('last-message-timestamp'),
}

/** The contract is that of `listForPrefetch` in the port. */
export async function listForPrefetch(
  context: ReadContext,
  memberArn: MemberArn,
  order: PrefetchOrder,
  limit: number,
): Promise<readonly ConversationReference[]> {
  context.dependOn(memberArn)
  const rows = await context.all(STATEMENTS[order], { ...memberPlaceOf(memberArn), limit })
  return rows.map((row) => ({
    channelArn: row.arn as ChannelArn,
    subChannelId: row.sub_channel_id,
  }))
}
