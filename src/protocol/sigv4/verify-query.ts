// Signatures in the query: the presigned URL with which a client opens its messaging session, and
// those that SDKs make of any request. Not for Authorization headers, see verify-header.ts.

import type { KeyObject } from 'node:crypto'

import { checkSignatureIsCurrent, parseAmzDate } from './amz-date.ts'
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
import { collectHeaders, type RawRequest } from './raw-request.ts'
import { incompleteSignature, missingAuthentication } from './signature-errors.ts'
import { decodeBytes } from './uri-encoding.ts'

/** Longest query taken: Node's own default for a whole request head. */
const QUERY_LENGTH_MAX = 16_384
/** One week, as AWS. */
// evidence: sdk @smithy/signature-v4 constants.js MAX_PRESIGNED_TTL
const EXPIRES_MAX_SECONDS = 604_800

/** A presigned request as presented. */
export interface PresentedQuerySignature extends PresentedSignature {
  /** When the URL ends, in milliseconds since the epoch, without the allowance for clock skew. */
  readonly expiresAtMs: number
  /** The parameters as sent, without the signature. */
  readonly signedQuery: readonly string[]
}

const REQUIRED_NAMES = [
  'X-Amz-Algorithm',
  'X-Amz-Credential',
  'X-Amz-Date',
  'X-Amz-SignedHeaders',
  'X-Amz-Signature',
] as const
const TOKEN_NAME = 'X-Amz-Security-Token'
const EXPIRES_NAME = 'X-Amz-Expires'
const KNOWN_NAMES: ReadonlySet<string> = new Set([...REQUIRED_NAMES, TOKEN_NAME, EXPIRES_NAME])
type RequiredName = (typeof REQUIRED_NAMES)[number]

/**
 * Reads the presigned parameters, wherever they stand in the query, without trusting them. Values
 * are percent-decoded, but `+` stays `+`: one signer leaves session tokens bare.
 * @throws FrontDoorError 403: MissingAuthenticationTokenException when neither credential nor
 * signature is there, IncompleteSignatureException when a parameter is malformed, missing or there
 * twice.
 */
// evidence: behaviour 1.2, 1.3, 13.5
export function parseQuerySignature(request: RawRequest): PresentedQuerySignature {
  const { values, signedQuery } = readParameters(request.rawQuery)
  if (!values.has('X-Amz-Credential') && !values.has('X-Amz-Signature')) {
    throw missingAuthentication()
  }
  const required = (name: RequiredName): string => {
    const value = values.get(name)
    if (!value) throw incompleteSignature(`AWS query-string parameters must include '${name}'.`)
    return value
  }
  if (required('X-Amz-Algorithm') !== ALGORITHM) {
    throw incompleteSignature(`'X-Amz-Algorithm' must be '${ALGORITHM}'.`)
  }
  const { accessKeyId, scope } = parseCredential(required('X-Amz-Credential'))
  const timestamp = required('X-Amz-Date')
  const signedAtMs = parseAmzDate(timestamp)
  if (signedAtMs === undefined) {
    throw incompleteSignature("'X-Amz-Date' must be in the form yyyymmddThhmmssZ.")
  }
  const signedHeadersText = required('X-Amz-SignedHeaders')
  return {
    accessKeyId,
    sessionToken: values.get(TOKEN_NAME) || undefined,
    scope,
    timestamp,
    signedAtMs,
    expiresAtMs: signedAtMs + parseExpiresSeconds(values.get(EXPIRES_NAME)) * 1000,
    signedHeaders: parseSignedHeaders(signedHeadersText),
    signedHeadersText,
    signature: parseSignature(required('X-Amz-Signature')),
    headers: collectHeaders(request.rawHeaders),
    signedQuery,
  }
}

/**
 * Verifies what {@link parseQuerySignature} read from the same request, save for the scope.
 * `publicHosts` are names under which clients know this server while a proxy rewrites `Host`.
 * @throws FrontDoorError 403 InvalidSignatureException.
 */
export function verifyQuerySignature(
  request: RawRequest,
  presented: PresentedQuerySignature,
  signingKeyOf: () => KeyObject,
  nowMs: number,
  publicHosts: readonly string[],
): void {
  const validForMs = presented.expiresAtMs - presented.signedAtMs
  checkSignatureIsCurrent(presented.timestamp, presented.signedAtMs, validForMs, nowMs)
  const host = checkSignedHeaders(presented)
  const readings = canonicalRequests({
    method: request.method,
    rawPath: request.rawPath,
    querySegments: presented.signedQuery,
    headers: presented.headers,
    signedHeaders: presented.signedHeaders,
    signedHeadersText: presented.signedHeadersText,
    payloadHash: checkedPayloadHash(presented.headers, request.body),
    hosts: hostReadings(host, publicHosts),
  })
  checkSignature(presented, readings, signingKeyOf)
}

/**
 * The host as received, lower-case, and with the port 443 put on or off: the JavaScript session
 * signs what the endpoint says, browsers leave out the default port. Then the public names.
 */
// evidence: behaviour 13.1
function hostReadings(
  host: string,
  publicHosts: readonly string[],
): readonly [string, ...string[]] {
  const lower = host.toLowerCase()
  const hasPort = lower.lastIndexOf(':') > lower.lastIndexOf(']')
  const otherPort = lower.endsWith(':443') ? [lower.slice(0, -4)] : hasPort ? [] : [`${lower}:443`]
  return [host, lower, ...otherPort, ...publicHosts]
}

function readParameters(rawQuery: string): {
  values: ReadonlyMap<string, string>
  signedQuery: readonly string[]
} {
  if (rawQuery.length > QUERY_LENGTH_MAX) {
    throw incompleteSignature(`The query is longer than ${QUERY_LENGTH_MAX} characters.`)
  }
  const values = new Map<string, string>()
  const signedQuery: string[] = []
  for (const segment of splitQuery(rawQuery)) {
    const at = segment.indexOf('=')
    const rawName = at < 0 ? segment : segment.slice(0, at)
    // However a name is percent-encoded, it is the same parameter: no second one slips through.
    const name = decodeBytes(rawName, false)
    if (KNOWN_NAMES.has(name)) {
      if (values.has(name)) throw incompleteSignature(`'${name}' may be present only once.`)
      values.set(name, at < 0 ? '' : decodeBytes(segment.slice(at + 1), false))
    }
    if (name !== 'X-Amz-Signature') signedQuery.push(segment)
  }
  return { values, signedQuery }
}

/** Without a text, none beyond the allowance for clock skew: as long as a signed header holds. */
// evidence: sdk aws-sdk-go-v2 PresignGetCallerIdentity, field aws4, aws4fetch (leave it out)
function parseExpiresSeconds(text: string | undefined): number {
  if (text === undefined) return 0
  const seconds = /^[1-9]\d{0,5}$/.test(text) ? Number(text) : 0
  if (seconds < 1 || seconds > EXPIRES_MAX_SECONDS) {
    throw incompleteSignature(
      `'${EXPIRES_NAME}' must be a number of seconds from 1 to ${EXPIRES_MAX_SECONDS}.`,
    )
  }
  return seconds
}
