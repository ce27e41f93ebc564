// What the main thread and the writer thread say to each other. Flat arrays of primitives, because
// they are copied for every group.
import type { SqlValue } from '../sql/statement.ts'

export interface WriterSettings {
  readonly file: string
  /** The most pages that the file may grow to; absent for no limit but the disk's. */
  readonly pagesMax?: number | undefined
}

export interface NewStatement {
  readonly text: string
  readonly parametersCount: number
}

/** One transaction of the database. */
export interface WriteGroup {
  /** Statements that the writer has not seen yet; each takes the next number, from 0. */
  readonly newStatements: readonly NewStatement[]
  /** The numbers of the statements to run, in order. */
  readonly statements: readonly number[]
  /** The parameters of all of them, one behind the other. */
  readonly values: readonly SqlValue[]
}

export type WriterRequest = WriteGroup | 'close'

export interface WriterFailure {
  readonly message: string
  /** SQLite's primary result code, where the failure is SQLite's. */
  readonly code: number | undefined
}

/** Absent failure: the group is durable. */
export interface WriterReply {
  readonly failure?: WriterFailure
}
