// Files that an operator names in a setting or in another file: small texts, and nothing but whole
// regular files. A pipe that nobody writes to would hold up the start for ever, and a device may
// have no end.
import { closeSync, constants, fstatSync, openSync, readSync, type Stats } from 'node:fs'
import { ConfigError } from './config.ts'

/** Bytes of such a file: some ten thousand ARNs with their targets. */
// evidence: inferred
export const FILE_BYTES_MAX = 4 * 1024 * 1024
/** Read at once: keys and certificates have less. */
const CHUNK_BYTES = 16 * 1024
/** Of a file's mode: anybody on this machine may read it. */
const READABLE_BY_OTHERS = 0o004

export interface OperatorFile {
  readonly text: string
  readonly isReadableByOthers: boolean
}

/**
 * Reads a file of UTF-8, with or without a byte order mark. Throws ConfigError, which begins with
 * `where`, for anything else, and never waits.
 */
export function readOperatorFile(path: string, where: string): OperatorFile {
  try {
    // Whoever opens a pipe without this waits until somebody opens its other end.
    const descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
    try {
      return readOpen(descriptor)
    } finally {
      closeSync(descriptor)
    }
  } catch (error) {
    throw new ConfigError(`${where} cannot be read: ${reasonOf(error)}`)
  }
}

/** Why a file is not taken; its message is told, unlike those of the system. */
class UnusableFileError extends Error {}

function readOpen(descriptor: number): OperatorFile {
  const stats = fstatSync(descriptor)
  requireUsable(stats)
  const text = decode(readBytes(descriptor))
  return { text, isReadableByOthers: (stats.mode & READABLE_BY_OTHERS) !== 0 }
}

function requireUsable(stats: Stats): void {
  if (stats.isDirectory()) throw new UnusableFileError('it is a directory')
  if (!stats.isFile()) throw new UnusableFileError('it is no regular file')
  if (stats.size > FILE_BYTES_MAX) throw tooLong()
}

/** To its end, whatever its size is said to be: it may grow, or be made while it is read. */
function readBytes(descriptor: number): Buffer {
  const chunks: Buffer[] = []
  let length = 0
  for (;;) {
    const chunk = Buffer.alloc(CHUNK_BYTES)
    const count = readSync(descriptor, chunk)
    if (count === 0) return Buffer.concat(chunks)
    chunks.push(chunk.subarray(0, count))
    length += count
    if (length > FILE_BYTES_MAX) throw tooLong()
  }
}

function decode(bytes: Buffer): string {
  try {
    // Leaves out the byte order mark that some editors begin with.
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new UnusableFileError('it is no text in UTF-8')
  }
}

function tooLong(): UnusableFileError {
  return new UnusableFileError(`it has more than ${FILE_BYTES_MAX} bytes`)
}

/** The code of the system's error says enough, and `where` names the file. */
function reasonOf(error: unknown): string {
  if (error instanceof UnusableFileError) return error.message
  return (error as NodeJS.ErrnoException).code ?? String(error)
}
