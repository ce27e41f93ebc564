// Secrets that the server must be able to use again, such as those of access keys, encrypted with
// its own key. Not for what only has to be recognised: that is hashed or signed.
import { createCipheriv, createDecipheriv, createSecretKey } from 'node:crypto'
import { newSecretBytes } from '../../base/ids.ts'

const ALGORITHM = 'aes-256-gcm'
/** Bytes of the key. Source: AES-256. */
export const SEALING_KEY_BYTES = 32
/** Source: NIST SP 800-38D recommends nonces of 96 bits; random ones do for 2^32 secrets a key. */
const NONCE_BYTES = 12
/** Source: NIST SP 800-38D, the longest tag. */
const TAG_BYTES = 16
/** Says how the rest is made, so that it can be made otherwise one day. */
const VERSION = 1

/** Encrypts and decrypts texts under one key. */
export interface SecretSealer {
  /** URL-safe text; never the same twice. `context` (an access key's id) is bound to it. */
  seal(plain: string, context: string): string
  /** Throws UnsealableError unless `sealed` was made under this key for this context. */
  open(sealed: string, context: string): string
}

/** Text that was altered, or sealed under another key or for another context. */
export class UnsealableError extends Error {
  override readonly name = 'UnsealableError'
}

/** A sealer under `key`, 32 bytes, which every node of a deployment must share. */
export function createSecretSealer(key: Buffer): SecretSealer {
  const secret = createSecretKey(key)
  return {
    seal(plain, context) {
      const nonce = newSecretBytes(NONCE_BYTES)
      const cipher = createCipheriv(ALGORITHM, secret, nonce, { authTagLength: TAG_BYTES })
      cipher.setAAD(Buffer.from(context))
      const text = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()])
      const sealed = Buffer.concat([Buffer.of(VERSION), nonce, cipher.getAuthTag(), text])
      return sealed.toString('base64url')
    },
    open(sealed, context) {
      const bytes = Buffer.from(sealed, 'base64url')
      const textStart = 1 + NONCE_BYTES + TAG_BYTES
      // Decoding skips what is no base64url; only the very text that was made counts.
      if (bytes.length < textStart || bytes[0] !== VERSION) throw unsealable()
      if (bytes.toString('base64url') !== sealed) throw unsealable()
      const nonce = bytes.subarray(1, 1 + NONCE_BYTES)
      const decipher = createDecipheriv(ALGORITHM, secret, nonce, { authTagLength: TAG_BYTES })
      decipher.setAAD(Buffer.from(context))
      decipher.setAuthTag(bytes.subarray(1 + NONCE_BYTES, textStart))
      try {
        return (
          decipher.update(bytes.subarray(textStart), undefined, 'utf8') + decipher.final('utf8')
        )
      } catch {
        throw unsealable()
      }
    },
  }
}

function unsealable(): UnsealableError {
  return new UnsealableError('a sealed secret cannot be opened with this key')
}
