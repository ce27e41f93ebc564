// Brings the database to the schema of this program, or refuses it. Under the lock of lock.ts.
import type { Client } from 'pg'
import { assert } from '../../base/assert.ts'
import { listMigrations } from '../sql/migrations/migrations.ts'
import { planMigrations, type SchemaVersion } from '../sql/schema-version.ts'
import { createSchemaQueries } from './dialect.ts'

/**
 * Runs what is missing, each step in a transaction of its own with the version that it reaches.
 * Throws SchemaVersionError for a database that is newer than this program, and any error that
 * reading the version causes other than its absence.
 */
export async function migrate(client: Client): Promise<void> {
  const queries = createSchemaQueries()
  for (const migration of planMigrations(await readVersion(client), listMigrations())) {
    await client.query('BEGIN')
    try {
      for (const statement of migration.statements(queries)) {
        const { sql, parameters } = statement.compile()
        assert(parameters.length === 0, 'migrations hold literals only: nothing is bound')
        await client.query(sql)
      }
      await client.query(
        'CREATE TABLE IF NOT EXISTS schema_version (version bigint NOT NULL, ' +
          'compat_version bigint NOT NULL)',
      )
      await client.query('DELETE FROM schema_version')
      await client.query('INSERT INTO schema_version (version, compat_version) VALUES ($1, $2)', [
        migration.version,
        migration.compatVersion,
      ])
      await client.query('COMMIT')
    } catch (error) {
      await client.query('ROLLBACK').catch(() => undefined)
      throw error
    }
  }
}

async function readVersion(client: Client): Promise<SchemaVersion | undefined> {
  const { rows: tables } = await client.query<{ found: string | null }>(
    "SELECT to_regclass('schema_version')::text AS found",
  )
  if ((tables[0]?.found ?? null) === null) return undefined
  const { rows } = await client.query<{ version: number; compat_version: number }>(
    'SELECT version, compat_version FROM schema_version',
  )
  // A table without a row is not a database of ours in any version: planMigrations refuses it.
  return { version: Number(rows[0]?.version), compatVersion: Number(rows[0]?.compat_version) }
}
