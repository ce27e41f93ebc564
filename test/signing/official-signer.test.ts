// Whatever the official signer signs verifies; whatever is changed afterwards does not.
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { FrontDoorError } from '../../src/base/api-error.ts'
import type { RawRequest } from '../../src/protocol/sigv4/raw-request.ts'
import {
  checkHeader,
  checkQuery,
  headerOf,
  presign,
  signHeader,
  strictEncode,
  withHeader,
  type Call,
} from './checked-request.ts'

const RUNS = 150

const pathPieces = [
  ...Array.from("aZ09-._~:@!$&()*+,;='"),
  '%2F',
  '%3A',
  '%20',
  '%C3%A9',
  '%252F',
  '..',
  '.',
  'channels',
  'arn:aws:chime:us-east-1:000000000000:app-instance/4c1e/channel/lobby',
  encodeURIComponent('arn:aws:chime:us-east-1:000000000000:app-instance/4c1e/channel/lobby'),
]
const path = fc
  .array(fc.array(fc.constantFrom(...pathPieces), { maxLength: 5 }).map((parts) => parts.join('')))
  .map((segments) => `/${segments.join('/')}`)
// SDKs drop parameters without a name; nothing distinguishes `=` from no parameter at all.
const queryName = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 }).filter(isWellFormed)
const queryValue = fc.string({ unit: 'grapheme', maxLength: 20 }).filter(isWellFormed)
const query = fc.dictionary(
  queryName.filter((name) => !/^x-amz-/i.test(name) && name !== '__proto__'),
  fc.oneof(queryValue, fc.array(queryValue, { minLength: 1, maxLength: 3 })),
  { maxKeys: 5 },
)
// What Node hands over: no control characters, no blanks at the ends, beyond ASCII as latin1.
const headerValue = fc
  .string({ unit: fc.constantFrom(...Array.from('aZ0 \t,;"=/é~')), maxLength: 30 })
  .map((text) => text.replace(/^[ \t]+|[ \t]+$/g, ''))
const headers = fc.dictionary(
  fc.constantFrom('x-amz-chime-bearer', 'x-amz-meta-one', 'content-type', 'accept', 'X-Other'),
  headerValue,
)
const call: fc.Arbitrary<Call> = fc.record({
  method: fc.constantFrom('GET', 'POST', 'PUT', 'DELETE'),
  path,
  query,
  headers,
  body: fc.string({ unit: 'grapheme', maxLength: 200 }).filter(isWellFormed),
})

function isWellFormed(text: string): boolean {
  return text.isWellFormed()
}

/** As `java.net.URLEncoder`: `+` for a space, `*` bare, `~` encoded. */
function javaEncode(text: string): string {
  return strictEncode(text).replaceAll('%20', '+').replaceAll('%2A', '*').replaceAll('~', '%7E')
}

describe('signed in the header by @smithy/signature-v4', () => {
  test('verifies, whatever the path, query, headers and body', async () => {
    await fc.assert(
      fc.asyncProperty(call, async (drawn) => {
        const request = await signHeader(drawn)
        expect(() => checkHeader(request)).not.toThrow()
      }),
      { numRuns: RUNS * 2 },
    )
  })

  test('verifies with temporary credentials', async () => {
    const token = fc.base64String({ minLength: 4, maxLength: 400 })
    await fc.assert(
      fc.asyncProperty(call, token, async (drawn, sessionToken) => {
        const request = await signHeader({ ...drawn, sessionToken })
        expect(() => checkHeader(request)).not.toThrow()
      }),
      { numRuns: RUNS },
    )
  })

  test.each([
    ['encodeURIComponent', encodeURIComponent],
    ['java.net.URLEncoder', javaEncode],
    ['lower-case escapes', (text: string) => strictEncode(text).replace(/%../g, lower)],
  ] as const)('verifies when the query is written by %s', async (_name, encode) => {
    await fc.assert(
      fc.asyncProperty(call, async (drawn) => {
        const request = await signHeader({ ...drawn, encode })
        expect(() => checkHeader(request)).not.toThrow()
      }),
      { numRuns: RUNS },
    )
  })
})

function lower(escape: string): string {
  return escape.toLowerCase()
}

describe('presigned by @smithy/signature-v4', () => {
  test('verifies, with and without a session token', async () => {
    const token = fc.option(fc.base64String({ minLength: 4, maxLength: 400 }), { nil: undefined })
    await fc.assert(
      fc.asyncProperty(call, token, async (drawn, sessionToken) => {
        const request = await presign({
          ...drawn,
          method: 'GET',
          body: '',
          ...(sessionToken === undefined ? {} : { sessionToken }),
        })
        expect(() => checkQuery(request)).not.toThrow()
      }),
      { numRuns: RUNS },
    )
  })

  test('fails when any character of the query is changed', async () => {
    await fc.assert(
      fc.asyncProperty(call, fc.nat(), fc.nat(), async (drawn, at, replacement) => {
        const request = await presign({ ...drawn, method: 'GET', body: '' })
        const rawQuery = changed(request.rawQuery, at, replacement)
        fc.pre(meaning(rawQuery) !== meaning(request.rawQuery))
        expect(refusalOf(() => checkQuery({ ...request, rawQuery }))).toBe(403)
      }),
      { numRuns: RUNS * 2 },
    )
  })
})

