// What the engine needs from a database: reads of compiled statements, and a writer of groups of
// changes that says when each is durable. Everything else about a store is the same for all.
import type { Statement } from '../sql/statement.ts'

/** A statement to run at commit. */
export interface Change {
  readonly statement: Statement<never, unknown>
  readonly parameters: object
}

/** What the writer of a database reports. */
export interface WriterEvents {
  /**
   * Once for each group that was written: it is durable and seen by every read that begins from
   * now on, or (with a failure) nothing of it was kept.
   */
  replied(failure: Error | undefined): void
  /**
   * No group can be written any more; the last one may be durable or not. At most once, and nothing
   * is replied afterwards.
   */
  broken(error: Error): void
}

/** A database that is not open yet. */
export interface Backend {
  /**
   * Changes that share a commit. Beyond that the flush is spread thin enough, and a longer commit
   * only makes everyone in it wait longer.
   */
  readonly groupChangesMax: number
  /** Opens it, migrates it, and refuses one whose schema is newer than this program. */
  open(events: WriterEvents): Promise<OpenDatabase>
}

/** A database between open and close. */
export interface OpenDatabase {
  /** Every read sees all that was replied to before it began. */
  all<Parameters extends object, Row>(
    statement: Statement<Parameters, Row>,
    parameters: Parameters,
  ): Promise<readonly Row[]>
  first<Parameters extends object, Row>(
    statement: Statement<Parameters, Row>,
    parameters: Parameters,
  ): Promise<Row | undefined>
  /** The highest number of a commit in it; 0 when there is none. */
  findNewestSequence(): Promise<number>
  /**
   * Writes one group as one transaction of the database; the next only after the reply. `sequence`
   * is the number of the last commit in it, above those of all groups before.
   */
  write(changes: readonly Change[], sequence: number): void
  /** Only while no group is being written. */
  close(): Promise<void>
}
