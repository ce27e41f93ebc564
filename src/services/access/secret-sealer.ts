// Secrets that the server must be able to use again, such as those of access keys, encrypted with
// its own key. Not for what only has to be recognised: that is hashed or signed.
import { createSecretKey } from 'node:crypto'
import { openBytes, sealBytes } from '../../base/sealed-bytes.ts'

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
    seal: (plain, context) => sealBytes(secret, Buffer.from(plain), Buffer.from(context)),
    open(sealed, context) {
      const plain = openBytes(secret, sealed, Buffer.from(context))
      if (plain === undefined) {
        throw new UnsealableError('a sealed secret cannot be opened with this key')
      }
      return plain.toString()
    },
  }
}
