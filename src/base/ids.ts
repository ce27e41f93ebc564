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

/** Where the random bits of a UUID of version 4 begin that follow its version: 74 of them. */
const AFTER_VERSION = 15

/**
 * A new UUID of version 7, which sorts by the time of its making as text: what is kept by it lies
 * together. 74 bits of it are random.
 */
export function newTimeOrderedUuid(nowMs: number): string {
  const time = messageIdTimePrefix(nowMs)
  // Of one of version 4, because those are made from random bytes that are fetched in advance.
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(AFTER_VERSION)}`
}

/** `count` random bytes from the operating system. */
export function newSecretBytes(count: number): Buffer {
  return randomBytes(count)
}

/** What stands in front of ids of IAM: users, roles, lasting and temporary access keys. */
// evidence: docs IAM unique identifiers
export type IamIdPrefix = 'AIDA' | 'AROA' | 'AKIA' | 'ASIA'

/** Base 32, upper case, as IAM's ids are written. */
const IAM_ID_ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
/** Characters behind the prefix: 80 bits in ids of access keys, 85 in the others. */
const ACCESS_KEY_ID_RANDOM_LENGTH = 16
const UNIQUE_ID_RANDOM_LENGTH = 17

/** A new id of IAM: 20 characters for access keys, 21 for users and roles. */
export function newIamId(prefix: IamIdPrefix): string {
  const isKey = prefix === 'AKIA' || prefix === 'ASIA'
  let id: string = prefix
  for (const byte of randomBytes(isKey ? ACCESS_KEY_ID_RANDOM_LENGTH : UNIQUE_ID_RANDOM_LENGTH)) {
    id += IAM_ID_ALPHABET[byte % IAM_ID_ALPHABET.length] ?? ''
  }
  return id
}

/** Bytes of a secret access key: 240 bits, the 40 characters of base64 that AWS's secrets have. */
const SECRET_ACCESS_KEY_BYTES = 30

/** A new secret access key, 40 characters. */
export function newSecretAccessKey(): string {
  return randomBytes(SECRET_ACCESS_KEY_BYTES).toString('base64')
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
