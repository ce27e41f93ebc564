// The statements on messages, without what is made of their rows: that is in messages.ts.
import { sql } from 'kysely'
import { channelKeyQuery, memberKeyQuery, type ChannelPlace, type MemberPlace } from '../keys.ts'
import { defineStatement, type Queries } from '../statement.ts'

interface ConversationPlace extends ChannelPlace {
  readonly subChannelId: string
}

interface MessagePlace extends ConversationPlace {
  readonly messageId: string
}

/** By the channel's internal key, for what is found again and again. */
interface KeyedMessagePlace {
  readonly channelKey: number
  readonly subChannelId: string
  readonly messageId: string
}

function messageRows(db: Queries) {
  return db
    .selectFrom('message as g')
    .innerJoin('member as s', 's.member_key', 'g.sender_key')
    .leftJoin('member as t', 't.member_key', 'g.target_key')
    .select([
      'g.message_id',
      'g.sub_channel_id',
      's.arn as sender_arn',
      's.name as sender_name',
      's.removal as sender_removal',
      't.arn as target_arn',
      't.removal as target_removal',
      'g.type',
      'g.status',
      'g.content',
      'g.metadata',
      'g.content_type',
      'g.attributes',
      'g.created_at',
      'g.last_updated_at',
      'g.last_edited_at',
      'g.redacted',
    ])
}

/** With a sub-channel its messages are gone at once; their rows wait for the purge. */
function isLiving(
  db: Queries,
  channelKey: number | ReturnType<typeof channelKeyQuery>,
  subChannelId: string,
) {
  const subChannel = db
    .selectFrom('sub_channel')
    .select('sub_channel_id')
    .where('channel_key', '=', channelKey)
    .where('sub_channel_id', '=', subChannelId)
    .where('removal', '=', 0)
  return sql<boolean>`(${subChannelId} = '' or exists ${subChannel})`
}

export const findMessageById = defineStatement((db, place: KeyedMessagePlace) =>
  messageRows(db)
    .where('g.channel_key', '=', place.channelKey)
    .where('g.sub_channel_id', '=', place.subChannelId)
    .where('g.message_id', '=', place.messageId)
    .where('g.removed', '=', 0)
    .where(isLiving(db, place.channelKey, place.subChannelId)),
)

interface ListParameters extends ConversationPlace, MemberPlace {
  readonly from: string
  readonly before: string
  readonly limit: number
}

function listRows(direction: 'asc' | 'desc') {
  return defineStatement((db, place: ListParameters) =>
    messageRows(db)
      .select('g.removed')
      .select((eb) =>
        eb
          .or([
            eb('g.sender_key', '=', memberKeyQuery(db, place)),
            eb.and([
              eb('g.status', '=', sql.lit('SENT')),
              eb.or([
                eb('g.target_key', 'is', null),
                eb('g.target_key', '=', memberKeyQuery(db, place)),
              ]),
            ]),
          ])
          .as('visible'),
      )
      .where('g.channel_key', '=', channelKeyQuery(db, place))
      .where('g.sub_channel_id', '=', place.subChannelId)
      .where('g.message_id', '>=', place.from)
      .where('g.message_id', '<', place.before)
      .where(isLiving(db, channelKeyQuery(db, place), place.subChannelId))
      .orderBy('g.message_id', direction)
      .limit(place.limit),
  )
}

export const listMessagesAscending = listRows('asc')
export const listMessagesDescending = listRows('desc')

interface TokenParameters {
  readonly channelKey: number
  readonly subChannelId: string
  readonly from: string
  readonly before: string
  readonly senderKey: number
  readonly token: string
}

/**
 * The message of a request token, tombstone or not; the range holds the one instant it can have.
 */
export const findMessageByToken = defineStatement((db, place: TokenParameters) =>
  messageRows(db)
    .select('g.request_hash')
    .where('g.channel_key', '=', place.channelKey)
    .where('g.sub_channel_id', '=', place.subChannelId)
    .where('g.message_id', '>=', place.from)
    .where('g.message_id', '<', place.before)
    .where('g.sender_key', '=', place.senderKey)
    .where('g.request_token', '=', place.token)
    .where(isLiving(db, place.channelKey, place.subChannelId)),
)

interface RecentParameters {
  readonly channelKey: number
  readonly subChannelId: string
  readonly behind: string
  readonly limit: number
}

/** The request tokens behind an id, to fill an index in memory. */
export const listRecentTokens = defineStatement((db, place: RecentParameters) =>
  db
    .selectFrom('message')
    .select(['message_id', 'sender_key', 'request_token', 'created_at'])
    .where('channel_key', '=', place.channelKey)
    .where('sub_channel_id', '=', place.subChannelId)
    .where('message_id', '>', place.behind)
    .orderBy('message_id')
    .limit(place.limit),
)

