// The first tables: app instances, members, channels and what connects them, messages, request
// tokens. Each hot table begins its keys with the channel or the app instance, so that it can be
// partitioned.
import type { Compilable, Kysely } from 'kysely'
import { sql } from 'kysely'

const KEY = 'bigint' as const

type Statements = readonly Compilable[]

export function firstLight(db: Kysely<unknown>): Statements {
  return [...singles(db), ...tenants(db), ...channels(db), ...relations(db), ...messages(db)]
}

function singles(db: Kysely<unknown>): Statements {
  const { schema } = db
  return [
    schema
      .createTable('counter')
      .addColumn('name', 'text', (column) => column.primaryKey())
      .addColumn('value', 'bigint', (column) => column.notNull()),
    (db as Kysely<{ counter: { name: string; value: number } }>)
      .insertInto('counter')
      .values({ name: sql.lit('app-instances'), value: sql.lit(0) }),
    schema
      .createTable('request_token')
      .addColumn('scope', 'text', (column) => column.notNull())
      .addColumn('token', 'text', (column) => column.notNull())
      .addColumn('request_hash', 'text', (column) => column.notNull())
      .addColumn('response', 'text', (column) => column.notNull())
      .addColumn('expires_at', 'bigint', (column) => column.notNull())
      .addPrimaryKeyConstraint('request_token_key', ['scope', 'token']),
  ]
}

function tenants({ schema }: Kysely<unknown>): Statements {
  return [
    schema
      .createTable('app_instance')
      .addColumn('app_instance_key', 'integer', (column) => column.primaryKey().autoIncrement())
      .addColumn('arn', 'text', (column) => column.notNull())
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('metadata', 'text')
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addColumn('last_updated_at', 'bigint', (column) => column.notNull())
      .addColumn('removal', KEY, (column) => column.notNull().defaultTo(0))
      .addColumn('users_count', 'bigint', (column) => column.notNull().defaultTo(0))
      .addColumn('admins_count', 'bigint', (column) => column.notNull().defaultTo(0))
      .addColumn('channels_count', 'bigint', (column) => column.notNull().defaultTo(0))
      .addUniqueConstraint('app_instance_by_arn', ['arn', 'removal']),
    schema
      .createIndex('app_instance_by_age')
      .on('app_instance')
      .columns(['removal', 'created_at', 'app_instance_key']),
    schema
      .createTable('member')
      .addColumn('member_key', 'integer', (column) => column.primaryKey().autoIncrement())
      .addColumn('app_instance_key', KEY, (column) =>
        column.notNull().references('app_instance.app_instance_key'),
      )
      .addColumn('kind', 'text', (column) => column.notNull())
      .addColumn('member_id', 'text', (column) => column.notNull())
      .addColumn('arn', 'text', (column) => column.notNull())
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('metadata', 'text')
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addColumn('last_updated_at', 'bigint', (column) => column.notNull())
      .addColumn('removal', KEY, (column) => column.notNull().defaultTo(0))
      .addColumn('memberships_count', 'bigint', (column) => column.notNull().defaultTo(0))
      .addUniqueConstraint('member_by_id', ['app_instance_key', 'kind', 'member_id', 'removal']),
    schema
      .createTable('app_instance_admin')
      .addColumn('app_instance_key', KEY, (column) =>
        column.notNull().references('app_instance.app_instance_key'),
      )
      .addColumn('member_key', KEY, (column) => column.notNull().references('member.member_key'))
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addPrimaryKeyConstraint('app_instance_admin_key', ['app_instance_key', 'member_key']),
  ]
}

