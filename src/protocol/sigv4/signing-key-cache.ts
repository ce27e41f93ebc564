// Derived signing keys, kept as KeyObjects because deriving one takes four HMACs and a raw key
// costs each HMAC nine times as much. Not a credential store: it never answers who has a key.

import { createHmac, createSecretKey, type KeyObject } from 'node:crypto'

import type { CredentialScope } from './credential-scope.ts'

/** Keys of one generation; two are kept. About 1 KB each, so at most 16 MB. */
const GENERATION_KEYS_MAX = 8_192

/** See {@link createSigningKeyCache}. */
export interface SigningKeyCache {
  /**
   * The signing key for this secret and scope, derived on first use. A secret that changed under
   * the same access key id is derived anew: the answer always belongs to `secretAccessKey`.
   */
  get(accessKeyId: string, scope: CredentialScope, secretAccessKey: string): KeyObject
  /** How many keys are kept, for metrics and tests. */
  readonly size: number
}

interface CachedKey {
  readonly secretAccessKey: string
  readonly key: KeyObject
}

/**
 * A bounded cache. When a generation is full the one before it is dropped: what is in use survives
 * by moving to the young one, what is not is gone after at most two.
 */
export function createSigningKeyCache(generationKeysMax = GENERATION_KEYS_MAX): SigningKeyCache {
  let young = new Map<string, CachedKey>()
  let old = new Map<string, CachedKey>()

  return {
    get(accessKeyId, scope, secretAccessKey) {
      const name = `${accessKeyId}/${scope.text}`
      const found = young.get(name)
      if (found !== undefined && found.secretAccessKey === secretAccessKey) return found.key
      const older = old.get(name)
      const cached =
        older !== undefined && older.secretAccessKey === secretAccessKey
          ? older
          : { secretAccessKey, key: deriveSigningKey(secretAccessKey, scope) }
      old.delete(name)
      if (young.size >= generationKeysMax && found === undefined) {
        old = young
        young = new Map()
      }
      young.set(name, cached)
      return cached.key
    },
    get size() {
      return young.size + old.size
    },
  }
}

/** The published derivation: date, region, service, terminator, each keyed by the one before. */
export function deriveSigningKey(secretAccessKey: string, scope: CredentialScope): KeyObject {
  let key: Buffer = Buffer.from(`AWS4${secretAccessKey}`, 'utf8')
  for (const part of [scope.date, scope.region, scope.service, scope.terminator]) {
    key = createHmac('sha256', key).update(part).digest()
  }
  return createSecretKey(key)
}
