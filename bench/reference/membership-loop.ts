// Reference for joins: SQLite alone in a loop. Inserts the memberships of a server's database once
// more, in their order, into the same tables with the same indexes and the same settings; one
// transaction for each hundred. Usage: membership-loop SOURCE_FILE NEW_FILE
import { configureWriting, makeFile, openFile } from '../../src/storage/sqlite/open-file.ts'
import { migrate } from '../../src/storage/sqlite/migrate.ts'
import type { SqlValue } from '../../src/storage/sql/statement.ts'

/** As many as one request of BatchCreateChannelMembership adds. */
const TRANSACTION_ROWS = 100
/** What memberships refer to; their rows are there before the clock starts. */
const PARENT_TABLES = ['app_instance', 'member', 'channel']

const [source = '', file = ''] = process.argv.slice(2)
makeFile(file)
const database = openFile(file)
configureWriting(database)
migrate(database)
database.prepare('ATTACH DATABASE ? AS source').run(source)
for (const table of PARENT_TABLES) {
  database.exec(`INSERT INTO main.${table} SELECT * FROM source.${table}`)
}
const columns = database
  .prepare("SELECT name FROM pragma_table_info('membership')")
  .all()
  .map(({ name }) => String(name))
const read = database.prepare(
  `SELECT ${columns.join(', ')} FROM source.membership ORDER BY created_at, member_key`,
)
read.setReturnArrays(true)
const rows = read.all() as unknown as SqlValue[][]
database.exec('DETACH DATABASE source')

const insert = database.prepare(
  `INSERT INTO membership (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
)
const begin = database.prepare('BEGIN IMMEDIATE')
const commit = database.prepare('COMMIT')
const startedCpu = process.cpuUsage()
const startedAtMs = performance.now()
for (let from = 0; from < rows.length; from += TRANSACTION_ROWS) {
  begin.run()
  for (const row of rows.slice(from, from + TRANSACTION_ROWS)) insert.run(...row)
  commit.run()
}
const seconds = (performance.now() - startedAtMs) / 1_000
const { user, system } = process.cpuUsage(startedCpu)
database.close()
const cpuUs = (user + system) / rows.length
console.log(JSON.stringify({ rows: rows.length, perSecond: rows.length / seconds, cpuUs }))
