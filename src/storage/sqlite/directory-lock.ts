// Keeps two servers off one data directory. The lock is one of the operating system, taken through
// SQLite, so it ends with its process however that ends.
import { DatabaseSync } from 'node:sqlite'

/** A lock that is held; `release` is idempotent. */
export interface DirectoryLock {
  release(): void
}

/** Thrown when another server holds the lock. */
export class DirectoryInUseError extends Error {
  override readonly name = 'DirectoryInUseError'
}

const ANOTHER_DIRECTORY_TEXT = 'choose another directory with CARILLON_DATA_DIR (--data-dir)'

/**
 * Takes the lock in the file at `path`, making the file if it is missing. Throws
 * DirectoryInUseError at once when it is held, by this process or another on this machine, and an
 * Error that names `path` when the file cannot be made or written.
 */
export function lockDirectory(path: string): DirectoryLock {
  let database: DatabaseSync | undefined
  try {
    database = new DatabaseSync(path, { timeout: 0 })
    database.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    database?.close()
    const reason = error instanceof Error ? error.message : String(error)
    if (!reason.includes('locked')) {
      throw new Error(
        `the data directory cannot be written: ${path}: ${reason}; make it writable for this ` +
          `user, or ${ANOTHER_DIRECTORY_TEXT}`,
        { cause: error },
      )
    }
    throw new DirectoryInUseError(
      `another server is running on the same data directory (its lock is ${path}); stop it, or ` +
        ANOTHER_DIRECTORY_TEXT,
      { cause: error },
    )
  }
  const held = database
  return {
    release() {
      if (held.isOpen) held.close()
    },
  }
}
