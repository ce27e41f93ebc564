// Signatures in the Authorization header: what SDKs send of themselves. Not for presigned URLs, see
// verify-query.ts.

import type { KeyObject } from 'node:crypto'

import { amzDateOfDateHeader, checkSignatureIsCurrent, parseAmzDate } from './amz-date.ts'
import { canonicalRequests, splitQuery } from './canonical-request.ts'
import { parseCredential } from './credential-scope.ts'
import {
  ALGORITHM,
  checkedPayloadHash,
  checkSignature,
  checkSignedHeaders,
  parseSignature,
  parseSignedHeaders,
  type PresentedSignature,
} from './presented-signature.ts'
import { collectHeaders, type CollectedHeaders, type RawRequest } from './raw-request.ts'
import { incompleteSignature, missingAuthentication } from './signature-errors.ts'

/** Longest Authorization header taken: scheme, credential, names and signature at their longest. */
const AUTHORIZATION_LENGTH_MAX = 4_096

/**
 * Reads the Authorization header and the date, without trusting either.
 * @throws FrontDoorError 403: MissingAuthenticationTokenException without the header,
 * IncompleteSignatureException when anything in it is malformed, unknown, missing or there twice.
 */
export function parseHeaderSignature(request: RawRequest): PresentedSignature {
  const headers = collectHeaders(request.rawHeaders)
  const authorization = headers.get('authorization')
  if (authorization === undefined || authorization === '') throw missingAuthentication()
  const parts = splitAuthorization(authorization)
  const { accessKeyId, scope } = parseCredential(parts.Credential)
  const timestamp = timestampOf(headers)
  return {
    accessKeyId,
    sessionToken: headers.get('x-amz-security-token') || undefined,
    scope,
    timestamp: timestamp.text,
    signedAtMs: timestamp.timeMs,
    signedHeaders: parseSignedHeaders(parts.SignedHeaders),
    signedHeadersText: parts.SignedHeaders,
    signature: parseSignature(parts.Signature),
    headers,
  }
}

/**
 * Verifies what {@link parseHeaderSignature} read from the same request, save for the scope.
 * `publicHosts` are names under which clients know this server while a proxy rewrites `Host`.
 * @throws FrontDoorError 403 InvalidSignatureException, or IncompleteSignatureException when a
 * bound is passed.
 */
export function verifyHeaderSignature(
  request: RawRequest,
  presented: PresentedSignature,
  signingKeyOf: () => KeyObject,
  nowMs: number,
  publicHosts: readonly string[],
): void {
  checkSignatureIsCurrent(presented.timestamp, presented.signedAtMs, 0, nowMs)
  const host = checkSignedHeaders(presented)
  const readings = canonicalRequests({
    method: request.method,
    rawPath: request.rawPath,
    querySegments: splitQuery(request.rawQuery),
    headers: presented.headers,
    signedHeaders: presented.signedHeaders,
    signedHeadersText: presented.signedHeadersText,
    payloadHash: checkedPayloadHash(presented.headers, request.body),
    // The Host as received, whatever it is; then without its port, which the SDK for JavaScript of
    // 2022 does not sign. In Node it sends what it signed, in a browser it cannot.
    // evidence: sdk @aws-sdk/middleware-host-header 3.127 (behaviour 13.1). Then the public names.
    hosts: [host, host.replace(/:\d+$/, ''), ...publicHosts],
  })
  checkSignature(presented, readings, signingKeyOf)
}

const PART_NAMES = ['Credential', 'SignedHeaders', 'Signature'] as const
type AuthorizationParts = Record<(typeof PART_NAMES)[number], string>

function splitAuthorization(authorization: string): AuthorizationParts {
  if (authorization.length > AUTHORIZATION_LENGTH_MAX) {
    throw incompleteSignature(
      `Authorization header is longer than ${AUTHORIZATION_LENGTH_MAX} characters.`,
    )
  }
  if (!authorization.startsWith(`${ALGORITHM} `)) {
    throw incompleteSignature(`Authorization header must begin with '${ALGORITHM} '.`)
  }
  const parts: Partial<AuthorizationParts> = {}
  const texts = authorization.slice(ALGORITHM.length + 1).split(',', PART_NAMES.length + 1)
  for (const text of texts) {
    const part = text.trim()
    const nameEnd = part.indexOf('=')
    const presentedName = part.slice(0, nameEnd)
    const name = PART_NAMES.find((known) => known === presentedName)
    if (name === undefined || parts[name] !== undefined) {
      throw incompleteSignature(
        'Authorization header must hold Credential, SignedHeaders and Signature once each, ' +
          'separated by commas.',
      )
    }
    parts[name] = part.slice(nameEnd + 1)
  }
  for (const name of PART_NAMES) {
    if (!parts[name]) {
      throw incompleteSignature(`Authorization header requires '${name}' parameter.`)
    }
  }
  return parts as AuthorizationParts
}

/** `X-Amz-Date` wins over `Date`. Neither can be forged: the date is a line of what is signed. */
function timestampOf(headers: CollectedHeaders): { text: string; timeMs: number } {
  const amzDate = headers.get('x-amz-date')
  const dateHeader = headers.get('date')
  if (amzDate === undefined && dateHeader === undefined) {
    throw incompleteSignature(
      "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.",
    )
  }
  const text = amzDate ?? amzDateOfDateHeader(dateHeader ?? '')
  const timeMs = text === undefined ? undefined : parseAmzDate(text)
  if (text === undefined || timeMs === undefined) {
    throw incompleteSignature(
      "The date must be in ISO-8601 'basic format' (yyyymmddThhmmssZ), or RFC 1123 in 'Date'.",
    )
  }
  return { text, timeMs }
}
