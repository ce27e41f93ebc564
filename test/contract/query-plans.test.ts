// How SQLite finds the rows of every statement of the store: by an index and in its order, never by
// walking or sorting a table that grows with what others do. PostgreSQL, which plans by statistics,
// has the same indexes to choose from.
import { basename } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, test, vi } from 'vitest'
import { createQueries } from '../../src/storage/sqlite/connection.ts'
import { migrate } from '../../src/storage/sqlite/migrate.ts'
import { compileStatement, type Statement } from '../../src/storage/sql/statement.ts'
// Every statement of the store is declared by what this imports.
import { createSqliteStore } from '../../src/storage/sqlite/sqlite-store.ts'

interface Declared {
  readonly file: string
  readonly statement: Statement<object, unknown>
}

const { declared } = vi.hoisted(() => ({ declared: [] as Declared[] }))

vi.mock(import('../../src/storage/sql/statement.ts'), async (original) => {
  const module = await original()
  const defineStatement: typeof module.defineStatement = (build) => {
    const statement = module.defineStatement(build)
    // The first line is the error's own, the second this function.
    const caller = new Error().stack?.split('\n')[2] ?? ''
    const file = /([^/\\]+\.ts)[:?]/.exec(caller)?.[1] ?? caller
    declared.push({ file, statement: statement as Statement<object, unknown> })
    return statement
  }
  return { ...module, defineStatement }
})

/** The names of what is not a table: the page that a list reads first, a row of constants. */
const NO_TABLE = /^SCAN (?:y|n|CONSTANT ROW)$/

/**
 * Lines of a plan that cost more the more rows there are: whole tables; everything in an app
 * instance or a channel, or that was not removed; sorting.
 */
const GROWING = /^SCAN |\((?:app_instance_key|channel_key|removal)=\?\)|TEMP B-TREE/

const SORT = 'USE TEMP B-TREE FOR ORDER BY'

/** What may nevertheless be, by the file of the statement, and why. */
const ALLOWED: Readonly<Record<string, string>> = {
  'outbox-statements.ts: SCAN waiting': 'Counts rows that a limit has bounded.',
  [`channel-lists.ts: ${SORT}`]:
    'The memberships or moderator roles of one member, which a quota bounds; what moved meanwhile.',
  [`prefetch.ts: ${SORT}`]: 'The memberships of one member, which a quota bounds.',
  [`endpoints.ts: ${SORT}`]: 'The endpoints of one user, which a quota bounds.',
  [`app-instance-admins.ts: ${SORT}`]: 'A quota bounds the administrators of an app instance.',
  'app-instance-admins.ts: SEARCH d USING INDEX sqlite_autoindex_app_instance_admin_1 (app_instance_key=?)':
    'A quota bounds the administrators of an app instance.',
  [`joins.ts: ${SORT}`]: 'Members that had one id after another: who invites.',
  [`member-removal.ts: ${SORT}`]: 'Members that had one id after another.',
  [`channel-roles.ts: ${SORT}`]: 'Members that had one id after another: who appoints or bans.',
  [`channel-statements.ts: ${SORT}`]: 'Members that had one id after another: who creates.',
  [`membership-statements.ts: ${SORT}`]: 'Members that had one id after another: who invites.',
  'access-statements.ts: SCAN openid_connect_provider USING INDEX sqlite_autoindex_openid_connect_provider_1':
    'A quota bounds the providers of the account, and the operation lists all of them.',
  ...Object.fromEntries(
    [
      'channel USING COVERING INDEX sqlite_autoindex_channel_1',
      'channel_flow USING COVERING INDEX sqlite_autoindex_channel_flow_1',
      'channel_flow USING COVERING INDEX channel_flow_by_age',
      'member USING COVERING INDEX sqlite_autoindex_member_1',
      'app_instance_admin USING COVERING INDEX sqlite_autoindex_app_instance_admin_1',
    ].map((search) => [
      `removed-app-instances.ts: SEARCH ${search} (app_instance_key=?)`,
      'As many as a batch has, in the order of the index; none when the app instance itself goes.',
    ]),
  ),
  'removed-app-instances.ts: SCAN app_instance USING INDEX app_instance_to_purge':
    'The index holds only what was removed.',
  'removed-channels.ts: SCAN channel USING INDEX channel_to_purge':
    'The index holds only what was removed.',
  'removed-sub-channels.ts: SCAN sub_channel USING COVERING INDEX sub_channel_removed':
    'The index holds only what was removed.',
  'outbound-settings.ts: SEARCH member USING INDEX member_with_endpoints (app_instance_key=?)':
    'The first one is enough, and the index holds nobody without endpoints.',
  'membership-statements.ts: SEARCH o USING COVERING INDEX moderator_by_age (channel_key=?)':
    'A quota bounds the moderators of a channel.',
  ...Object.fromEntries(
    [
      'message USING COVERING INDEX message_by_id',
      'membership USING COVERING INDEX membership_by_age',
      'targeted_activity USING COVERING INDEX sqlite_autoindex_targeted_activity_1',
      'sub_channel USING COVERING INDEX sqlite_autoindex_sub_channel_1',
      'moderator USING COVERING INDEX sqlite_autoindex_moderator_1',
      'ban USING COVERING INDEX sqlite_autoindex_ban_1',
    ].map((search) => [
      `removed-channels.ts: SEARCH ${search} (channel_key=?)`,
      'As many as a batch has, in the order of the index.',
    ]),
  ),
  ...Object.fromEntries(
    [
      'membership USING INDEX membership_by_age',
      'sub_channel USING COVERING INDEX sub_channel_by_fill',
      'moderator USING COVERING INDEX moderator_by_age',
      'ban USING COVERING INDEX ban_by_age',
    ].map((search) => [
      `removed-channels.ts: SEARCH ${search} (channel_key=?)`,
      'Whether anything names the channel that goes: nothing does any more.',
    ]),
  ),
}

