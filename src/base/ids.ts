// The only source of randomness: ids and secrets. Ids that clients see are safe in URLs.
import { randomBytes, randomUUID } from 'node:crypto'

/**
 * Hexadecimal digits of the time part of a message id: 48 bits of milliseconds, until year 10889.
 */
const TIME_DIGITS = 12
/** Random bytes of a message id: 80 bits, as in a ULID. */
const MESSAGE_ID_RANDOM_BYTES = 10
/** Random bytes fetched at once: one system call serves some 400 ids. */
const POOL_BYTES = 4096

/**
 * A new random UUID (version 4), as AWS uses for app instances, automatic channels and requests.
 */
export function newUuid(): string {
  return randomUUID()
}

/** `count` random bytes from the operating system. */
export function newSecretBytes(count: number): Buffer {
  return randomBytes(count)
}

/** Makes message ids. Each factory owns a pool of random bytes; two factories never share state. */
export function createMessageIdFactory(): (createdAtMs: number) => string {
  let pool = Buffer.alloc(0)
  let used = 0
  return (createdAtMs) => {
    if (used + MESSAGE_ID_RANDOM_BYTES > pool.length) {
      pool = randomBytes(POOL_BYTES)
      used = 0
    }
    const random = pool.toString('hex', used, used + MESSAGE_ID_RANDOM_BYTES)
    used += MESSAGE_ID_RANDOM_BYTES
    return messageIdTimePrefix(createdAtMs) + random
  }
}

/**
 * The smallest message id of a message created at `createdAtMs` or later, so that ranges of time
 * are ranges of ids. 32 lower-case hexadecimal digits make a whole id; ids sort by time as text.
 */
export function messageIdTimePrefix(createdAtMs: number): string {
  return Math.max(0, Math.trunc(createdAtMs)).toString(16).padStart(TIME_DIGITS, '0')
}
