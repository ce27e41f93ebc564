// The statements on channels, one at a time, without what is made of their rows: that is in
// channels.ts.
import { sql } from 'kysely'
import {
  actorKeyQuery,
  appInstanceKeyQuery,
  channelKeyQuery,
  memberKeyQuery,
  type ActorPlace,
  type ChannelPlace,
  type MemberPlace,
} from '../keys.ts'
import { defineStatement, type Statement } from '../statement.ts'
import { WHOLE_CHANNEL_COLUMNS } from './channel-columns.ts'
import { channelFlowKeyQuery, type ChannelFlowPlace } from './channel-flow-keys.ts'
import { lastMessageFor } from './last-message.ts'

interface AccessParameters extends ChannelPlace {
  readonly memberKind: string
  readonly memberId: string
}

/** One row by unique indexes throughout: the channel and every role that the member may have. */
export const findAccessRow = defineStatement((db, place: AccessParameters) =>
  db
    .selectFrom('app_instance as a')
    .innerJoin('channel as c', 'c.app_instance_key', 'a.app_instance_key')
    .innerJoin('member as creator', 'creator.member_key', 'c.created_by_key')
    .leftJoin('channel_flow as f', 'f.channel_flow_key', 'c.channel_flow_key')
    .leftJoin('member as m', (join) =>
      join
        .onRef('m.app_instance_key', '=', 'a.app_instance_key')
        .on('m.kind', '=', place.memberKind)
        .on('m.member_id', '=', place.memberId)
        .on('m.removal', '=', 0),
    )
    .leftJoin('moderator as o', (join) =>
      join.onRef('o.channel_key', '=', 'c.channel_key').onRef('o.member_key', '=', 'm.member_key'),
    )
    .leftJoin('ban as b', (join) =>
      join.onRef('b.channel_key', '=', 'c.channel_key').onRef('b.member_key', '=', 'm.member_key'),
    )
    .leftJoin('app_instance_admin as d', (join) =>
      join
        .onRef('d.app_instance_key', '=', 'a.app_instance_key')
        .onRef('d.member_key', '=', 'm.member_key'),
    )
    .select([
      ...WHOLE_CHANNEL_COLUMNS,
      'c.channel_key',
      'm.member_key',
      'o.member_key as moderator_key',
      'b.member_key as banned_key',
      'd.member_key as admin_key',
    ])
    // Any of them: in an elastic channel a moderator may have many, all of one type.
    .select((eb) =>
      eb
        .selectFrom('membership as s')
        .select('s.type')
        .whereRef('s.member_key', '=', 'm.member_key')
        .whereRef('s.channel_key', '=', 'c.channel_key')
        .limit(1)
        .as('membership_type'),
    )
    .where('a.arn', '=', place.appInstanceArn)
    .where('a.removal', '=', 0)
    .where('c.channel_id', '=', place.channelId)
    .where('c.removal', '=', 0),
)

export const findLastMessageAt = defineStatement((db, place: ChannelPlace & MemberPlace) =>
  db
    .selectFrom('channel_activity as y')
    .innerJoin('channel as c', 'c.channel_key', 'y.channel_key')
    .leftJoin('targeted_activity as t', (join) =>
      join
        .onRef('t.channel_key', '=', 'y.channel_key')
        .on('t.sub_channel_id', '=', sql.lit(''))
        .on('t.member_key', '=', memberKeyQuery(db, place)),
    )
    .select('t.last_message_at as targeted_at')
    .select(lastMessageFor(db, place).as('last_message_at'))
    .where('y.channel_key', '=', channelKeyQuery(db, place)),
)

export type AccessRow =
  typeof findAccessRow extends Statement<AccessParameters, infer Row> ? Row : never

export interface ReplaceChannelValues extends ChannelPlace, ChannelFlowPlace {
  readonly name: string
  readonly mode: string
  readonly metadata: string | null
  readonly expirationDays: number | null
  readonly expirationCriterion: string | null
  readonly lastUpdatedAt: number
}

interface ChannelValues extends ReplaceChannelValues, ActorPlace {
  readonly arn: string
  readonly privacy: string
  readonly elasticConfiguration: string | null
  readonly createdAt: number
}

export const insertChannelRow = defineStatement((db, values: ChannelValues) =>
  db.insertInto('channel').values({
    app_instance_key: appInstanceKeyQuery(db, values.appInstanceArn),
    channel_id: values.channelId,
    arn: values.arn,
    name: values.name,
    mode: values.mode,
    privacy: values.privacy,
    metadata: values.metadata,
    created_by_key: actorKeyQuery(db, values),
    created_at: values.createdAt,
    last_updated_at: values.lastUpdatedAt,
    channel_flow_key: channelFlowKeyQuery(db, values),
    expiration_days: values.expirationDays,
    expiration_criterion: values.expirationCriterion,
    elastic_configuration: values.elasticConfiguration,
  }),
)

export const insertActivity = defineStatement(
  (db, place: ChannelPlace & { readonly sequence: number }) =>
    db
      .insertInto('channel_activity')
      .columns(['channel_key', 'app_instance_key', 'privacy', 'last_activity'])
      .expression((eb) =>
        eb
          .selectFrom('channel')
          .select(['channel_key', 'app_instance_key', 'privacy'])
          .select(eb.val(place.sequence).as('last_activity'))
          .where('channel_key', '=', channelKeyQuery(db, place)),
      ),
)

export const replaceChannelRow = defineStatement((db, values: ReplaceChannelValues) =>
  db
    .updateTable('channel')
    .set({
      name: values.name,
      mode: values.mode,
      metadata: values.metadata,
      last_updated_at: values.lastUpdatedAt,
      channel_flow_key: channelFlowKeyQuery(db, values),
      expiration_days: values.expirationDays,
      expiration_criterion: values.expirationCriterion,
    })
    .where('channel_key', '=', channelKeyQuery(db, values)),
)

/**
 * The channel is hidden behind its `removal`; its rows wait for the purge. Until then its
 * memberships still count towards the quotas of its members: to put right a hundred thousand
 * members here would hold up every message behind this commit.
 */
export const removalOfChannel = [
  defineStatement((db, place: ChannelPlace) =>
    db
      .updateTable('app_instance')
      .set((eb) => ({ channels_count: eb('channels_count', '-', 1) }))
      .where('app_instance_key', '=', (eb) =>
        eb
          .selectFrom('channel')
          .select('app_instance_key')
          .where('channel_key', '=', channelKeyQuery(db, place)),
      ),
  ),
  defineStatement((db, place: ChannelPlace) =>
    db
      .updateTable('app_instance')
      .set((eb) => ({ elastic_channels_count: eb('elastic_channels_count', '-', 1) }))
      .where('app_instance_key', '=', (eb) =>
        eb
          .selectFrom('channel')
          .select('app_instance_key')
          .where('channel_key', '=', channelKeyQuery(db, place))
          .where('elastic_configuration', 'is not', null),
      ),
  ),
  defineStatement((db, place: ChannelPlace) =>
    db.deleteFrom('channel_activity').where('channel_key', '=', channelKeyQuery(db, place)),
  ),
  defineStatement((db, place: ChannelPlace) =>
    db
      .updateTable('channel')
      // A flow that only this channel used is free.
      .set((eb) => ({ removal: eb.ref('channel_key'), channel_flow_key: null }))
      .where('channel_key', '=', channelKeyQuery(db, place)),
  ),
]
