// What is refused, and with which error, when the signature is in the query. That good ones verify
// is proved in test/signing, by the presigners of stock clients.
import { createHmac, hash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import {
  CREDENTIALS,
  HOST,
  NOW_MS,
  REGION,
  checkQuery,
  presign,
  withHeader,
  withMoreHeader,
} from '../../../test/signing/checked-request.ts'
import type { RawRequest } from './raw-request.ts'
import { parseQuerySignature } from './verify-query.ts'

const MINUTE_MS = 60_000
const signed = await presign({
  path: '/connect',
  query: { userArn: 'arn:aws:chime:user/alice', sessionId: '1' },
  sessionToken: 'token+/==',
})

function refusal(wireName: string, message: string) {
  return expect.objectContaining({
    wireName,
    status: 403,
    message: expect.stringContaining(message) as string,
  }) as Error
}

function withQuery(pattern: RegExp, replacement: string): RawRequest {
  return { ...signed, rawQuery: signed.rawQuery.replace(pattern, replacement) }
}

/** For queries that the official presigner does not make; `rawQuery` is signed as it stands. */
function signByHand(rawQuery: string): string {
  const query = rawQuery.split('&').toSorted().join('&')
  const canonical = `GET\n/connect\n${query}\nhost:${HOST}\n\nhost\n${hash('sha256', '')}`
  const text = `AWS4-HMAC-SHA256\n20260504T070809Z\n20260504/${REGION}/chime/aws4_request\n`
  const key = ['20260504', REGION, 'chime', 'aws4_request'].reduce(
    (parent, part) => createHmac('sha256', parent).update(part).digest(),
    Buffer.from(`AWS4${CREDENTIALS.secretAccessKey}`),
  )
  return createHmac('sha256', key)
    .update(text + hash('sha256', canonical))
    .digest('hex')
}

describe('parseQuerySignature', () => {
  test('tells who claims to have signed what, and until when', () => {
    const presented = parseQuerySignature(signed)
    expect(presented).toMatchObject({
      accessKeyId: 'AKIDEXAMPLE',
      sessionToken: 'token+/==',
      signedAtMs: NOW_MS,
      expiresAtMs: NOW_MS + 10_000,
    })
    expect(presented.signedQuery.some((part) => part.startsWith('X-Amz-Signature'))).toBe(false)
  })

  test.each(['', 'userArn=a&sessionId=b'])('misses authentication in %j', (rawQuery) => {
    expect(() => parseQuerySignature({ ...signed, rawQuery })).toThrow(
      refusal('MissingAuthenticationTokenException', 'Missing Authentication Token'),
    )
  })

  test.each([
    'X-Amz-Algorithm',
    'X-Amz-Credential',
    'X-Amz-Date',
    'X-Amz-SignedHeaders',
    'X-Amz-Signature',
  ])('refuses the query without %s, with an empty one, and with two', (name) => {
    const pattern = new RegExp(`${name}=[^&]*`)
    const missing = refusal('IncompleteSignatureException', `must include '${name}'`)
    expect(() => parseQuerySignature(withQuery(pattern, ''))).toThrow(missing)
    expect(() => parseQuerySignature(withQuery(pattern, `${name}=`))).toThrow(missing)
    const twice = refusal('IncompleteSignatureException', `'${name}' may be present only once`)
    expect(() => parseQuerySignature(withQuery(pattern, `$&&$&`))).toThrow(twice)
    const escaped = name.replace('-', '%2D')
    expect(() => parseQuerySignature(withQuery(pattern, `$&&${escaped}=1`))).toThrow(twice)
  })

  test.each([
    ['X-Amz-Security-Token', 'x'],
    ['X-Amz-Expires', '10'],
  ])('refuses two of %s', (name, value) => {
    const twice = withQuery(new RegExp(`${name}=[^&]*`), `$&&${name}=${value}`)
    expect(() => parseQuerySignature(twice)).toThrow(`'${name}' may be present only once`)
  })

  test.each([
    ['Algorithm', 'AWS4-ECDSA-P256-SHA256', "must be 'AWS4-HMAC-SHA256'"],
    ['Credential', 'AKID%2F20260504', 'five slash-delimited'],
    ['Credential', 'A%0D%0A%2F20260504%2Fr%2Fs%2Faws4_request', 'five slash-delimited'],
    ['Date', '2026-05-04T07:08:09Z', 'yyyymmddThhmmssZ'],
    ['Expires', '', 'from 1 to 604800'],
    ['Expires', '0', 'from 1 to 604800'],
    ['Expires', '-1', 'from 1 to 604800'],
    ['Expires', '604801', 'from 1 to 604800'],
    ['Expires', '1e3', 'from 1 to 604800'],
    ['Expires', '010', 'from 1 to 604800'],
    ['SignedHeaders', 'Host', 'lower-case header names'],
    ['Signature', 'abc', '64 lower-case hexadecimal'],
  ])('refuses X-Amz-%s=%s', (name, value, message) => {
    const request = withQuery(new RegExp(`X-Amz-${name}=[^&]*`), `X-Amz-${name}=${value}`)
    expect(() => parseQuerySignature(request)).toThrow(
      refusal('IncompleteSignatureException', message),
    )
  })

  test('refuses a query beyond its bounds', () => {
    const long = { ...signed, rawQuery: `${signed.rawQuery}&a=${'x'.repeat(16_384)}` }
    expect(() => parseQuerySignature(long)).toThrow('longer than 16384')
    const many = { ...signed, rawQuery: `${signed.rawQuery}${'&a=1'.repeat(128)}` }
    expect(() => parseQuerySignature(many)).toThrow('More than 128 query parameters')
  })
})

describe('verifyQuery', () => {
  test('holds until expiry and five minutes, and from five minutes before', () => {
    const lastMs = NOW_MS + 10_000 + 5 * MINUTE_MS
    expect(() => checkQuery(signed, lastMs)).not.toThrow()
    expect(() => checkQuery(signed, lastMs + 1)).toThrow(
      refusal('InvalidSignatureException', 'Signature expired: 20260504T070809Z'),
    )
    expect(() => checkQuery(signed, NOW_MS - 5 * MINUTE_MS)).not.toThrow()
    expect(() => checkQuery(signed, NOW_MS - 5 * MINUTE_MS - 1)).toThrow(
      refusal('InvalidSignatureException', 'Signature not yet current: 20260504T070809Z'),
    )
  })

  test('holds for five minutes without X-Amz-Expires, which signers leave out', () => {
    const rawQuery = signed.rawQuery.replace(/&X-Amz-(Expires|Signature)=[^&]*/g, '')
    expect(rawQuery).not.toContain('Expires')
    const endless = { ...signed, rawQuery: `${rawQuery}&X-Amz-Signature=${signByHand(rawQuery)}` }
    expect(() => checkQuery(endless, NOW_MS + 5 * MINUTE_MS)).not.toThrow()
    expect(() => checkQuery(endless, NOW_MS + 5 * MINUTE_MS + 1)).toThrow(
      refusal('InvalidSignatureException', 'Signature expired: 20260504T070809Z'),
    )
  })

  test('holds for a week when signed for a week', async () => {
    const week = await presign({ path: '/connect' }, 604_800)
    expect(() => checkQuery(week, NOW_MS + 604_800_000)).not.toThrow()
  })

  test('needs the host to be signed and sent', () => {
    const unsigned = withQuery(/SignedHeaders=host/, 'SignedHeaders=accept')
    expect(() => checkQuery(unsigned)).toThrow(refusal('InvalidSignatureException', "'host' must"))
    expect(() => checkQuery(withHeader(signed, 'host', undefined))).toThrow("'host' must")
  })

  test('takes the Host in capitals', () => {
    expect(() => checkQuery(withHeader(signed, 'Host', HOST.toUpperCase()))).not.toThrow()
  })

  test('refuses a session token that was added, changed or taken away after signing', async () => {
    const plain = await presign({ path: '/connect' })
    const added = { ...plain, rawQuery: `${plain.rawQuery}&X-Amz-Security-Token=x` }
    expect(() => checkQuery(added)).toThrow('does not match')
    expect(() => checkQuery(withQuery(/Token=token/, 'Token=tokem'))).toThrow('does not match')
    expect(() => checkQuery(withQuery(/X-Amz-Security-Token=[^&]*&?/, ''))).toThrow('not match')
  })

  test('refuses an unsigned bearer, and a body', () => {
    expect(() => checkQuery(withMoreHeader(signed, 'x-amz-chime-bearer', 'arn'))).toThrow(
      refusal('InvalidSignatureException', "'x-amz-chime-bearer' must be a 'SignedHeader'"),
    )
    expect(() => checkQuery({ ...signed, body: Buffer.from('x') })).toThrow('does not match')
  })
})