const database = new DatabaseSync(':memory:')
migrate(database)
database.exec('PRAGMA foreign_keys = ON')
const queries = createQueries()

/** The lines of a statement's plan that cost more the more rows there are. */
function growingLinesOf(statement: Statement<object, unknown>): readonly string[] {
  const { text, parametersCount } = compileStatement(queries, statement)
  const values = Array.from({ length: parametersCount }, () => 0)
  const plan = database.prepare(`EXPLAIN QUERY PLAN ${text}`).all(...values)
  return plan
    .map(({ detail }) => String(detail))
    .filter((line) => GROWING.test(line) && !NO_TABLE.test(line))
}

const found = new Map<string, string>()
for (const { file, statement } of declared) {
  for (const line of growingLinesOf(statement)) {
    found.set(`${basename(file)}: ${line}`, compileStatement(queries, statement).text)
  }
}

test('the statements of every file of the store are looked at', () => {
  expect(createSqliteStore).toBeTypeOf('function')
  const files = new Set(declared.map(({ file }) => file))
  expect(declared.length).toBeGreaterThan(200)
  expect([...files]).toEqual(
    expect.arrayContaining(['message-statements.ts', 'access-statements.ts', 'expired.ts']),
  )
})

test('no statement walks or sorts what grows without a bound', () => {
  const refused = [...found].filter(([key]) => ALLOWED[key] === undefined)
  expect(refused).toEqual([])
})

test('nothing is allowed that does not happen any more', () => {
  expect(Object.keys(ALLOWED).filter((key) => !found.has(key))).toEqual([])
})

test('a statement that walks a table or sorts it is noticed', () => {
  const walk = { build: () => queries.selectFrom('message').select('content') }
  expect(growingLinesOf(walk)).toEqual(['SCAN message'])
  const ofChannel = {
    build: () => queries.selectFrom('membership').select('member_key').where('channel_key', '=', 1),
  }
  expect(growingLinesOf(ofChannel)).not.toEqual([])
  const sorted = {
    build: () => queries.selectFrom('channel').select('name').where('app_instance_key', '=', 1),
  }
  expect(growingLinesOf(sorted)).not.toEqual([])
})

/** Of an index of some rows only: columns that these have a certain value of, by its table. */
const PARTIAL = database
  .prepare("SELECT tbl_name AS name, sql FROM sqlite_master WHERE type = 'index'")
  .all()
  .flatMap(({ name, sql }) => {
    const [, condition = ''] = / where (.*)$/i.exec(String(sql ?? '')) ?? []
    return [...condition.matchAll(/(\w+) = /g)].map(([, column]) => ({
      table: String(name),
      column,
    }))
  })

test('no statement is prepared anew for each call', () => {
  expect(PARTIAL).toContainEqual({ table: 'sub_channel', column: 'removal' })
  const texts = declared.map(({ statement }) => compileStatement(queries, statement).text)
  // SQLite looks at such a parameter to see whether the index will do, and then, at each binding,
  // plans the statement again: several times what most queries take.
  const prepared = PARTIAL.flatMap(({ table, column }) => {
    const condition = new RegExp(` (?:where|on) .*"${column}" = \\?`)
    return texts.filter((text) => text.includes(`"${table}"`) && condition.test(text))
  })
  expect(prepared).toEqual([])
})
