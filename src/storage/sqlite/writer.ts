// The main thread's end of the writer thread: one group at a time, a promise for each.
import { Worker } from 'node:worker_threads'
import { assert } from '../../base/assert.ts'
import { StoreUnavailableError } from '../../ports/store.ts'
import type { Change } from '../engine/backend.ts'
import type { SqlValue, StatementTexts } from '../sql/statement.ts'
import type {
  NewStatement,
  WriteGroup,
  WriterFailure,
  WriterReply,
  WriterSettings,
} from './writer-protocol.ts'

/** PERM, BUSY, LOCKED, NOMEM, READONLY, IOERR, FULL, CANTOPEN: SQLite cannot write now. */
// evidence: docs sqlite.org/rescode
const UNAVAILABLE_CODES: ReadonlySet<number | undefined> = new Set([3, 5, 6, 7, 8, 10, 13, 14])

export class Writer {
  readonly #texts: StatementTexts
  readonly #worker: Worker
  readonly #numbers = new Map<object, number>()
  readonly #onReply: (failure: Error | undefined) => void
  readonly #exited: Promise<void>
  #isClosing = false

  /**
   * `onReply` is called once for each group that was written; `onBroken` at most once, when the
   * thread ended without being asked to.
   */
  constructor(
    settings: WriterSettings,
    texts: StatementTexts,
    onReply: (failure: Error | undefined) => void,
    onBroken: (error: Error) => void,
  ) {
    this.#texts = texts
    this.#onReply = onReply
    this.#worker = new Worker(new URL('./writer-thread.ts', import.meta.url), {
      workerData: settings,
      name: 'sqlite-writer',
    })
    let cause: Error | undefined
    this.#worker.on('error', (error: Error) => {
      cause = error
    })
    this.#worker.on('message', (reply: WriterReply) => {
      this.#onReply(reply.failure && errorOf(reply.failure))
    })
    this.#exited = new Promise((resolve) => {
      this.#worker.once('exit', () => {
        resolve()
        if (!this.#isClosing) onBroken(cause ?? new Error('the database writer ended'))
      })
    })
  }

  /** Sends one transaction; the next only after the reply. */
  write(changes: readonly Change[]): void {
    assert(!this.#isClosing, 'nothing is written after close')
    const newStatements: NewStatement[] = []
    const statements: number[] = []
    const values: SqlValue[] = []
    for (const { statement, parameters } of changes) {
      const { text, parametersCount, bind } = this.#texts.get(statement)
      let number = this.#numbers.get(statement)
      if (number === undefined) {
        number = this.#numbers.size
        this.#numbers.set(statement, number)
        newStatements.push({ text, parametersCount })
      }
      statements.push(number)
      for (const value of bind(parameters)) values.push(value)
    }
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker has no origin
    this.#worker.postMessage({ newStatements, statements, values } satisfies WriteGroup)
  }

  /** Ends the thread once it has closed its connection. */
  async close(): Promise<void> {
    this.#isClosing = true
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker has no origin
    this.#worker.postMessage('close')
    await this.#exited
  }

  /** Breaks the thread off, for tests of what happens then. */
  async terminate(): Promise<void> {
    await this.#worker.terminate()
  }
}

function errorOf(failure: WriterFailure): Error {
  const text = `the database refused a write: ${failure.message}`
  return UNAVAILABLE_CODES.has(failure.code) ? new StoreUnavailableError(text) : new Error(text)
}
