// Every step that the schema has taken, in order. A step that was released never changes: a new one
// is added. Number N in the list is schema version N.
import type { Compilable, Kysely } from 'kysely'
import { assert } from '../../../base/assert.ts'
import { firstLight } from './001-first-light.ts'
import { everyOperation } from './002-every-operation.ts'
import { access } from './003-access.ts'
import { subChannels } from './004-sub-channels.ts'
import { outbox } from './005-outbox.ts'

export interface Migration {
  /** Its position, counted from 1. */
  readonly version: number
  /** The oldest program that can work on the result, as the schema version that it knows. */
  readonly compatVersion: number
  readonly name: string
  readonly statements: (db: Kysely<unknown>) => readonly Compilable[]
}

const all: readonly Migration[] = [
  { version: 1, compatVersion: 1, name: 'first-light', statements: firstLight },
  { version: 2, compatVersion: 2, name: 'every-operation', statements: everyOperation },
  { version: 3, compatVersion: 3, name: 'access', statements: access },
  { version: 4, compatVersion: 4, name: 'sub-channels', statements: subChannels },
  { version: 5, compatVersion: 5, name: 'outbox', statements: outbox },
]

/** The list, after a check that no number is missing or taken twice. */
export function listMigrations(migrations: readonly Migration[] = all): readonly Migration[] {
  for (const [index, migration] of migrations.entries()) {
    assert(
      migration.version === index + 1,
      `migration ${migration.name} has number ${migration.version} in place ${index + 1}`,
    )
    assert(
      migration.compatVersion >= 1 && migration.compatVersion <= migration.version,
      `migration ${migration.name} has a compat version outside 1 to its own`,
    )
  }
  return migrations
}
