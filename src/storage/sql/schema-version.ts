// Which schema a database has and whether this program may touch it. Not the running of migrations:
// each database does that under its own lock.
import type { Migration } from './migrations/migrations.ts'

/**
 * `version` is the last migration that ran; `compatVersion` the oldest that its readers must know.
 */
export interface SchemaVersion {
  readonly version: number
  readonly compatVersion: number
}

/** The database was written by a program that this one does not know enough about. */
export class SchemaVersionError extends Error {
  override readonly name = 'SchemaVersionError'
}

/**
 * The migrations that are still to run, given what the database says of itself (undefined when it
 * has no tables yet). Throws SchemaVersionError when the database is newer than this program.
 */
export function planMigrations(
  found: SchemaVersion | undefined,
  migrations: readonly Migration[],
): readonly Migration[] {
  const known = migrations.length
  if (found === undefined) return migrations
  const { version, compatVersion } = found
  const sound =
    Number.isSafeInteger(version) &&
    Number.isSafeInteger(compatVersion) &&
    compatVersion >= 1 &&
    compatVersion <= version
  if (!sound) {
    throw new SchemaVersionError(
      `the database names schema version ${version} (compatible with ${compatVersion}), which no ` +
        `version of this program writes; this program knows schema version ${known}`,
    )
  }
  if (version > known && compatVersion > known) {
    throw new SchemaVersionError(
      `the database has schema version ${version}, which needs a program that knows version ` +
        `${compatVersion} or newer; this program knows schema version ${known}`,
    )
  }
  return migrations.slice(version)
}
