// The presigner inside amazon-chime-sdk-js and the ways in which other clients of the messaging
// session write their URL: all of it verifies.
import { createRequire } from 'node:module'
import * as fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import type { RawRequest } from '../../src/protocol/sigv4/raw-request.ts'
import { createSignatureChecker } from '../../src/protocol/sigv4/signature-checker.ts'
import { parseQuerySignature } from '../../src/protocol/sigv4/verify-query.ts'
import {
  CREDENTIALS,
  HOST,
  NOW_MS,
  REGION,
  checkQuery,
  presign,
  strictEncode,
  withHeader,
} from './checked-request.ts'

interface SigV4 {
  signURL(
    method: string,
    scheme: string,
    serviceName: string,
    hostname: string,
    path: string,
    payload: string,
    queryParams: Map<string, string[]>,
  ): Promise<string>
}
const { default: DefaultSigV4 } = createRequire(import.meta.url)(
  'amazon-chime-sdk-js/build/sigv4/DefaultSigV4',
) as { default: new (client: unknown) => SigV4 }

const USER_ARN =
  'arn:aws:chime:us-east-1:000000000000:app-instance/4c1e/user/us-east-1:8f3b0f0e-1c5b-4c55'
const SESSION_TOKEN = 'AQoDYXdzEPT//////////wEXAMPLE+tc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQW=='
const ODD_CHARACTERS = "it's (a) *test*! ~ + & = % é"

function requestOf(url: string, host: string): RawRequest {
  const [, rawPath = '', rawQuery = ''] = /^wss:\/\/[^/]+([^?]*)\?(.*)$/.exec(url) ?? []
  return { method: 'GET', rawPath, rawQuery, rawHeaders: ['Host', host], body: Buffer.alloc(0) }
}

async function sessionUrl(
  sessionId: string,
  sessionToken?: string,
  host = HOST,
): Promise<RawRequest> {
  vi.useFakeTimers({ now: NOW_MS, toFake: ['Date'] })
  try {
    const sigV4 = new DefaultSigV4({
      config: { region: REGION, credentials: { ...CREDENTIALS, sessionToken } },
    })
    const parameters = new Map([
      ['userArn', [USER_ARN]],
      ['sessionId', [sessionId]],
      ['prefetch-on', ['connect']],
      ['prefetch-sort-by', ['unread']],
    ])
    const url = await sigV4.signURL('GET', 'wss', 'chime', host, '/connect', '', parameters)
    return requestOf(url, host)
  } finally {
    vi.useRealTimers()
  }
}

describe('amazon-chime-sdk-js DefaultSigV4', () => {
  test('verifies, with the credential as presented', async () => {
    const request = await sessionUrl('8f3b0f0e-1c5b-4c55-9a05-6a0f0f6b5c11')
    expect(() => checkQuery(request)).not.toThrow()
    const presented = parseQuerySignature(request)
    expect(presented.accessKeyId).toBe(CREDENTIALS.accessKeyId)
    expect(presented.sessionToken).toBeUndefined()
    expect(presented.expiresAtMs).toBe(NOW_MS + 10_000)
  })

  test('verifies with a session token', async () => {
    const request = await sessionUrl('1234', SESSION_TOKEN)
    expect(() => checkQuery(request)).not.toThrow()
    expect(parseQuerySignature(request).sessionToken).toBe(SESSION_TOKEN)
  })

  test("verifies with characters that it leaves bare: ! ' ( ) *", async () => {
    const request = await sessionUrl(ODD_CHARACTERS)
    expect(request.rawQuery).toContain("sessionId=it's%20(a)%20*test*!")
    expect(() => checkQuery(request)).not.toThrow()
  })

  test('verifies with any session id and token', async () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 40 }).filter((id) => id.isWellFormed())
    await fc.assert(
      fc.asyncProperty(text, fc.base64String({ minLength: 4 }), async (sessionId, token) => {
        const request = await sessionUrl(sessionId, token)
        expect(() => checkQuery(request)).not.toThrow()
      }),
    )
  })

  test('verifies when it signed host:443 and the browser sent the host alone', async () => {
    const request = await sessionUrl('1', undefined, 'chat.example.com:443')
    const sent = withHeader(request, 'host', 'chat.example.com')
    expect(() => checkQuery(sent)).not.toThrow()
    expect(() => checkQuery(withHeader(sent, 'host', 'other.example.com'))).toThrow('not match')
  })

  test('verifies when it signed the host alone and the client sent host:443', async () => {
    const request = await sessionUrl('1', undefined, 'chat.example.com')
    expect(() => checkQuery(withHeader(request, 'host', 'chat.example.com:443'))).not.toThrow()
    expect(() => checkQuery(withHeader(request, 'host', 'chat.example.com:444'))).toThrow(
      'does not match',
    )
  })

  test('verifies under a public host name when a proxy rewrote Host, if it is listed', async () => {
    const request = withHeader(await sessionUrl('1'), 'host', '10.0.0.7:8080')
    const proxied = createSignatureChecker({
      region: REGION,
      services: ['chime'],
      publicHosts: ['elsewhere.example.com', HOST.toUpperCase()],
    })
    expect(() => checkQuery(request)).toThrow('does not match')
    expect(() => checkQuery(request, NOW_MS, proxied)).not.toThrow()
  })
})

describe('other writers of the same URL', () => {
  const call = {
    path: '/connect',
    query: { userArn: USER_ARN, sessionId: ODD_CHARACTERS },
    sessionToken: SESSION_TOKEN,
  }

  test.each([
    ['a strict one', strictEncode],
    ['encodeURIComponent', encodeURIComponent],
    [
      'java.net.URLEncoder (+ for a space, * bare, ~ encoded)',
      (text: string) =>
        strictEncode(text).replaceAll('%20', '+').replaceAll('%2A', '*').replaceAll('~', '%7E'),
    ],
    [
      'one that leaves + / = bare in the token',
      (text: string) =>
        text === SESSION_TOKEN || text.startsWith('AKID') ? text : strictEncode(text),
    ],
  ] as const)('%s', async (_name, encode) => {
    const request = await presign({ ...call, encode })
    expect(() => checkQuery(request)).not.toThrow()
    expect(parseQuerySignature(request).sessionToken).toBe(SESSION_TOKEN)
  })

  test('one that does not put the signature last', async () => {
    const request = await presign(call)
    const segments = request.rawQuery.split('&')
    const rawQuery = [...segments.slice(-1), ...segments.slice(0, -1)].join('&')
    expect(rawQuery).toMatch(/^X-Amz-Signature=/)
    expect(() => checkQuery({ ...request, rawQuery })).not.toThrow()
  })
})
