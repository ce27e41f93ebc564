// What is refused, and with which error, when the signature is in the Authorization header. That
// good signatures verify is proved in test/signing, by the signers of stock clients.
import { hash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import {
  CREDENTIALS,
  HOST,
  NOW_MS,
  REGION,
  checkHeader,
  headerOf,
  signHeader,
  withHeader,
  withMoreHeader,
} from '../../../test/signing/checked-request.ts'
import type { RawRequest } from './raw-request.ts'
import { signHeaders } from './sign-headers.ts'
import { createSignatureChecker } from './signature-checker.ts'
import { parseHeaderSignature } from './verify-header.ts'

const MINUTE_MS = 60_000
const signed = await signHeader({
  method: 'POST',
  path: '/channels/arn%3Aaws/messages',
  headers: { 'x-amz-chime-bearer': 'arn:aws:chime:user/alice', 'content-type': 'application/json' },
  body: '{"Content":"Guten Tag"}',
  sessionToken: 'token==',
})
const authorization = headerOf(signed, 'authorization')

function refusal(wireName: string, message: string) {
  return expect.objectContaining({
    wireName,
    status: 403,
    message: expect.stringContaining(message) as string,
  }) as Error
}

function withAuthorization(change: (text: string) => string): RawRequest {
  return withHeader(signed, 'Authorization', change(authorization))
}

describe('parseHeaderSignature', () => {
  test('tells who claims to have signed what', () => {
    expect(parseHeaderSignature(signed)).toMatchObject({
      accessKeyId: CREDENTIALS.accessKeyId,
      sessionToken: 'token==',
      signedAtMs: NOW_MS,
      timestamp: '20260504T070809Z',
      scope: { region: 'us-east-1', service: 'chime' },
    })
  })

  test.each([undefined, '', '   '])('misses authentication when the header is %j', (value) => {
    expect(() => parseHeaderSignature(withHeader(signed, 'authorization', value))).toThrow(
      refusal('MissingAuthenticationTokenException', 'Missing Authentication Token'),
    )
  })

  test.each([
    ['another scheme', () => 'Bearer abc', "must begin with 'AWS4-HMAC-SHA256 '"],
    ['another algorithm', (text: string) => text.replace('HMAC', 'ECDSA'), 'must begin with'],
    ['no part', () => 'AWS4-HMAC-SHA256 ,', 'once each'],
    ['a part twice', (text: string) => `${text}, Signature=${'0'.repeat(64)}`, 'once each'],
    ['an unknown part', (text: string) => `${text}, Extra=1`, 'once each'],
    ['no signature', (text: string) => text.replace(/, Signature=.*/, ''), "requires 'Signature'"],
    ['no names', (text: string) => text.replace(/SignedHeaders=[^,]*, /, ''), "'SignedHeaders'"],
    ['no credential', (text: string) => text.replace(/Credential=[^,]*, /, ''), "'Credential'"],
    ['an empty credential', (text: string) => text.replace(/=AKID[^,]*/, '='), "'Credential'"],
    ['a short scope', (text: string) => text.replace('/aws4_request', ''), 'five slash-delimited'],
    ['a short signature', (text: string) => text.slice(0, -1), '64 lower-case hexadecimal'],
    ['upper-case digits', (text: string) => text.slice(0, -1) + 'F', '64 lower-case hexadecimal'],
    ['upper-case names', (text: string) => text.replace(';host;', ';Host;'), 'lower-case header'],
    ['an empty name', (text: string) => text.replace(';host;', ';;host;'), 'each header once'],
    ['a name twice', (text: string) => text.replace(';host;', ';host;host;'), 'each header once'],
    [
      'too many names',
      (text: string) =>
        text.replace(';host;', `;${Array.from({ length: 64 }, (_, at) => `h${at}`).join(';')};`),
      'at most 64',
    ],
    [
      'a long list',
      (text: string) => text.replace(';host;', `;${'h'.repeat(2100)};`),
      'lower-case',
    ],
    ['a giant header', (text: string) => `${text}${' '.repeat(5000)},`, 'longer than 4096'],
  ])('refuses %s as incomplete', (_what, change, message) => {
    expect(() => parseHeaderSignature(withAuthorization(change))).toThrow(
      refusal('IncompleteSignatureException', message),
    )
  })

  test.each([
    'authorization',
    'host',
    'x-amz-date',
    'x-amz-security-token',
    'x-amz-content-sha256',
    'x-amz-chime-bearer',
  ])('refuses %s twice', (name) => {
    expect(() =>
      parseHeaderSignature(withMoreHeader(signed, name, headerOf(signed, name))),
    ).toThrow(refusal('IncompleteSignatureException', `'${name}' may be present only once`))
  })

  test.each([undefined, 'today', '2026-05-04T07:08:09Z'])('refuses the date %j', (value) => {
    expect(() => parseHeaderSignature(withHeader(signed, 'x-amz-date', value))).toThrow(
      refusal('IncompleteSignatureException', "'Date'"),
    )
  })
})

describe('verifyHeader', () => {
  test.each([
    ['commas without blanks', (text: string) => text.replaceAll(', ', ',')],
    ['more blanks', (text: string) => text.replaceAll(', ', ' ,   ')],
    ['another order', (text: string) => text.replace(/(Cred[^,]*), (Sign[^,]*)/, '$2, $1')],
  ])('accepts an Authorization header with %s', (_what, change) => {
    expect(() => checkHeader(withAuthorization(change))).not.toThrow()
  })

  test.each(['x-amz-meta-new', 'X-Amz-Anything'])('refuses an unsigned %s', (name) => {
    expect(() => checkHeader(withMoreHeader(signed, name, '1'))).toThrow(
      refusal('InvalidSignatureException', `'${name.toLowerCase()}' must be a 'SignedHeader'`),
    )
  })

  test.each(['host', 'x-amz-chime-bearer', 'x-amz-security-token', 'x-amz-date'])(
    'refuses %s when it is not among the signed',
    (name) => {
      const tampered = withAuthorization((text) => text.replace(new RegExp(`;${name}(?=[;,])`), ''))
      expect(() => checkHeader(tampered)).toThrow(
        refusal('InvalidSignatureException', `'${name}' must be a 'SignedHeader'`),
      )
    },
  )

  test.each([
    'x-amz-user-agent',
    'x-amz-cf-id',
    'x-amzn-trace-id',
    'user-agent',
    'x-forwarded-for',
  ])('takes an unsigned %s', (name) => {
    expect(() => checkHeader(withMoreHeader(signed, name, 'added on the way'))).not.toThrow()
  })

  test('takes the hash of the body unsigned, but no other', () => {
    const body = '{"Name":"ü"}'
    const request = { method: 'POST', rawPath: '/app-instances', rawQuery: '' }
    const headers = signHeaders(
      { ...request, host: HOST, body },
      { ...CREDENTIALS, region: REGION, service: 'chime', nowMs: NOW_MS },
    )
    const withHash = (text: string) => ({
      ...request,
      rawHeaders: Object.entries({
        ...headers,
        'x-amz-content-sha256': hash('sha256', text),
      }).flat(),
      body: Buffer.from(body),
    })
    expect(() => checkHeader(withHash(body))).not.toThrow()
    expect(() => checkHeader(withHash('{}'))).toThrow(
      refusal('InvalidSignatureException', "'x-amz-content-sha256' must be the SHA-256"),
    )
  })

  test.each([
    ['chat.example.com', 'chat.example.com:9180'],
    ['[::1]', '[::1]:9180'],
  ])('takes a signed %s when %s arrives, as of old SDKs in browsers', (host, arrived) => {
    const request = { method: 'GET', rawPath: '/app-instances', rawQuery: '' }
    const signing = { ...CREDENTIALS, region: REGION, service: 'chime', nowMs: NOW_MS }
    const { host: signedHost, ...headers } = signHeaders({ ...request, host }, signing)
    expect(signedHost).toBe(host)
    const withHost = (name: string) => ({
      ...request,
      rawHeaders: Object.entries({ ...headers, host: name }).flat(),
      body: Buffer.alloc(0),
    })
    expect(() => checkHeader(withHost(arrived))).not.toThrow()
    expect(() => checkHeader(withHost(`x${arrived}`))).toThrow('does not match')
    expect(() => checkHeader(withHost(`${arrived}x`))).toThrow('does not match')
  })

  test('takes what was signed for a public name of the server, whatever Host a proxy writes', () => {
    const options = { region: REGION, services: ['chime'] }
    const checker = createSignatureChecker({ ...options, publicHosts: ['a.example.com', HOST] })
    const other = createSignatureChecker({ ...options, publicHosts: ['a.example.com'] })
    const proxied = withHeader(signed, 'host', '10.0.0.7:8080')
    expect(() => checkHeader(proxied)).toThrow('does not match')
    expect(() => checkHeader(proxied, NOW_MS, checker)).not.toThrow()
    expect(() => checkHeader(proxied, NOW_MS, other)).toThrow('does not match')
  })

  test('refuses another port than the signed one, and none', () => {
    for (const host of [HOST.replace('8443', '9180'), HOST.replace(':8443', '')]) {
      expect(() => checkHeader(withHeader(signed, 'host', host))).toThrow('does not match')
    }
  })

  test('names a signed header that did not arrive', () => {
    expect(() => checkHeader(withHeader(signed, 'content-type', undefined))).toThrow(
      refusal('InvalidSignatureException', "'content-type' is not in the request"),
    )
  })

  test.each([
    'UNSIGNED-PAYLOAD',
    'STREAMING-AWS4-HMAC-SHA256-PAYLOAD',
    'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
  ])('refuses the payload hash %s even when it is signed', async (payloadHash) => {
    const request = await signHeader({
      method: 'POST',
      headers: { 'x-amz-content-sha256': payloadHash },
      body: '{}',
    })
    expect(() => checkHeader(request)).toThrow(
      refusal('InvalidSignatureException', "'x-amz-content-sha256' must be the SHA-256"),
    )
  })

  test('allows the clock five minutes and no second more', async () => {
    for (const offMs of [5 * MINUTE_MS, -5 * MINUTE_MS]) {
      expect(() => checkHeader(signed, NOW_MS + offMs)).not.toThrow()
    }
    expect(() => checkHeader(signed, NOW_MS + 5 * MINUTE_MS + 1000)).toThrow(
      refusal('InvalidSignatureException', 'Signature expired: 20260504T070809Z is now earlier'),
    )
    expect(() => checkHeader(signed, NOW_MS - 5 * MINUTE_MS - 1000)).toThrow(
      refusal('InvalidSignatureException', 'Signature not yet current: 20260504T070809Z is still'),
    )
  })

  test('checks the scope, and takes a global region only where it is allowed', async () => {
    const iam = await signHeader({ method: 'POST', service: 'iam', region: 'us-east-1' })
    const checker = createSignatureChecker({ region: 'eu-west-1', services: ['iam', 'sts'] })
    const global = createSignatureChecker({
      region: 'eu-west-1',
      globalRegions: ['us-east-1'],
      services: ['iam', 'sts'],
    })
    expect(() => checkHeader(iam, NOW_MS, global)).not.toThrow()
    expect(() => checkHeader(iam, NOW_MS, checker)).toThrow(
      refusal('InvalidSignatureException', "expected 'eu-west-1', got 'us-east-1'"),
    )
    expect(() => checkHeader(signed, NOW_MS, global)).toThrow(
      refusal('InvalidSignatureException', "expected 'iam' or 'sts', got 'chime'"),
    )
  })

  test('follows the secret when it changes under one access key id', () => {
    const checker = createSignatureChecker({ region: 'us-east-1', services: ['chime'] })
    const presented = parseHeaderSignature(signed)
    const verify = (secret: string) => checker.verifyHeader(signed, presented, secret, NOW_MS)
    expect(() => verify(CREDENTIALS.secretAccessKey)).not.toThrow()
    expect(() => verify('rotated')).toThrow('does not match')
    expect(() => verify(CREDENTIALS.secretAccessKey)).not.toThrow()
  })

  test('never tells the signature that would have been right', () => {
    const right = authorization.slice(-64)
    const tampered = withAuthorization((text) => text.slice(0, -64) + 'a'.repeat(64))
    expect(() => checkHeader(tampered)).toThrow(
      expect.objectContaining({
        wireName: 'InvalidSignatureException',
        message: expect.not.stringContaining(right) as string,
      }),
    )
  })
})
