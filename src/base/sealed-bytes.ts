// Bytes that nobody can read or change who has not the key, as URL-safe text: a version, a nonce, a
// tag, and what is sealed.
import { createCipheriv, createDecipheriv, type KeyObject } from 'node:crypto'
import { newSecretBytes } from './ids.ts'

const ALGORITHM = 'aes-256-gcm'
/** Bytes of the key. Source: AES-256. */
export const SEALING_KEY_BYTES = 32
/** Source: NIST SP 800-38D recommends nonces of 96 bits; random ones do for 2^32 texts a key. */
const NONCE_BYTES = 12
/** Source: NIST SP 800-38D, the longest tag. */
const TAG_BYTES = 16
/** The first byte; says how the rest is made, so that it can be made otherwise one day. */
export const SEAL_VERSION = 1
const HEAD_BYTES = 1 + NONCE_BYTES + TAG_BYTES

/** Never the same twice. Opens with the same `context` alone. */
export function sealBytes(key: KeyObject, plain: Buffer, context: Buffer): string {
  const nonce = newSecretBytes(NONCE_BYTES)
  const cipher = createCipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES })
  cipher.setAAD(context)
  const sealed = Buffer.concat([cipher.update(plain), cipher.final()])
  const version = Buffer.of(SEAL_VERSION)
  return Buffer.concat([version, nonce, cipher.getAuthTag(), sealed]).toString('base64url')
}

/** Undefined unless `text` is what `sealBytes` made with this key and context. */
export function openBytes(key: KeyObject, text: string, context: Buffer): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64url')
  if (bytes.length < HEAD_BYTES || bytes[0] !== SEAL_VERSION) return undefined
  // Decoding skips what is no base64url; only the very text that was made counts.
  if (bytes.toString('base64url') !== text) return undefined
  const nonce = bytes.subarray(1, 1 + NONCE_BYTES)
  const decipher = createDecipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES })
  decipher.setAAD(context)
  decipher.setAuthTag(bytes.subarray(1 + NONCE_BYTES, HEAD_BYTES))
  try {
    return Buffer.concat([decipher.update(bytes.subarray(HEAD_BYTES)), decipher.final()])
  } catch {
    return undefined
  }
}