describe('changed after it was signed, it fails', () => {
  const changes: Record<string, (request: RawRequest, at: number, by: number) => RawRequest> = {
    method: (request, at, by) => ({ ...request, method: changed(request.method, at, by) }),
    path: (request, at, by) => ({ ...request, rawPath: `/${changed(request.rawPath, at, by)}` }),
    query: (request, at, by) => ({ ...request, rawQuery: changed(request.rawQuery, at, by) }),
    'added parameter': (request, _at, by) => ({
      ...request,
      rawQuery: `${request.rawQuery}&added=${by}`,
    }),
    body: (request, at, by) => ({ ...request, body: changedBytes(request.body, at, by) }),
    host: inHeader('host'),
    bearer: inHeader('x-amz-chime-bearer'),
    date: inHeader('x-amz-date'),
    'session token': inHeader('x-amz-security-token'),
    'payload hash': inHeader('x-amz-content-sha256'),
    'authorization (scope, names, signature)': inHeader('authorization'),
  }

  test.each(Object.entries(changes))('%s', async (_part, change) => {
    await fc.assert(
      fc.asyncProperty(call, fc.nat(), fc.nat(), async (drawn, at, by) => {
        const request = await signHeader({
          ...drawn,
          body: `{"Content":${JSON.stringify(drawn.body)}}`,
          query: { operation: 'redact', ...drawn.query },
          headers: { ...drawn.headers, 'x-amz-chime-bearer': 'arn:aws:chime:user/alice' },
          sessionToken: 'AQoDYXdzEPT//////////wEXAMPLE==',
        })
        expect(() => checkHeader(request)).not.toThrow()
        const tampered = change(request, at, by)
        fc.pre(!sameRequest(request, tampered))
        expect(refusalOf(() => checkHeader(tampered))).toBe(403)
      }),
      { numRuns: RUNS },
    )
  })
})

function inHeader(name: string) {
  return (request: RawRequest, at: number, by: number) =>
    withHeader(request, name, changed(headerOf(request, name), at, by))
}

function changedBytes(bytes: Buffer, at: number, by: number): Buffer {
  const copy = Buffer.from(bytes)
  const index = at % copy.length
  copy[index] = copy[index]! ^ (1 + (by % 255))
  return copy
}

/** `text` with another printable character at one place. */
function changed(text: string, at: number, by: number): string {
  const index = at % text.length
  const character = String.fromCharCode(0x21 + (by % 94))
  return text.slice(0, index) + character + text.slice(index + 1)
}

/** What a query says, however it is written. `+` may be read as itself or as a space. */
function meaning(rawQuery: string): string {
  return rawQuery
    .split('&')
    .filter((segment) => segment !== '')
    .map((segment) => {
      const [key, value = ''] = segment.split(/=(.*)/s)
      return JSON.stringify([decoded(key ?? ''), decoded(value)])
    })
    .toSorted()
    .join('&')
}

function decoded(text: string): string {
  return text
    .replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    )
    .replaceAll('+', ' ')
}

function resolvedPath(rawPath: string): string {
  const kept: string[] = []
  for (const segment of rawPath.split('/')) {
    if (segment === '..') kept.pop()
    else if (segment !== '.' && segment !== '') kept.push(segment)
  }
  return kept.join('/') + (kept.length > 0 && rawPath.endsWith('/') ? '/' : '')
}

/** True when a change left a request that the signer would have signed alike. */
function sameRequest(left: RawRequest, right: RawRequest): boolean {
  return (
    left.method === right.method &&
    resolvedPath(left.rawPath) === resolvedPath(right.rawPath) &&
    meaning(left.rawQuery) === meaning(right.rawQuery) &&
    left.body.equals(right.body) &&
    JSON.stringify(sorted(left)) === JSON.stringify(sorted(right))
  )
}

function sorted(request: RawRequest): string[] {
  return request.rawHeaders
    .flatMap((name, index) =>
      index % 2 === 0 ? [`${name.toLowerCase()}:${request.rawHeaders[index + 1]}`] : [],
    )
    .toSorted()
}

/**
 * The status with which a check refuses, or `accepted`. Any error of another kind passes through.
 */
function refusalOf(check: () => void): number | 'accepted' {
  try {
    check()
  } catch (error) {
    if (error instanceof FrontDoorError) return error.status
    throw error
  }
  return 'accepted'
}
