// A database of an earlier release, with what people kept in it, becomes one of this release: on
// both databases.
import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Kysely } from 'kysely'
import { describe, expect, it } from 'vitest'
import { createMetrics } from '../../src/observability/metrics.ts'
import type { EngineStore } from '../../src/storage/engine/store-engine.ts'
import { createSchemaQueries } from '../../src/storage/postgres/dialect.ts'
import { createPostgresStore } from '../../src/storage/postgres/postgres-store.ts'
import { listMigrations } from '../../src/storage/sql/migrations/migrations.ts'
import { createQueries } from '../../src/storage/sqlite/connection.ts'
import { createSqliteStore } from '../../src/storage/sqlite/sqlite-store.ts'
import { hasPostgres, openTestDatabase, queryPostgres } from '../harness/postgres.ts'
import { silent } from '../harness/silent-logger.ts'
import { addHall, join as joinParts, ofModerator, part } from './elastic-world.ts'
import {
  appInstanceArn,
  channel,
  channelArn,
  conversation,
  createManualClock,
  createRecordedEvents,
  draft,
  membership,
  person,
  send,
  START,
} from './store-world.ts'

function storeOptions() {
  return {
    clock: createManualClock(),
    committedEvents: createRecordedEvents(),
    metrics: createMetrics(),
    logger: silent,
    onFatal(error: Error) {
      throw error
    },
  }
}

/** The statements that make the schema of version 3, as it was released, and its version. */
function schemaOfVersion3(queries: Kysely<unknown>): readonly string[] {
  const texts = listMigrations()
    .slice(0, 3)
    .flatMap((migration) => migration.statements(queries).map((each) => each.compile().sql))
  return [
    ...texts,
    'CREATE TABLE schema_version (version bigint NOT NULL, compat_version bigint NOT NULL)',
    'INSERT INTO schema_version (version, compat_version) VALUES (3, 3)',
  ]
}

/** Ann, bob and cid in the channel `one`; bob has set what only he sees, and was spoken to. */
const ROWS = [
  `INSERT INTO app_instance (app_instance_key, arn, name, created_at, last_updated_at, users_count,
    channels_count) VALUES (1, '${appInstanceArn}', 'App', ${START}, ${START}, 3, 1)`,
  ...['ann', 'bob', 'cid'].map(
    (id, index) => `INSERT INTO member (member_key, app_instance_key, kind, member_id, arn, name,
      created_at, last_updated_at, memberships_count)
      VALUES (${index + 1}, 1, 'user', '${id}', '${person(id).arn}', '${person(id).name}',
      ${START}, ${START}, 1)`,
  ),
  `INSERT INTO channel (channel_key, app_instance_key, channel_id, arn, name, mode, privacy,
    created_by_key, created_at, last_updated_at, memberships_count)
    VALUES (1, 1, 'one', '${channelArn('one')}', 'one', 'UNRESTRICTED', 'PUBLIC', 1, ${START},
    ${START}, 3)`,
  `INSERT INTO channel_activity (channel_key, app_instance_key, privacy, last_activity)
    VALUES (1, 1, 'PUBLIC', 7)`,
  ...[1, 2, 3].map(
    (key) => `INSERT INTO membership (channel_key, member_key, type, invited_by_key, created_at,
      last_updated_at) VALUES (1, ${key}, '${key === 3 ? 'HIDDEN' : 'DEFAULT'}', 1, ${START},
      ${START})`,
  ),
  `UPDATE membership SET read_marker_at = ${START + 5},
    preferences = '{"allowNotifications":"NONE"}' WHERE member_key = 2`,
  `INSERT INTO targeted_activity (channel_key, member_key, last_message_at)
    VALUES (1, 2, ${START + 9})`,
]

/** What PostgreSQL needs for keys that were given by hand. */
const NEXT_KEYS = ['app_instance', 'member', 'channel'].map(
  (table) => `SELECT setval(pg_get_serial_sequence('${table}', '${table}_key'), 100)`,
)

async function expectEverythingKept(store: EngineStore): Promise<void> {
  await store.start()
  const { memberships, ownMemberships, channels } = store.read
  const [bob, cid] = [person('bob'), person('cid')]
  const one = channelArn('one')
  expect(await memberships.find(conversation('one'), bob.arn)).toEqual(membership('one', bob))
  const hidden = await memberships.list(conversation('one'), 'HIDDEN', { limit: 9 })
  expect(hidden.items).toEqual([membership('one', cid, { type: 'HIDDEN' })])
  expect(await ownMemberships.find(conversation('one'), bob.arn)).toEqual({
    channel: channel('one'),
    type: 'DEFAULT',
    subChannelId: '',
    lastMessageAt: START + 9,
    readMarkerAt: START + 5,
  })
  const preferences = await ownMemberships.findPreferences(one, bob.arn)
  expect(preferences).toEqual({ allowNotifications: 'NONE' })
  expect((await channels.findAccess(one, bob.arn))?.caller).toMatchObject({
    membershipType: 'DEFAULT',
    subChannelIds: [],
  })
  await store.transact(async (tx) => {
    const counted = { kind: 'memberships-of-channel', of: one } as const
    expect([await tx.fitsQuota(counted, 0, 3), await tx.fitsQuota(counted, 0, 2)]).toEqual([
      true,
      false,
    ])
  })
  // And it works on: with messages, and with sub-channels, of which one member has two.
  await send(store, draft('one', 'hello', { target: bob.arn }))
  await addHall(store, 'a', 'b')
  await joinParts(store, ofModerator('a', bob), ofModerator('b', bob))
  expect(await memberships.listConversations(bob.arn)).toHaveLength(3)
  expect((await store.read.subChannels.find(part('a')))?.moderatorMembershipsCount).toBe(1)
}

describe('a database of schema version 3', () => {
  it('is carried over with everything in it (sqlite)', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'carillon-migration-'))
    const file = join(directory, 'store.sqlite')
    const database = new DatabaseSync(file)
    const queries = createQueries() as unknown as Kysely<unknown>
    for (const text of [...schemaOfVersion3(queries), ...ROWS]) database.exec(text)
    database.close()
    const store = createSqliteStore({ ...storeOptions(), file })
    await expectEverythingKept(store)
    await store.close()
    const after = new DatabaseSync(file, { readOnly: true })
    expect(after.prepare('PRAGMA foreign_key_check').all()).toEqual([])
    expect(after.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' })
    after.close()
    await rm(directory, { recursive: true })
  })

  it.skipIf(!hasPostgres())('is carried over with everything in it (postgres)', async () => {
    const database = await openTestDatabase(randomUUID())
    for (const text of [...schemaOfVersion3(createSchemaQueries()), ...ROWS, ...NEXT_KEYS]) {
      await queryPostgres(text, [], database.url)
    }
    const store = createPostgresStore({ ...storeOptions(), url: database.url })
    await expectEverythingKept(store)
    await store.close()
    const left = await queryPostgres<Record<string, unknown>>(
      "SELECT table_name FROM information_schema.tables WHERE table_name LIKE '%_before'",
      [],
      database.url,
    )
    expect(left).toEqual([])
    await database.remove()
  })
})
