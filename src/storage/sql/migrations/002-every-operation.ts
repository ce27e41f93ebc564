// What the rest of the operations keep: settings of channels, members and app instances, flows,
// endpoints and tags.
import type { Compilable, Kysely } from 'kysely'
import { sql } from 'kysely'

const KEY = 'bigint' as const

type Statements = readonly Compilable[]

export function everyOperation(db: Kysely<unknown>): Statements {
  return [
    ...appInstances(db),
    ...members(db),
    ...flows(db),
    ...channels(db),
    ...memberships(db),
    ...upkeep(db),
  ]
}

function appInstances({ schema }: Kysely<unknown>): Statements {
  const counts = ['bots_count', 'channel_flows_count', 'elastic_channels_count'] as const
  return [
    schema.alterTable('app_instance').addColumn('tags', 'text'),
    schema.alterTable('app_instance').addColumn('retention_days', 'bigint'),
    schema.alterTable('app_instance').addColumn('initiate_deletion_at', 'bigint'),
    schema.alterTable('app_instance').addColumn('streaming_configurations', 'text'),
    ...counts.map((count) =>
      schema
        .alterTable('app_instance')
        .addColumn(count, 'bigint', (column) => column.notNull().defaultTo(0)),
    ),
  ]
}

function members({ schema }: Kysely<unknown>): Statements {
  return [
    schema.alterTable('member').addColumn('tags', 'text'),
    schema.alterTable('member').addColumn('expiration_days', 'bigint'),
    schema.alterTable('member').addColumn('configuration', 'text'),
    schema
      .alterTable('member')
      .addColumn('endpoints_count', 'bigint', (column) => column.notNull().defaultTo(0)),
    schema
      .alterTable('member')
      .addColumn('relations_left', 'integer', (column) => column.notNull().defaultTo(0)),
    schema
      .createIndex('member_with_relations_left')
      .on('member')
      .column('member_key')
      .where(sql<boolean>`relations_left = 1`),
    schema
      .createIndex('member_that_expires')
      .on('member')
      .column('member_key')
      .where(sql<boolean>`expiration_days is not null`),
    schema
      .createTable('endpoint')
      .addColumn('member_key', KEY, (column) => column.notNull().references('member.member_key'))
      .addColumn('endpoint_id', 'text', (column) => column.notNull())
      .addColumn('name', 'text')
      .addColumn('type', 'text', (column) => column.notNull())
      .addColumn('resource_arn', 'text', (column) => column.notNull())
      .addColumn('device_token', 'text', (column) => column.notNull())
      .addColumn('voip_device_token', 'text')
      .addColumn('allow_messages', 'text', (column) => column.notNull())
      .addColumn('status', 'text', (column) => column.notNull())
      .addColumn('status_reason', 'text')
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addColumn('last_updated_at', 'bigint', (column) => column.notNull())
      .addPrimaryKeyConstraint('endpoint_key', ['member_key', 'endpoint_id']),
    schema.createIndex('endpoint_by_token').on('endpoint').columns(['device_token', 'member_key']),
  ]
}

function flows({ schema }: Kysely<unknown>): Statements {
  return [
    schema
      .createTable('channel_flow')
      .addColumn('channel_flow_key', 'integer', (column) => column.primaryKey().autoIncrement())
      .addColumn('app_instance_key', KEY, (column) =>
        column.notNull().references('app_instance.app_instance_key'),
      )
      .addColumn('flow_id', 'text', (column) => column.notNull())
      .addColumn('arn', 'text', (column) => column.notNull())
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('processors', 'text', (column) => column.notNull())
      .addColumn('tags', 'text')
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addColumn('last_updated_at', 'bigint', (column) => column.notNull())
      .addUniqueConstraint('channel_flow_by_id', ['app_instance_key', 'flow_id']),
    schema
      .createIndex('channel_flow_by_age')
      .on('channel_flow')
      .columns(['app_instance_key', 'created_at', 'channel_flow_key']),
  ]
}

function channels({ schema }: Kysely<unknown>): Statements {
  return [
    schema.alterTable('channel').addColumn('tags', 'text'),
    schema.alterTable('channel').addColumn('channel_flow_key', KEY),
    schema.alterTable('channel').addColumn('expiration_days', 'bigint'),
    schema.alterTable('channel').addColumn('expiration_criterion', 'text'),
    schema.alterTable('channel').addColumn('elastic_configuration', 'text'),
    schema
      .createIndex('channel_by_flow')
      .on('channel')
      .columns(['channel_flow_key', 'channel_key'])
      .where(sql<boolean>`channel_flow_key is not null`),
    schema
      .createIndex('channel_that_expires')
      .on('channel')
      .column('channel_key')
      .where(sql<boolean>`expiration_days is not null`),
  ]
}

function memberships({ schema }: Kysely<unknown>): Statements {
  return [
    schema.alterTable('membership').addColumn('read_marker_at', 'bigint'),
    schema.alterTable('membership').addColumn('preferences', 'text'),
  ]
}

/** What background work looks for: indexes that hold only the few rows concerned. */
function upkeep({ schema }: Kysely<unknown>): Statements {
  const removed = (table: 'app_instance' | 'channel') =>
    schema
      .createIndex(`${table}_to_purge`)
      .on(table)
      .column(`${table}_key`)
      .where(sql<boolean>`removal <> 0`)
  const byAge = (role: 'moderator' | 'ban') =>
    schema
      .createIndex(`${role}_by_age`)
      .on(role)
      .columns(['channel_key', 'created_at', 'member_key'])
  return [
    removed('app_instance'),
    removed('channel'),
    byAge('moderator'),
    byAge('ban'),
    // Whoever removes a member's row has the database look for rows that name it.
    schema.createIndex('channel_by_creator').on('channel').column('created_by_key'),
    schema
      .createIndex('app_instance_admin_by_member')
      .on('app_instance_admin')
      .column('member_key'),
    schema
      .createIndex('app_instance_that_retains')
      .on('app_instance')
      .column('app_instance_key')
      .where(sql<boolean>`retention_days is not null`),
    schema
      .createIndex('message_tombstone')
      .on('message')
      .columns(['message_id', 'channel_key', 'sub_channel_id'])
      .where(sql<boolean>`removed = 1`),
    schema.createIndex('request_token_by_expiry').on('request_token').column('expires_at'),
  ]
}
