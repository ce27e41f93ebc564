// What leaves the server: the outbox, and what processors of flows were asked about messages.
import type { Compilable, Kysely } from 'kysely'
import { sql } from 'kysely'

export function outbox({ schema }: Kysely<unknown>): readonly Compilable[] {
  return [
    schema
      .createTable('outbox')
      // Ids are never used again: whoever has read up to one finds everything else behind it.
      .addColumn('entry_id', 'integer', (column) => column.primaryKey().autoIncrement())
      .addColumn('kind', 'text', (column) => column.notNull())
      .addColumn('target', 'text', (column) => column.notNull())
      .addColumn('ordering_key', 'text', (column) => column.notNull())
      .addColumn('content', 'text', (column) => column.notNull())
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addColumn('attempts_count', 'integer', (column) => column.notNull().defaultTo(0))
      .addColumn('due_at', 'bigint', (column) => column.notNull())
      .addColumn('failure', 'text')
      .addColumn('died_at', 'bigint'),
    schema
      .createIndex('outbox_waiting')
      .on('outbox')
      .columns(['kind', 'target', 'entry_id'])
      .where(sql<boolean>`died_at is null`),
    schema
      .createIndex('outbox_dead')
      .on('outbox')
      .columns(['died_at', 'entry_id'])
      .where(sql<boolean>`died_at is not null`),
    // Few of one kind are found among very many of another.
    schema
      .createIndex('outbox_dead_of_kind')
      .on('outbox')
      .columns(['kind', 'died_at', 'entry_id'])
      .where(sql<boolean>`died_at is not null`),
    // Whether an app instance has any device is asked for each message that is to be pushed.
    schema
      .createIndex('member_with_endpoints')
      .on('member')
      .columns(['app_instance_key'])
      .where(sql<boolean>`removal = 0 and endpoints_count > 0`),
    schema
      .createTable('flow_callback')
      .addColumn('callback_id', 'text', (column) => column.primaryKey())
      .addColumn('channel_arn', 'text', (column) => column.notNull())
      .addColumn('message_id', 'text', (column) => column.notNull())
      .addColumn('change', 'text', (column) => column.notNull())
      .addColumn('state', 'text', (column) => column.notNull())
      // JSON: the message as it is so far, the processor that is asked, and those after it.
      .addColumn('step', 'text', (column) => column.notNull())
      .addColumn('answer_hash', 'text')
      .addColumn('expires_at', 'bigint', (column) => column.notNull()),
    schema
      // Of a new message its own status says that it waits.
      .createIndex('flow_callback_of_edit')
      .on('flow_callback')
      .columns(['message_id'])
      .where(sql<boolean>`state = 'WAITING' and change = 'UPDATE'`),
    schema
      .createIndex('flow_callback_by_expiry')
      .on('flow_callback')
      .columns(['expires_at', 'callback_id']),
  ]
}
