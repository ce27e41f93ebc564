// Opening the database file with the settings that durability and privacy need. Apart from
// connection.ts, so that the writer thread need not load the query builder.
import { chmodSync, closeSync, openSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'

/** How long a connection waits for another process's lock, such as a backup's. */
const BUSY_TIMEOUT_MS = 5_000
/**
 * How much of the file the reader sees through memory that the system caches: address space only.
 */
const MAPPED_BYTES_MAX = 1024 * 1024 * 1024
/** Only the owner reads what people wrote. */
const FILE_MODE = 0o600

/** Makes the file if it is missing, readable by its owner alone. */
export function makeFile(file: string): void {
  closeSync(openSync(file, 'a', FILE_MODE))
  chmodSync(file, FILE_MODE)
}

export function openFile(file: string, mode: 'read-write' | 'read-only' = 'read-write') {
  const readOnly = mode === 'read-only'
  const database = new DatabaseSync(file, { readOnly, timeout: BUSY_TIMEOUT_MS })
  // SQLite drops a reader's own cache with every commit of another connection.
  if (readOnly) database.exec(`PRAGMA mmap_size = ${MAPPED_BYTES_MAX}`)
  return database
}

/**
 * Gives the pages of the file back that a reader has looked at since it was opened: otherwise they
 * count as memory of this process for good. What is read again is mapped again. Only between reads.
 */
export function forgetMappedPages(database: DatabaseSync): void {
  database.exec('PRAGMA mmap_size = 0')
  database.exec(`PRAGMA mmap_size = ${MAPPED_BYTES_MAX}`)
}

/** A commit is acknowledged only once it is on the disk; readers never wait for the writer. */
export function configureWriting(database: DatabaseSync): void {
  database.exec('PRAGMA journal_mode = WAL')
  database.exec('PRAGMA synchronous = FULL')
  database.exec('PRAGMA foreign_keys = ON')
}
