// One connection to the database file through node:sqlite, with its settings and prepared
// statements.
import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { DummyDriver, Kysely, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler } from 'kysely'
import type { Database } from '../sql/schema.ts'
import type { CompiledStatement, Queries, Statement, StatementTexts } from '../sql/statement.ts'
import { forgetMappedPages, openFile } from './open-file.ts'

/** For building queries only: they run on the connections of this folder. */
export function createQueries(): Queries {
  return new Kysely<Database>({
    dialect: {
      createAdapter: () => new SqliteAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: (db) => new SqliteIntrospector(db),
      createQueryCompiler: () => new SqliteQueryCompiler(),
    },
  })
}

/** Reads on the calling thread. Each sees everything that was committed before it began. */
export class ReadConnection {
  readonly #database: DatabaseSync
  readonly #texts: StatementTexts
  readonly #prepared = new Map<object, { bind: CompiledStatement['bind']; run: StatementSync }>()

  constructor(file: string, texts: StatementTexts) {
    this.#database = openFile(file, 'read-only')
    this.#texts = texts
  }

  all<Parameters extends object, Row>(
    statement: Statement<Parameters, Row>,
    parameters: Parameters,
  ): Row[] {
    const { bind, run } = this.#prepare(statement)
    return run.all(...bind(parameters)) as Row[]
  }

  first<Parameters extends object, Row>(
    statement: Statement<Parameters, Row>,
    parameters: Parameters,
  ): Row | undefined {
    const { bind, run } = this.#prepare(statement)
    return run.get(...bind(parameters)) as Row | undefined
  }

  /** Keeps what is mapped of the file near what is being read. */
  forgetMappedPages(): void {
    forgetMappedPages(this.#database)
  }

  close(): void {
    this.#database.close()
  }

  #prepare(statement: object) {
    let prepared = this.#prepared.get(statement)
    if (prepared === undefined) {
      const { text, bind } = this.#texts.get(statement as Statement<never, unknown>)
      prepared = { bind, run: this.#database.prepare(text) }
      this.#prepared.set(statement, prepared)
    }
    return prepared
  }
}
