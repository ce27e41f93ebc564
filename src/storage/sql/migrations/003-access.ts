// IAM: users, access keys, roles, inline policies and OpenID Connect providers.
import type { Compilable, CreateTableBuilder, Kysely } from 'kysely'
import { sql } from 'kysely'

type Statements = readonly Compilable[]

/** Rows of the table of counters, by what they count. */
const COUNTERS = ['iam-users', 'iam-roles', 'openid-connect-providers'] as const

export function access(db: Kysely<unknown>): Statements {
  return [...owners(db), ...belongings(db), ...counters(db)]
}

function owners({ schema }: Kysely<unknown>): Statements {
  const user = named(schema.createTable('iam_user'), 'user_id')
  const role = named(schema.createTable('iam_role'), 'role_id')
    .addColumn('description', 'text')
    .addColumn('trust_policy', 'text', (column) => column.notNull())
    .addColumn('max_session_duration_s', 'bigint', (column) => column.notNull())
  return [
    user,
    schema.createIndex('iam_user_by_name_key').on('iam_user').column('name_key').unique(),
    schema.createIndex('iam_user_by_name').on('iam_user').column('name').unique(),
    role,
    schema.createIndex('iam_role_by_name_key').on('iam_role').column('name_key').unique(),
    schema.createIndex('iam_role_by_name').on('iam_role').column('name').unique(),
  ]
}

/** What users and roles have in common. `name_key` is the name in lower case. */
function named<Table extends string>(
  table: CreateTableBuilder<Table>,
  idColumn: string,
): CreateTableBuilder<string, string> {
  return (table as CreateTableBuilder<string, string>)
    .addColumn(idColumn, 'text', (column) => column.primaryKey())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('name_key', 'text', (column) => column.notNull())
    .addColumn('path', 'text', (column) => column.notNull())
    .addColumn('arn', 'text', (column) => column.notNull())
    .addColumn('tags', 'text')
    .addColumn('created_at', 'bigint', (column) => column.notNull())
}

function belongings({ schema }: Kysely<unknown>): Statements {
  return [
    schema
      .createTable('iam_access_key')
      .addColumn('access_key_id', 'text', (column) => column.primaryKey())
      .addColumn('user_name', 'text', (column) => column.notNull())
      .addColumn('sealed_secret', 'text', (column) => column.notNull())
      .addColumn('status', 'text', (column) => column.notNull())
      .addColumn('created_at', 'bigint', (column) => column.notNull()),
    schema
      .createIndex('iam_access_key_by_user')
      .on('iam_access_key')
      .columns(['user_name', 'access_key_id']),
    schema
      .createTable('iam_policy')
      .addColumn('owner_kind', 'text', (column) => column.notNull())
      .addColumn('owner_name', 'text', (column) => column.notNull())
      .addColumn('policy_name', 'text', (column) => column.notNull())
      .addColumn('document', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('iam_policy_key', ['owner_kind', 'owner_name', 'policy_name']),
    schema
      .createTable('openid_connect_provider')
      .addColumn('arn', 'text', (column) => column.primaryKey())
      .addColumn('url', 'text', (column) => column.notNull())
      .addColumn('client_ids', 'text', (column) => column.notNull())
      .addColumn('thumbprints', 'text', (column) => column.notNull())
      .addColumn('tags', 'text')
      .addColumn('created_at', 'bigint', (column) => column.notNull()),
  ]
}

function counters(db: Kysely<unknown>): Statements {
  const counting = db as Kysely<{ counter: { name: string; value: number } }>
  return COUNTERS.map((name) =>
    counting.insertInto('counter').values({ name: sql.lit(name), value: sql.lit(0) }),
  )
}
