// The statements on memberships, without what is made of their rows: that is in memberships.ts.
import { sql } from 'kysely'
import {
  actorKeyQuery,
  channelKeyQuery,
  memberKeyQuery,
  type ActorPlace,
  type ChannelPlace,
  type MemberPlace,
  type RelationPlace,
  type SubChannelPlace,
} from '../keys.ts'
import { defineStatement, type Queries } from '../statement.ts'

/** Where a membership is found. */
export type MembershipPlace = RelationPlace & SubChannelPlace

function membershipRows(db: Queries) {
  return db
    .selectFrom('membership as s')
    .innerJoin('member as m', 'm.member_key', 's.member_key')
    .innerJoin('member as i', 'i.member_key', 's.invited_by_key')
    .select([
      'm.arn as member_arn',
      'm.name as member_name',
      'i.arn as inviter_arn',
      'i.name as inviter_name',
      's.sub_channel_id',
      's.member_key',
      's.type',
      's.of_moderator',
      's.created_at',
      's.last_updated_at',
    ])
}

export const findMembershipRow = defineStatement((db, place: MembershipPlace) =>
  membershipRows(db)
    .where('s.member_key', '=', memberKeyQuery(db, place))
    .where('s.channel_key', '=', channelKeyQuery(db, place))
    .where('s.sub_channel_id', '=', place.subChannelId),
)

/** The sub-channels of a channel that a member is in. */
export const listSubChannelIds = defineStatement(
  (db, place: { readonly channelKey: number; readonly memberKey: number }) =>
    db
      .selectFrom('membership')
      .select('sub_channel_id')
      .where('member_key', '=', place.memberKey)
      .where('channel_key', '=', place.channelKey)
      .orderBy('sub_channel_id'),
)

interface ListParameters extends SubChannelPlace {
  readonly type: string
  readonly afterValue: number
  readonly afterKey: number
  readonly limit: number
}

export const listMembershipsByAge = defineStatement((db, place: ListParameters) =>
  membershipRows(db)
    .where('s.channel_key', '=', channelKeyQuery(db, place))
    .where('s.sub_channel_id', '=', place.subChannelId)
    .where('s.type', '=', place.type)
    .where('m.removal', '=', 0)
    .where(sql<boolean>`(s.created_at, s.member_key) > (${place.afterValue}, ${place.afterKey})`)
    .orderBy('s.created_at')
    .orderBy('s.member_key')
    .limit(place.limit),
)

/** Only whoever is there still: what is left of removed members is ended elsewhere. */
export const listNewestRegular = defineStatement(
  (db, place: SubChannelPlace & { readonly limit: number }) =>
    membershipRows(db)
      .where('s.channel_key', '=', channelKeyQuery(db, place))
      .where('s.sub_channel_id', '=', place.subChannelId)
      .where('s.type', '=', sql.lit('DEFAULT'))
      .where('s.of_moderator', '=', 0)
      .where('m.removal', '=', 0)
      .orderBy('s.created_at', 'desc')
      .orderBy('s.member_key', 'desc')
      .limit(place.limit),
)

export const listConversationsOfMember = defineStatement((db, place: MemberPlace) =>
  db
    .selectFrom('membership as s')
    .innerJoin('channel as c', 'c.channel_key', 's.channel_key')
    .select(['c.arn', 's.sub_channel_id'])
    .where('s.member_key', '=', memberKeyQuery(db, place))
    .where('c.removal', '=', 0),
)

export const listModeratorMembers = defineStatement((db, place: ChannelPlace) =>
  db
    .selectFrom('moderator as o')
    .innerJoin('member as m', 'm.member_key', 'o.member_key')
    .select('m.arn')
    .where('o.channel_key', '=', channelKeyQuery(db, place))
    .where('m.removal', '=', 0)
    // Once, however many sub-channels it is in.
    .where((eb) =>
      eb.exists(
        eb
          .selectFrom('membership as s')
          .select('s.type')
          .whereRef('s.member_key', '=', 'o.member_key')
          .whereRef('s.channel_key', '=', 'o.channel_key'),
      ),
    ),
)

interface MembershipValues extends SubChannelPlace, MemberPlace, ActorPlace {
  readonly type: string
  readonly ofModerator: number
  readonly createdAt: number
  readonly lastUpdatedAt: number
}

export const insertMembershipRow = defineStatement((db, values: MembershipValues) =>
  db.insertInto('membership').values({
    channel_key: channelKeyQuery(db, values),
    sub_channel_id: values.subChannelId,
    member_key: memberKeyQuery(db, values),
    type: values.type,
    of_moderator: values.ofModerator,
    invited_by_key: actorKeyQuery(db, values),
    created_at: values.createdAt,
    last_updated_at: values.lastUpdatedAt,
  }),
)

export interface MembershipKeyValues {
  readonly channelKey: number
  readonly subChannelId: string
  readonly memberKey: number
  readonly type: string
  readonly ofModerator: number
  readonly invitedByKey: number
  readonly createdAt: number
  readonly lastUpdatedAt: number
}

/** As `insertMembershipRow`, where all keys are known: less than half of the work. */
export const insertMembershipByKeys = defineStatement((db, values: MembershipKeyValues) =>
  db.insertInto('membership').values({
    channel_key: values.channelKey,
    sub_channel_id: values.subChannelId,
    member_key: values.memberKey,
    type: values.type,
    of_moderator: values.ofModerator,
    invited_by_key: values.invitedByKey,
    created_at: values.createdAt,
    last_updated_at: values.lastUpdatedAt,
  }),
)

export const removeMembershipRow = defineStatement((db, place: MembershipPlace) =>
  db
    .deleteFrom('membership')
    .where('member_key', '=', memberKeyQuery(db, place))
    .where('channel_key', '=', channelKeyQuery(db, place))
    .where('sub_channel_id', '=', place.subChannelId),
)

interface TransferValues extends MembershipPlace {
  readonly toSubChannelId: string
  readonly transferredAt: number
}

export const transferMembershipRow = defineStatement((db, values: TransferValues) =>
  db
    .updateTable('membership')
    .set({ sub_channel_id: values.toSubChannelId, last_updated_at: values.transferredAt })
    .where('member_key', '=', memberKeyQuery(db, values))
    .where('channel_key', '=', channelKeyQuery(db, values))
    .where('sub_channel_id', '=', values.subChannelId),
)

export const addModeratorMemberships = defineStatement(
  (db, place: SubChannelPlace & { readonly more: number }) =>
    db
      .updateTable('sub_channel')
      .set((eb) => ({ moderators_count: eb('moderators_count', '+', place.more) }))
      .where('channel_key', '=', channelKeyQuery(db, place))
      .where('sub_channel_id', '=', place.subChannelId),
)
