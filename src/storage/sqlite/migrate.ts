// Brings the database file to the schema of this program, or refuses it.
import type { DatabaseSync } from 'node:sqlite'
import type { Kysely } from 'kysely'
import { assert } from '../../base/assert.ts'
import { listMigrations } from '../sql/migrations/migrations.ts'
import { planMigrations, type SchemaVersion } from '../sql/schema-version.ts'
import { createQueries } from './connection.ts'

/**
 * Runs what is missing, each step in a transaction of its own with the version that it reaches.
 * Throws SchemaVersionError for a database that is newer than this program, and any error that
 * reading the version causes other than its absence.
 */
export function migrate(database: DatabaseSync): void {
  const queries = createQueries() as unknown as Kysely<unknown>
  for (const migration of planMigrations(readVersion(database), listMigrations())) {
    database.exec('BEGIN IMMEDIATE')
    try {
      for (const statement of migration.statements(queries)) {
        const { sql, parameters } = statement.compile()
        assert(parameters.length === 0, 'migrations hold literals only: nothing is bound')
        database.exec(sql)
      }
      database.exec(
        'CREATE TABLE IF NOT EXISTS schema_version (version INTEGER NOT NULL, ' +
          'compat_version INTEGER NOT NULL)',
      )
      database.exec('DELETE FROM schema_version')
      database
        .prepare('INSERT INTO schema_version (version, compat_version) VALUES (?, ?)')
        .run(migration.version, migration.compatVersion)
      database.exec('COMMIT')
    } catch (error) {
      if (database.isTransaction) database.exec('ROLLBACK')
      throw error
    }
  }
}

function readVersion(database: DatabaseSync): SchemaVersion | undefined {
  const table = database
    .prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'schema_version'")
    .get()
  if (table === undefined) return undefined
  const row = database.prepare('SELECT version, compat_version FROM schema_version').get()
  // A table without a row is not a database of ours in any version: planMigrations refuses it.
  return { version: Number(row?.['version']), compatVersion: Number(row?.['compat_version']) }
}
