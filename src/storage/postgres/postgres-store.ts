// The store on PostgreSQL: reads on a pool of connections, commits in groups on one of its own.
import { Pool } from 'pg'
import type { Backend, Change, OpenDatabase } from '../engine/backend.ts'
import { createEngineStore, type EngineStore, type StoreOptions } from '../engine/store-engine.ts'
import { findNewestSequence } from '../sql/newest-sequence.ts'
import { StatementTexts, type CompiledStatement, type Statement } from '../sql/statement.ts'
import { ChangeBinder } from './batches.ts'
import { ANSWER_MS_MAX, connectionConfig, storeErrorOf } from './connection.ts'
import { createQueries } from './dialect.ts'
import { Writer } from './writer.ts'

/** Messages beyond that gain nothing from sharing an INSERT, and wait longer. */
const GROUP_CHANGES_MAX = 256
/** A tenth of the connections that PostgreSQL allows by default. */
const READ_CONNECTIONS_MAX = 10

export interface PostgresStoreOptions extends StoreOptions {
  /** `postgres://user:password@host:port/database`. Never logged. */
  readonly url: string
}

export function createPostgresStore(options: PostgresStoreOptions): EngineStore {
  const { url, clock, logger } = options
  const backend: Backend = {
    groupChangesMax: GROUP_CHANGES_MAX,
    async open(events) {
      const texts = new StatementTexts(createQueries())
      const binder = new ChangeBinder(texts)
      const writer = new Writer({ url, clock, logger, events, binder })
      const newestCommit = await writer.start()
      logger.debug('the database is open')
      return new PostgresDatabase(url, texts, writer, newestCommit)
    },
  }
  return createEngineStore(backend, options)
}

interface NamedStatement extends CompiledStatement {
  /** Prepared under this name on each connection. */
  readonly name: string
}

class PostgresDatabase implements OpenDatabase {
  readonly #pool: Pool
  readonly #texts: StatementTexts
  readonly #writer: Writer
  readonly #newestCommit: number
  readonly #named = new Map<object, NamedStatement>()

  constructor(url: string, texts: StatementTexts, writer: Writer, newestCommit: number) {
    this.#pool = new Pool({
      ...connectionConfig(url),
      max: READ_CONNECTIONS_MAX,
      query_timeout: ANSWER_MS_MAX,
    })
    // A connection that is lost while idle is replaced; one that is in use tells its reader.
    this.#pool.on('error', () => undefined)
    this.#texts = texts
    this.#writer = writer
    this.#newestCommit = newestCommit
  }

  async all<Parameters extends object, Row>(
    statement: Statement<Parameters, Row>,
    parameters: Parameters,
  ): Promise<readonly Row[]> {
    const { name, text, bind } = this.#name(statement)
    const values = bind(parameters)
    try {
      const { rows } = await this.#pool.query({ name, text, values })
      return rows as Row[]
    } catch (error) {
      throw storeErrorOf(error)
    }
  }

  async first<Parameters extends object, Row>(
    statement: Statement<Parameters, Row>,
    parameters: Parameters,
  ): Promise<Row | undefined> {
    return (await this.all(statement, parameters))[0]
  }

  async findNewestSequence(): Promise<number> {
    const newest = await findNewestSequence((statement) => this.first(statement, {}))
    return Math.max(newest, this.#newestCommit)
  }

  write(changes: readonly Change[], sequence: number): void {
    this.#writer.write(changes, sequence)
  }

  async close(): Promise<void> {
    await Promise.all([this.#writer.close(), this.#pool.end()])
  }

  #name(statement: object): NamedStatement {
    let named = this.#named.get(statement)
    if (named === undefined) {
      const compiled = this.#texts.get(statement as Statement<never, unknown>)
      named = { ...compiled, name: `read-${this.#named.size}` }
      this.#named.set(statement, named)
    }
    return named
  }
}
