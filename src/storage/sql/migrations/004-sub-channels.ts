// Sub-channels of elastic channels, and memberships and targeted messages that name theirs.
import type { Compilable, Kysely } from 'kysely'
import { sql } from 'kysely'

const KEY = 'bigint' as const

/** Left out for PostgreSQL, which knows no such tables. */
const WITHOUT_ROWID = sql`without rowid`

type Statements = readonly Compilable[]

export function subChannels(db: Kysely<unknown>): Statements {
  return [...subChannelTable(db), ...membershipTable(db), ...targetedActivityTable(db)]
}

function subChannelTable({ schema }: Kysely<unknown>): Statements {
  return [
    schema
      .createTable('sub_channel')
      .addColumn('channel_key', KEY, (column) => column.notNull().references('channel.channel_key'))
      .addColumn('sub_channel_id', 'text', (column) => column.notNull())
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addColumn('removal', 'integer', (column) => column.notNull().defaultTo(0))
      .addColumn('memberships_count', 'bigint', (column) => column.notNull().defaultTo(0))
      .addColumn('moderators_count', 'bigint', (column) => column.notNull().defaultTo(0))
      .addColumn('counted_sequence', 'bigint', (column) => column.notNull().defaultTo(0))
      .addColumn('last_message_at', 'bigint')
      .addPrimaryKeyConstraint('sub_channel_key', ['channel_key', 'sub_channel_id']),
    schema
      .createIndex('sub_channel_by_age')
      .on('sub_channel')
      .columns(['channel_key', 'removal', 'created_at', 'sub_channel_id']),
    schema
      .createIndex('sub_channel_by_fill')
      .on('sub_channel')
      .columns(['channel_key', 'removal', 'memberships_count', 'created_at', 'sub_channel_id']),
    schema
      .createIndex('sub_channel_removed')
      .on('sub_channel')
      .columns(['channel_key', 'sub_channel_id'])
      .where(sql<boolean>`removal = 1`),
    schema
      .createIndex('channel_that_is_elastic')
      .on('channel')
      .column('channel_key')
      .where(sql<boolean>`elastic_configuration is not null`),
  ]
}

/**
 * Made anew, as its key changes: a moderator may be in many sub-channels of one channel. The key
 * begins with the member, so that it serves as the index by member, too: one index less for each
 * of a million memberships. In SQLite the table itself lies in the order of the key: one tree less
 * again, and what a member is to a channel is found in it without a second look.
 */
function membershipTable(db: Kysely<unknown>): Statements {
  const { schema } = db
  const kept = [
    'channel_key',
    'member_key',
    'type',
    'invited_by_key',
    'created_at',
    'last_updated_at',
    'read_marker_at',
    'preferences',
  ] as const
  return [
    schema.dropIndex('membership_by_age'),
    schema.dropIndex('membership_by_member'),
    schema.alterTable('membership').renameTo('membership_before'),
    schema
      .createTable('membership')
      .addColumn('channel_key', KEY, (column) => column.notNull().references('channel.channel_key'))
      .addColumn('sub_channel_id', 'text', (column) => column.notNull().defaultTo(''))
      .addColumn('member_key', KEY, (column) => column.notNull().references('member.member_key'))
      .addColumn('type', 'text', (column) => column.notNull())
      .addColumn('of_moderator', 'integer', (column) => column.notNull().defaultTo(0))
      .addColumn('invited_by_key', KEY, (column) => column.notNull())
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addColumn('last_updated_at', 'bigint', (column) => column.notNull())
      .addColumn('read_marker_at', 'bigint')
      .addColumn('preferences', 'text')
      .addPrimaryKeyConstraint('membership_place', ['member_key', 'channel_key', 'sub_channel_id'])
      .modifyEnd(WITHOUT_ROWID),
    (db as Kysely<{ membership: Record<string, unknown>; membership_before: object }>)
      .insertInto('membership')
      .columns([...kept])
      .expression((eb) =>
        eb.selectFrom('membership_before').select(kept.map((column) => sql.ref(column).as(column))),
      ),
    schema.dropTable('membership_before'),
    schema
      .createIndex('membership_by_age')
      .on('membership')
      .columns(['channel_key', 'sub_channel_id', 'type', 'created_at', 'member_key']),
  ]
}

/** Made anew, too: a moderator may be targeted in several sub-channels. */
function targetedActivityTable(db: Kysely<unknown>): Statements {
  const { schema } = db
  const kept = ['channel_key', 'member_key', 'last_message_at'] as const
  return [
    schema.alterTable('targeted_activity').renameTo('targeted_activity_before'),
    schema
      .createTable('targeted_activity')
      .addColumn('channel_key', KEY, (column) => column.notNull())
      .addColumn('sub_channel_id', 'text', (column) => column.notNull().defaultTo(''))
      .addColumn('member_key', KEY, (column) => column.notNull())
      .addColumn('last_message_at', 'bigint', (column) => column.notNull())
      .addPrimaryKeyConstraint('targeted_activity_place', [
        'channel_key',
        'sub_channel_id',
        'member_key',
      ]),
    (db as Kysely<{ targeted_activity: Record<string, unknown>; targeted_activity_before: object }>)
      .insertInto('targeted_activity')
      .columns([...kept])
      .expression((eb) =>
        eb
          .selectFrom('targeted_activity_before')
          .select(kept.map((column) => sql.ref(column).as(column))),
      ),
    schema.dropTable('targeted_activity_before'),
  ]
}
