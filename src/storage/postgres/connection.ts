// How connections to PostgreSQL are made, what numbers come back as, and what its errors mean.
import { Socket } from 'node:net'
import { Client, DatabaseError, types, type ClientConfig, type CustomTypesConfig } from 'pg'
import { assert, AssertionError } from '../../base/assert.ts'
import { StoreUnavailableError } from '../../ports/store.ts'

/** How long a connection may take to be made before the database counts as unreachable. */
const CONNECT_MS_MAX = 5_000
/**
 * How long the database may take to answer one query or commit. Then the connection is given up:
 * it may have been cut without a word, which TCP by itself notices after a quarter of an hour.
 */
export const ANSWER_MS_MAX = 30_000
/** When an idle connection is first asked whether it is still there. */
const KEEP_ALIVE_MS = 10_000

// evidence: docs postgresql.org/docs/current/catalog-pg-type (oid of int8 and numeric)
const INTEGER_TYPES: ReadonlySet<number> = new Set([20, 1700])

/**
 * Classes and codes with which PostgreSQL cannot serve now: connection, resources (disk full),
 * shutdown, system errors; read-only, lock and serialization failures.
 */
// evidence: docs postgresql.org/docs/current/errcodes-appendix
const UNAVAILABLE = /^(?:08|53|57|58)|^(?:25006|40001|40P01|55P03)$/

/** A 64-bit integer as a number; the store keeps none that a number cannot hold. */
function parseInteger(text: string): number {
  const value = Number(text)
  assert(Number.isSafeInteger(value), 'the database holds only integers that are safe')
  return value
}

const typesConfig: CustomTypesConfig = {
  getTypeParser: ((oid: number, format: 'text') =>
    INTEGER_TYPES.has(oid)
      ? parseInteger
      : (types.getTypeParser(oid, format) as unknown)) as CustomTypesConfig['getTypeParser'],
}

/** `url` may hold a password: it is never logged, nor is it part of any error. */
export function connectionConfig(url: string): ClientConfig {
  return {
    connectionString: url,
    types: typesConfig,
    application_name: 'carillon',
    connectionTimeoutMillis: CONNECT_MS_MAX,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
  }
}

/** A connection on which queries may be sent without waiting for those before them. */
export class PipelinedClient extends Client {
  readonly #socket: Socket

  constructor(url: string) {
    const socket = new Socket()
    super({ ...connectionConfig(url), pipeline: true, stream: () => socket })
    this.#socket = socket
  }

  /** Lets go of the connection, in whatever state it is. */
  destroy(): void {
    this.#socket.destroy()
  }
}

/** `onLost` may be called more than once. Throws StoreUnavailableError. */
export async function connect(
  url: string,
  onLost: (client: PipelinedClient) => void,
): Promise<PipelinedClient> {
  const client = new PipelinedClient(url)
  // Without a listener an error of an idle connection would end the process.
  client.on('error', () => onLost(client))
  client.on('end', () => onLost(client))
  try {
    await client.connect()
  } catch (error) {
    client.destroy()
    throw storeErrorOf(error)
  }
  return client
}

/** Whether the connection is of no use after `error`, so that it says nothing of a commit. */
export function isConnectionLost(error: unknown): boolean {
  if (!(error instanceof DatabaseError)) return true
  return error.severity !== 'ERROR'
}

/** What callers of the store are told of an error of the driver or the database. */
export function storeErrorOf(error: unknown): Error {
  if (error instanceof AssertionError || error instanceof StoreUnavailableError) return error
  const reason = reasonOf(error)
  const isPermanent = error instanceof DatabaseError && !UNAVAILABLE.test(error.code ?? '')
  const text = `the database: ${reason}`
  return isPermanent
    ? new Error(text, { cause: error })
    : new StoreUnavailableError(text, { cause: error })
}

function reasonOf(error: unknown): string {
  // A host with several addresses, none of which answers.
  if (error instanceof AggregateError) return error.errors.map(reasonOf).join(', ')
  return error instanceof Error ? error.message : String(error)
}