function channels({ schema }: Kysely<unknown>): Statements {
  return [
    schema
      .createTable('channel')
      .addColumn('channel_key', 'integer', (column) => column.primaryKey().autoIncrement())
      .addColumn('app_instance_key', KEY, (column) =>
        column.notNull().references('app_instance.app_instance_key'),
      )
      .addColumn('channel_id', 'text', (column) => column.notNull())
      .addColumn('arn', 'text', (column) => column.notNull())
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('mode', 'text', (column) => column.notNull())
      .addColumn('privacy', 'text', (column) => column.notNull())
      .addColumn('metadata', 'text')
      .addColumn('created_by_key', KEY, (column) =>
        column.notNull().references('member.member_key'),
      )
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addColumn('last_updated_at', 'bigint', (column) => column.notNull())
      .addColumn('removal', KEY, (column) => column.notNull().defaultTo(0))
      .addColumn('memberships_count', 'bigint', (column) => column.notNull().defaultTo(0))
      .addColumn('moderators_count', 'bigint', (column) => column.notNull().defaultTo(0))
      .addUniqueConstraint('channel_by_id', ['app_instance_key', 'channel_id', 'removal']),
    schema
      .createTable('channel_activity')
      .addColumn('channel_key', 'integer', (column) =>
        column.primaryKey().references('channel.channel_key'),
      )
      .addColumn('app_instance_key', KEY, (column) => column.notNull())
      .addColumn('privacy', 'text', (column) => column.notNull())
      .addColumn('last_activity', 'bigint', (column) => column.notNull())
      .addColumn('last_message_at', 'bigint'),
    schema
      .createIndex('channel_activity_by_sequence')
      .on('channel_activity')
      .columns(['app_instance_key', 'privacy', 'last_activity', 'channel_key']),
  ]
}

function relations({ schema }: Kysely<unknown>): Statements {
  const roles = (['moderator', 'ban'] as const).flatMap((role) => [
    schema
      .createTable(role)
      .addColumn('channel_key', KEY, (column) => column.notNull().references('channel.channel_key'))
      .addColumn('member_key', KEY, (column) => column.notNull().references('member.member_key'))
      .addColumn('created_by_key', KEY, (column) => column.notNull())
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addPrimaryKeyConstraint(`${role}_key`, ['channel_key', 'member_key']),
    schema.createIndex(`${role}_by_member`).on(role).columns(['member_key', 'channel_key']),
  ])
  return [
    schema
      .createTable('membership')
      .addColumn('channel_key', KEY, (column) => column.notNull().references('channel.channel_key'))
      .addColumn('member_key', KEY, (column) => column.notNull().references('member.member_key'))
      .addColumn('type', 'text', (column) => column.notNull())
      .addColumn('invited_by_key', KEY, (column) => column.notNull())
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addColumn('last_updated_at', 'bigint', (column) => column.notNull())
      .addPrimaryKeyConstraint('membership_key', ['channel_key', 'member_key']),
    schema
      .createIndex('membership_by_age')
      .on('membership')
      .columns(['channel_key', 'type', 'created_at', 'member_key']),
    schema
      .createIndex('membership_by_member')
      .on('membership')
      .columns(['member_key', 'channel_key', 'type']),
    ...roles,
    schema
      .createTable('targeted_activity')
      .addColumn('channel_key', KEY, (column) => column.notNull())
      .addColumn('member_key', KEY, (column) => column.notNull())
      .addColumn('last_message_at', 'bigint', (column) => column.notNull())
      .addPrimaryKeyConstraint('targeted_activity_key', ['channel_key', 'member_key']),
  ]
}

/**
 * Rows lie in the order of arrival under one index. There are no foreign keys: each would cost a
 * look-up per message, and the purge of a member a search through all messages.
 */
function messages({ schema }: Kysely<unknown>): Statements {
  return [
    schema
      .createTable('message')
      .addColumn('channel_key', KEY, (column) => column.notNull())
      .addColumn('sub_channel_id', 'text', (column) => column.notNull())
      .addColumn('message_id', 'text', (column) => column.notNull())
      .addColumn('sender_key', KEY, (column) => column.notNull())
      .addColumn('target_key', KEY)
      .addColumn('type', 'text', (column) => column.notNull())
      .addColumn('status', 'text', (column) => column.notNull())
      .addColumn('content', 'text')
      .addColumn('metadata', 'text')
      .addColumn('content_type', 'text')
      .addColumn('attributes', 'text')
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addColumn('last_updated_at', 'bigint', (column) => column.notNull())
      .addColumn('last_edited_at', 'bigint')
      .addColumn('redacted', 'integer', (column) => column.notNull())
      .addColumn('removed', 'integer', (column) => column.notNull())
      .addColumn('request_token', 'text')
      .addColumn('request_hash', 'text'),
    schema
      .createIndex('message_by_id')
      .unique()
      .on('message')
      .columns(['channel_key', 'sub_channel_id', 'message_id']),
  ]
}
