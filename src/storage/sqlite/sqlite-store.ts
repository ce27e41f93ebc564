// The store on SQLite: reads on the calling thread, commits in groups on a thread of their own.
import type { Clock, Timer } from '../../base/clock.ts'
import type { Backend, Change, OpenDatabase, WriterEvents } from '../engine/backend.ts'
import { createEngineStore, type EngineStore, type StoreOptions } from '../engine/store-engine.ts'
import { findNewestSequence } from '../sql/newest-sequence.ts'
import { StatementTexts, type Statement } from '../sql/statement.ts'
import { createQueries, ReadConnection } from './connection.ts'
import { migrate } from './migrate.ts'
import { configureWriting, makeFile, openFile } from './open-file.ts'
import type { WriterSettings } from './writer-protocol.ts'
import { Writer } from './writer.ts'

// evidence: measured with bench/sqlite-write.ts
const GROUP_CHANGES_MAX = 64
/** How often the reader's mapping of the file begins anew; costs it a page fault per 64 KB. */
const MAPPING_LIFE_MS = 60_000

export interface SqliteStoreOptions extends StoreOptions {
  /** The database file; `-wal` and `-shm` appear beside it. Made if it is missing. */
  readonly file: string
  /** The most pages (of 4 KB) that the file may grow to; no bound unless given. */
  readonly pagesMax?: number | undefined
}

export interface SqliteStore extends EngineStore {
  /** Breaks the writer off as a crash would, for tests of `onFatal`. */
  breakWriter(): Promise<void>
}

export function createSqliteStore(options: SqliteStoreOptions): SqliteStore {
  const { file, pagesMax, logger, clock } = options
  let database: SqliteDatabase | undefined
  const backend: Backend = {
    groupChangesMax: GROUP_CHANGES_MAX,
    async open(events) {
      prepareFile(file)
      database = new SqliteDatabase({ file, pagesMax }, clock, events)
      logger.debug({ file }, 'the database is open')
      return database
    },
  }
  const breakWriter = async () => database?.breakWriter()
  return Object.assign(createEngineStore(backend, options), { breakWriter })
}

/** Makes the file, or brings it to the schema of this program, or refuses it. */
function prepareFile(file: string): void {
  makeFile(file)
  const database = openFile(file)
  try {
    configureWriting(database)
    migrate(database)
  } finally {
    database.close()
  }
}

class SqliteDatabase implements OpenDatabase {
  readonly #connection: ReadConnection
  readonly #writer: Writer
  readonly #mapping: Timer

  constructor(settings: WriterSettings, clock: Clock, events: WriterEvents) {
    const texts = new StatementTexts(createQueries())
    this.#connection = new ReadConnection(settings.file, texts)
    this.#writer = new Writer(
      settings,
      texts,
      (failure) => events.replied(failure),
      (error) => events.broken(error),
    )
    this.#mapping = clock.every(MAPPING_LIFE_MS, () => this.#connection.forgetMappedPages())
  }

  async all<Parameters extends object, Row>(
    statement: Statement<Parameters, Row>,
    parameters: Parameters,
  ): Promise<readonly Row[]> {
    return this.#connection.all(statement, parameters)
  }

  async first<Parameters extends object, Row>(
    statement: Statement<Parameters, Row>,
    parameters: Parameters,
  ): Promise<Row | undefined> {
    return this.#connection.first(statement, parameters)
  }

  findNewestSequence(): Promise<number> {
    return findNewestSequence((statement) => this.first(statement, {}))
  }

  write(changes: readonly Change[]): void {
    this.#writer.write(changes)
  }

  async close(): Promise<void> {
    this.#mapping.cancel()
    this.#connection.close()
    await this.#writer.close()
  }

  async breakWriter(): Promise<void> {
    await this.#writer.terminate()
  }
}
