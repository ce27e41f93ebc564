// When the last message was created that someone may see, as an expression of statements: of the
// channel, or in an elastic channel of the sub-channels that one is in. What is said in the others
// shows nowhere, not even as an instant.
import { sql, type RawBuilder } from 'kysely'
import { memberKeyQuery, type MemberPlace } from '../keys.ts'
import type { Queries } from '../statement.ts'

/** The names of columns. */
interface Conversation {
  readonly channelKey: string
  readonly subChannelId: string
  /** When the last message of the whole channel was created. */
  readonly lastMessageAt: string
}

/** Of the messages that everybody in one conversation may see. */
export function lastMessageIn(db: Queries, names: Conversation): RawBuilder<number | null> {
  const ofSubChannel = db
    .selectFrom('sub_channel as u')
    .select('u.last_message_at')
    .where('u.channel_key', '=', sql.ref<number>(names.channelKey))
    .where('u.sub_channel_id', '=', sql.ref<string>(names.subChannelId))
  return sql`case when ${sql.ref(names.subChannelId)} = ''
    then ${sql.ref(names.lastMessageAt)} else ${ofSubChannel} end`
}

/**
 * In a statement with the channel as `c` and its activity as `y`. Targeted messages count in
 * elastic channels only: in others they are joined for all rows at once.
 */
export function lastMessageFor(db: Queries, viewer: MemberPlace): RawBuilder<number | null> {
  const newest = sql<number | null>`max(case
    when w.last_message_at is null or u.last_message_at > w.last_message_at
    then u.last_message_at else w.last_message_at end)`
  const ofOwnSubChannels = db
    .selectFrom('membership as v')
    .innerJoin('sub_channel as u', (join) =>
      join
        .onRef('u.channel_key', '=', 'v.channel_key')
        .onRef('u.sub_channel_id', '=', 'v.sub_channel_id'),
    )
    .leftJoin('targeted_activity as w', (join) =>
      join
        .onRef('w.channel_key', '=', 'v.channel_key')
        .onRef('w.sub_channel_id', '=', 'v.sub_channel_id')
        .onRef('w.member_key', '=', 'v.member_key'),
    )
    .select(newest.as('newest'))
    .where('v.member_key', '=', memberKeyQuery(db, viewer))
    .where('v.channel_key', '=', sql.ref<number>('c.channel_key'))
  return sql`case when c.elastic_configuration is null
    then y.last_message_at else ${ofOwnSubChannels} end`
}
