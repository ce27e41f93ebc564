// The published Signature Version 4 test suite: canonical request, string to sign, and verification
// of each case. The vectors lie beside the checkout and are not part of it.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { canonicalRequests, splitQuery } from '../../src/protocol/sigv4/canonical-request.ts'
import { checkedPayloadHash, stringToSign } from '../../src/protocol/sigv4/presented-signature.ts'
import type { RawRequest } from '../../src/protocol/sigv4/raw-request.ts'
import { createSignatureChecker } from '../../src/protocol/sigv4/signature-checker.ts'
import { parseHeaderSignature } from '../../src/protocol/sigv4/verify-header.ts'
import { checkHeader, withHeader } from './checked-request.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const vectors = join(process.env.CARILLON_VECTORS ?? join(root, '../shared/vectors'), 'sigv4')
const hasVectors = existsSync(vectors)
const VECTOR_NOW_MS = Date.UTC(2015, 7, 30, 12, 36, 0)
/** Cases in the suite; fewer would mean that something was not found. */
const CASES_MIN = 30

const checker = createSignatureChecker({ region: 'us-east-1', services: ['service'] })

/** Folders that hold a case, those of groups such as normalize-path included. */
function casesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'latin1' })
    .filter((path) => path.endsWith('.req'))
    .map((path) => join(folder, path.slice(0, -'.req'.length)))
    .toSorted()
}

function read(path: string): string {
  return readFileSync(path, 'latin1')
}

/** Reads a `.req` file, which is HTTP/1.1 with bare line feeds, continuation lines included. */
function requestOf(text: string): RawRequest {
  const [head = '', body = ''] = text.split(/\n\n(.*)/s)
  const [requestLine = '', ...headerLines] = head.replace(/\n([ \t])/g, '\r$1').split('\n')
  const [, method = '', target = ''] = /^(\S+) (.*) HTTP\/1\.1$/.exec(requestLine) ?? []
  const [rawPath = '', rawQuery = ''] = target.split(/\?(.*)/s)
  const rawHeaders = headerLines
    .filter((line) => line !== '')
    .flatMap((line) => {
      const [name = '', value = ''] = line.split(/:(.*)/s)
      return [name, value.replaceAll('\r', '\n')]
    })
  return { method, rawPath, rawQuery, rawHeaders, body: Buffer.from(body, 'latin1') }
}

/** A case's request with its signature. */
function signedRequestOf(path: string): RawRequest {
  const authorization = read(`${path}.authz`).trim()
  const unsigned = requestOf(read(`${path}.req`))
  // One case signs a token that its `.req` lacks; the signed request has it.
  const isTokenMissing =
    authorization.includes('x-amz-security-token') &&
    !unsigned.rawHeaders.some((name) => name.toLowerCase() === 'x-amz-security-token')
  const base = isTokenMissing ? requestOf(read(`${path}.sreq`)) : unsigned
  return withHeader(base, 'authorization', authorization)
}

describe('the published SigV4 vectors', () => {
  test('are at hand', ({ skip }) => {
    const missing = `no vectors in ${vectors}; set CARILLON_VECTORS to the folder that holds sigv4/`
    if (!hasVectors && process.env.CI !== 'true') skip(missing)
    expect(hasVectors ? 'at hand' : missing).toBe('at hand')
    expect(casesIn(vectors).length).toBeGreaterThanOrEqual(CASES_MIN)
  })

  test.runIf(hasVectors)('a session token added after signing is refused', () => {
    const path = join(vectors, 'post-sts-token/post-sts-header-after/post-sts-header-after')
    const request = requestOf(read(`${path}.sreq`))
    expect(() => checkHeader(request, VECTOR_NOW_MS, checker)).toThrow(
      "'x-amz-security-token' must be a 'SignedHeader'",
    )
  })

  const cases = hasVectors ? casesIn(vectors) : []
  describe.each(cases.map((path) => [basename(path), path] as const))('%s', (_name, path) => {
    const signed = signedRequestOf(path)
    const presented = parseHeaderSignature(signed)

    test('canonical request and string to sign', () => {
      const canonical = [
        ...canonicalRequests({
          method: signed.method,
          rawPath: signed.rawPath,
          querySegments: splitQuery(signed.rawQuery),
          headers: presented.headers,
          signedHeaders: presented.signedHeaders,
          signedHeadersText: presented.signedHeadersText,
          payloadHash: checkedPayloadHash(presented.headers, signed.body),
          hosts: ['example.amazonaws.com'],
        }),
      ]
      const expected = read(`${path}.creq`).trimEnd()
      expect(canonical).toContain(expected)
      expect(stringToSign(presented.timestamp, presented.scope, expected)).toBe(
        read(`${path}.sts`).trimEnd(),
      )
    })

    test('verifies', () => {
      expect(() => checkHeader(signed, VECTOR_NOW_MS, checker)).not.toThrow()
    })

    test('does not verify with another body', () => {
      const other = { ...signed, body: Buffer.concat([signed.body, Buffer.from('x')]) }
      expect(() => checkHeader(other, VECTOR_NOW_MS, checker)).toThrow('does not match')
    })
  })
})
