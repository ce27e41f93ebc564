// The cache of signing keys: right keys, fresh after rotation, bounded.
import { describe, expect, test } from 'vitest'
import { parseCredential } from './credential-scope.ts'
import { createSigningKeyCache, deriveSigningKey } from './signing-key-cache.ts'

const { scope } = parseCredential('AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request')
const SECRET = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY'

describe('deriveSigningKey', () => {
  // evidence: docs "Examples of how to derive a signing key" of the SigV4 reference
  test('gives the published example', () => {
    expect(deriveSigningKey(SECRET, scope).export().toString('hex')).toBe(
      'c4afb1cc5771d871763a393e44b703571b55cc28424d1a5e86da6ed3c154a4b9',
    )
  })
})

describe('createSigningKeyCache', () => {
  test('keeps the key', () => {
    const cache = createSigningKeyCache()
    expect(cache.get('AKID', scope, SECRET)).toBe(cache.get('AKID', scope, SECRET))
    expect(cache.size).toBe(1)
  })

  test('never answers with the key of an earlier secret, from either generation', () => {
    const cache = createSigningKeyCache(1)
    const first = cache.get('AKID', scope, SECRET)
    const rotated = cache.get('AKID', scope, 'rotated')
    expect(rotated.equals(deriveSigningKey('rotated', scope))).toBe(true)
    expect(rotated.equals(first)).toBe(false)
    cache.get('OTHER', scope, SECRET)
    expect(cache.get('AKID', scope, 'again').equals(deriveSigningKey('again', scope))).toBe(true)
  })

  test('tells access keys and scopes apart', () => {
    const cache = createSigningKeyCache()
    const other = parseCredential('AKID/20150831/us-east-1/iam/aws4_request').scope
    expect(cache.get('AKID', other, SECRET).equals(cache.get('AKID', scope, SECRET))).toBe(false)
    cache.get('AKID2', scope, SECRET)
    expect(cache.size).toBe(3)
  })

  test('holds at most two generations, and keeps what is in use', () => {
    const cache = createSigningKeyCache(4)
    const used = cache.get('used', scope, SECRET)
    for (let index = 0; index < 50; index += 1) {
      cache.get(`once-${index}`, scope, SECRET)
      expect(cache.get('used', scope, SECRET)).toBe(used)
      expect(cache.size).toBeLessThanOrEqual(8)
    }
  })
})
