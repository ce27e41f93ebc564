// What is signed here against AWS's published example and against our own verifier.
import { expect, it } from 'vitest'
import { parseHeaderSignature, verifyHeaderSignature } from './verify-header.ts'
import { signHeaders } from './sign-headers.ts'
import { deriveSigningKey } from './signing-key-cache.ts'

const secretAccessKey = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY'
const signing = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey,
  region: 'us-east-1',
  service: 'service',
  nowMs: Date.UTC(2015, 7, 30, 12, 36),
}

it('signs the published example as AWS does', () => {
  // evidence: docs AWS SigV4 test suite, get-vanilla
  const request = { method: 'GET', rawPath: '/', rawQuery: '', host: 'example.amazonaws.com' }
  expect(signHeaders(request, signing)['authorization']).toBe(
    'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, ' +
      'SignedHeaders=host;x-amz-date, ' +
      'Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31',
  )
})

it('signs path and query, so that neither can be changed', () => {
  const rawQuery = 'channel=arn%3Aaws%3Achime%2Fx&after=W10'
  const request = { method: 'GET', rawPath: '/overview', rawQuery, host: '127.0.0.1:8080' }
  const rawHeaders = Object.entries(signHeaders(request, signing)).flat()
  const verify = (changed: Partial<typeof request>) => {
    const raw = { ...request, ...changed, rawHeaders, body: Buffer.alloc(0) }
    const presented = parseHeaderSignature(raw)
    const key = () => deriveSigningKey(secretAccessKey, presented.scope)
    verifyHeaderSignature(raw, presented, key, signing.nowMs, [])
  }
  expect(() => verify({})).not.toThrow()
  expect(() => verify({ rawQuery: 'channel=other' })).toThrow('does not match')
  expect(() => verify({ rawPath: '/channels' })).toThrow('does not match')
})

it('signs the body', () => {
  const text = '{"entryIds":[1]}'
  const request = { method: 'POST', rawPath: '/outbox', rawQuery: '', host: 'there', body: text }
  const rawHeaders = Object.entries(signHeaders(request, signing)).flat()
  const verify = (body: string) => {
    const raw = { ...request, rawHeaders, body: Buffer.from(body) }
    const presented = parseHeaderSignature(raw)
    const key = () => deriveSigningKey(secretAccessKey, presented.scope)
    verifyHeaderSignature(raw, presented, key, signing.nowMs, [])
  }
  expect(() => verify(text)).not.toThrow()
  expect(() => verify('{"entryIds":[2]}')).toThrow('does not match')
})