/** The newest message of a conversation, whatever became of it. */
export const findLastInstant = defineStatement(
  (db, place: { readonly channelKey: number; readonly subChannelId: string }) =>
    db
      .selectFrom('message')
      .select('created_at')
      .where('channel_key', '=', place.channelKey)
      .where('sub_channel_id', '=', place.subChannelId)
      .orderBy('message_id', 'desc')
      .limit(1),
)

export const findChannelKey = defineStatement((db, place: ChannelPlace) =>
  channelKeyQuery(db, place),
)
export const findMemberKey = defineStatement((db, place: MemberPlace) => memberKeyQuery(db, place))

export interface MessageValues {
  readonly channelKey: number
  readonly subChannelId: string
  readonly messageId: string
  readonly senderKey: number
  readonly targetKey: number | null
  readonly type: string
  readonly status: string
  readonly content: string | null
  readonly metadata: string | null
  readonly contentType: string | null
  readonly attributes: string | null
  readonly createdAt: number
  readonly requestToken: string | null
  readonly requestHash: string | null
}

export const insertMessage = defineStatement((db, values: MessageValues) =>
  db.insertInto('message').values({
    channel_key: values.channelKey,
    sub_channel_id: values.subChannelId,
    message_id: values.messageId,
    sender_key: values.senderKey,
    target_key: values.targetKey,
    type: values.type,
    status: values.status,
    content: values.content,
    metadata: values.metadata,
    content_type: values.contentType,
    attributes: values.attributes,
    created_at: values.createdAt,
    last_updated_at: values.createdAt,
    last_edited_at: sql.lit(null),
    redacted: 0,
    removed: 0,
    request_token: values.requestToken,
    request_hash: values.requestHash,
  }),
)

export interface ActivityValues {
  readonly channelKey: number
  readonly sequence: number
  /** 0 when every message was targeted, unless the channel is elastic. */
  readonly lastMessageAt: number
}

/** Never moves back; a channel that was removed meanwhile has no row to move. */
export const moveActivity = defineStatement((db, values: ActivityValues) =>
  db
    .updateTable('channel_activity')
    .set({
      last_activity: values.sequence,
      last_message_at: sql<number>`case when coalesce(last_message_at, 0) < ${values.lastMessageAt}
        then ${values.lastMessageAt} else last_message_at end`,
    })
    .where('channel_key', '=', values.channelKey),
)

export interface SubChannelActivityValues {
  readonly channelKey: number
  readonly subChannelId: string
  readonly lastMessageAt: number
}

/** Never moves back. */
export const moveSubChannelActivity = defineStatement((db, values: SubChannelActivityValues) =>
  db
    .updateTable('sub_channel')
    .set({ last_message_at: values.lastMessageAt })
    .where('channel_key', '=', values.channelKey)
    .where('sub_channel_id', '=', values.subChannelId)
    .where(sql<boolean>`coalesce(last_message_at, 0) < ${values.lastMessageAt}`),
)

interface TargetedValues {
  readonly channelKey: number
  readonly subChannelId: string
  readonly memberKey: number
  readonly createdAt: number
}

/** Never moves back. */
export const moveTargetedActivity = defineStatement((db, values: TargetedValues) =>
  db
    .insertInto('targeted_activity')
    .values({
      channel_key: values.channelKey,
      sub_channel_id: values.subChannelId,
      member_key: values.memberKey,
      last_message_at: values.createdAt,
    })
    .onConflict((conflict) =>
      conflict.columns(['channel_key', 'sub_channel_id', 'member_key']).doUpdateSet({
        last_message_at: sql<number>`case
            when targeted_activity.last_message_at < excluded.last_message_at
            then excluded.last_message_at else targeted_activity.last_message_at end`,
      }),
    ),
)

interface ReplaceValues extends MessagePlace {
  readonly status: string
  readonly content: string | null
  readonly metadata: string | null
  readonly contentType: string | null
  readonly attributes: string | null
  readonly lastUpdatedAt: number
  readonly lastEditedAt: number | null
  readonly redacted: number
}

export const replaceMessageRow = defineStatement((db, values: ReplaceValues) =>
  db
    .updateTable('message')
    .set({
      status: values.status,
      content: values.content,
      metadata: values.metadata,
      content_type: values.contentType,
      attributes: values.attributes,
      last_updated_at: values.lastUpdatedAt,
      last_edited_at: values.lastEditedAt,
      redacted: values.redacted,
    })
    .where('channel_key', '=', channelKeyQuery(db, values))
    .where('sub_channel_id', '=', values.subChannelId)
    .where('message_id', '=', values.messageId)
    .where('removed', '=', 0),
)

export const removeMessageRow = defineStatement((db, place: MessagePlace) =>
  db
    .updateTable('message')
    .set({ removed: 1, content: null, metadata: null, attributes: null })
    .where('channel_key', '=', channelKeyQuery(db, place))
    .where('sub_channel_id', '=', place.subChannelId)
    .where('message_id', '=', place.messageId),
)
