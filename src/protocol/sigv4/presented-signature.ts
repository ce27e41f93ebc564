// What a request says about its own signature, and the checks that headers and presigned queries
// share. Knows nothing of where the parts were read from.

import { createHmac, hash, timingSafeEqual, type KeyObject } from 'node:crypto'

import type { CredentialScope } from './credential-scope.ts'
import type { CollectedHeaders } from './raw-request.ts'
import { incompleteSignature, invalidSignature, signatureMismatch } from './signature-errors.ts'

/** The only algorithm. */
export const ALGORITHM = 'AWS4-HMAC-SHA256'
/** Most names in SignedHeaders. SDKs sign 6 to 12. */
const SIGNED_HEADERS_MAX = 64
/** Longest list of names. */
const SIGNED_HEADERS_LENGTH_MAX = 2_048
/** Anything but lower-case header names (RFC 9110 tokens) and semicolons. */
const NOT_IN_SIGNED_HEADERS = /[^a-z0-9!#$%&'*+.^_`|~;-]/
const SIGNATURE = /^[0-9a-f]{64}$/

/**
 * `x-amz-*` headers that may come unsigned. Nothing here reads the first two: some signers leave
 * the user agent out because proxies rewrite it, and CloudFront adds its request id on the way.
 * `x-amzn-trace-id`, which no SDK signs, has another prefix. The hash of the body may come unsigned
 * because the signature covers the one that is reckoned here, and the header must agree with it.
 */
// evidence: field aws-requests-auth 0.4 (signs host and x-amz-date alone)
const UNSIGNED_ALLOWED: ReadonlySet<string> = new Set([
  'x-amz-user-agent',
  'x-amz-cf-id',
  'x-amz-content-sha256',
])

/** A well-formed signature as presented. Untrusted until a verify function has returned. */
export interface PresentedSignature {
  readonly accessKeyId: string
  /** Present with temporary credentials. */
  readonly sessionToken?: string | undefined
  readonly scope: CredentialScope
  /** `yyyymmddThhmmssZ`. */
  readonly timestamp: string
  /** The same in milliseconds since the epoch. */
  readonly signedAtMs: number
  /** Lower-case, without duplicates, in the signer's order. */
  readonly signedHeaders: ReadonlySet<string>
  /** The same as presented, joined by `;`: a line of what is signed. */
  readonly signedHeadersText: string
  /** 32 bytes. */
  readonly signature: Buffer
  /** The request's headers, collected once. */
  readonly headers: CollectedHeaders
}

/** @throws FrontDoorError 403 IncompleteSignatureException unless lower-case names in a list. */
export function parseSignedHeaders(text: string): ReadonlySet<string> {
  if (text.length > SIGNED_HEADERS_LENGTH_MAX || NOT_IN_SIGNED_HEADERS.test(text)) {
    throw incompleteSignature('SignedHeaders must be lower-case header names joined by semicolons.')
  }
  const names = text.split(';')
  const distinct = new Set(names)
  if (names.length > SIGNED_HEADERS_MAX || distinct.size !== names.length || distinct.has('')) {
    throw incompleteSignature(
      `SignedHeaders must name each header once and at most ${SIGNED_HEADERS_MAX} headers.`,
    )
  }
  return distinct
}

/** @throws FrontDoorError 403 IncompleteSignatureException unless 64 lower-case hex digits. */
export function parseSignature(text: string): Buffer {
  if (!SIGNATURE.test(text)) {
    throw incompleteSignature('Signature must be 64 lower-case hexadecimal digits.')
  }
  return Buffer.from(text, 'hex')
}

/**
 * Checks that everything that must be signed is, and that everything named is there.
 * @returns the `Host` header as received.
 * @throws FrontDoorError 403 InvalidSignatureException that names the header.
 */
export function checkSignedHeaders(presented: PresentedSignature): string {
  const { headers, signedHeaders } = presented
  const host = headers.get('host')
  if (host === undefined || !signedHeaders.has('host')) {
    throw invalidSignature("'host' must be a 'SignedHeader' in the AWS Authorization.")
  }
  for (const name of headers.keys()) {
    if (name.startsWith('x-amz-') && !signedHeaders.has(name) && !UNSIGNED_ALLOWED.has(name)) {
      throw invalidSignature(`'${name}' must be a 'SignedHeader' in the AWS Authorization.`)
    }
  }
  for (const name of signedHeaders) {
    if (!headers.has(name)) {
      throw invalidSignature(`The signed header '${name}' is not in the request.`)
    }
  }
  return host
}

/**
 * The SHA-256 of the body as lower-case hex. The body is always hashed here: the header
 * `x-amz-content-sha256` can only agree with it.
 * @throws FrontDoorError 403 InvalidSignatureException when it does not, which includes
 * `UNSIGNED-PAYLOAD` and the `STREAMING-…` forms.
 */
export function checkedPayloadHash(headers: CollectedHeaders, body: Buffer): string {
  const actual = hash('sha256', body)
  const declared = headers.get('x-amz-content-sha256')
  if (declared !== undefined && declared !== actual) {
    throw invalidSignature(
      "'x-amz-content-sha256' must be the SHA-256 of the body in lower-case hexadecimal; " +
        'unsigned and streaming payloads are not accepted.',
    )
  }
  return actual
}

/** The text that is signed for one canonical request (a string is hashed as UTF-8). */
export function stringToSign(
  timestamp: string,
  scope: CredentialScope,
  canonicalRequest: string | Buffer,
): string {
  return `${ALGORITHM}\n${timestamp}\n${scope.text}\n${hash('sha256', canonicalRequest)}`
}

/**
 * Accepts when the signature belongs to one of the readings. Compares in constant time. The key is
 * asked for only here, after every check that needs none: deriving one is the dearest step.
 * @throws FrontDoorError 403 InvalidSignatureException.
 */
export function checkSignature(
  presented: PresentedSignature,
  readings: Iterable<string | Buffer>,
  signingKeyOf: () => KeyObject,
): void {
  const signingKey = signingKeyOf()
  for (const canonicalRequest of readings) {
    const text = stringToSign(presented.timestamp, presented.scope, canonicalRequest)
    // As a string and then a buffer: a third cheaper than asking for a buffer at once.
    const expected = createHmac('sha256', signingKey).update(text).digest('binary')
    if (timingSafeEqual(Buffer.from(expected, 'latin1'), presented.signature)) return
  }
  throw signatureMismatch()
}
