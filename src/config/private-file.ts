// Small files that must be whole or absent, and readable by nobody else: credentials and keys.
import {
  chmodSync,
  closeSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  writeSync,
} from 'node:fs'

/** Owner may read and write. */
const PRIVATE_MODE = 0o600

/** The text of a file, or undefined when there is none. */
export function readPrivateFile(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/**
 * Writes a file under another name, makes it durable, then gives it its name: never half a file.
 */
export function writePrivateFile(path: string, text: string): void {
  const temporary = `${path}.new`
  const file = openSync(temporary, 'w', PRIVATE_MODE)
  try {
    writeSync(file, text)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
  // A leftover of a crash may have had another mode.
  chmodSync(temporary, PRIVATE_MODE)
  renameSync(temporary, path)
}
