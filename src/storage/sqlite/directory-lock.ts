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

/**
 * Takes the lock in the file at `path`, making the file if it is missing. Throws
 * DirectoryInUseError at once when it is held, by this process or another on this machine.
 */
export function lockDirectory(path: string): DirectoryLock {
  const database = new DatabaseSync(path, { timeout: 0 })
  try {
    database.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    database.close()
    if (!(error instanceof Error) || !error.message.includes('locked')) throw error
    throw new DirectoryInUseError(
      `another server is running on the same data directory (its lock is ${path}); stop it, or ` +
        'choose another directory with CARILLON_DATA_DIR (--data-dir)',
      { cause: error },
    )
  }
  return {
    release() {
      if (database.isOpen) database.close()
    },
  }
}
