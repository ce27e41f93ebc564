// Which databases are migrated, opened or refused.
import { describe, expect, it } from 'vitest'
import { listMigrations, type Migration } from './migrations/migrations.ts'
import { planMigrations, SchemaVersionError } from './schema-version.ts'

function migration(version: number, compatVersion = 1): Migration {
  return { version, compatVersion, name: `step ${version}`, statements: () => [] }
}

const three = [migration(1), migration(2), migration(3, 2)]

describe('planMigrations', () => {
  it('runs all on an empty database, the rest on an older one, none on its own', () => {
    expect(planMigrations(undefined, three)).toEqual(three)
    expect(planMigrations({ version: 1, compatVersion: 1 }, three)).toEqual(three.slice(1))
    expect(planMigrations({ version: 3, compatVersion: 2 }, three)).toEqual([])
  })

  it('opens a newer database only if that says it is compatible', () => {
    expect(planMigrations({ version: 5, compatVersion: 3 }, three)).toEqual([])
    const refused = () => planMigrations({ version: 5, compatVersion: 4 }, three)
    expect(refused).toThrow(SchemaVersionError)
    expect(refused).toThrow(/version 5.*version 4.*version 3/)
  })

  it('refuses versions that nobody writes', () => {
    for (const version of [Number.NaN, 0, -1, 1.5]) {
      const refused = () => planMigrations({ version, compatVersion: 1 }, three)
      expect(refused).toThrow(SchemaVersionError)
    }
    expect(() => planMigrations({ version: 2, compatVersion: 3 }, three)).toThrow('which no')
  })
})

describe('listMigrations', () => {
  it('refuses gaps, repetitions and impossible compat versions', () => {
    expect(listMigrations(three)).toEqual(three)
    expect(() => listMigrations([migration(1), migration(3)])).toThrow('number 3')
    expect(() => listMigrations([migration(1), migration(1)])).toThrow('number 1')
    expect(() => listMigrations([migration(1, 2)])).toThrow('compat version')
    expect(listMigrations().length).toBeGreaterThan(0)
  })
})
