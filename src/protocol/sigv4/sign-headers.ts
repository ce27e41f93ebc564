// Signs a request of our own: the other end of verify-header.ts, for programs that ask this server.
import { createHmac, hash } from 'node:crypto'
import { assert } from '../../base/assert.ts'
import { formatAmzDate } from './amz-date.ts'
import { canonicalRequests, splitQuery } from './canonical-request.ts'
import { ALGORITHM, stringToSign } from './presented-signature.ts'
import { deriveSigningKey } from './signing-key-cache.ts'

/** A request that is about to be sent. */
export interface UnsignedRequest {
  readonly method: string
  /** As it will stand on the wire. */
  readonly rawPath: string
  /** Likewise, without the `?`. */
  readonly rawQuery: string
  /** The value of the `Host` header. */
  readonly host: string
  /** Absent or empty for none. */
  readonly body?: string
}

/** With what, for whom and when to sign. */
export interface Signing {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly region: string
  readonly service: string
  readonly nowMs: number
}

/** The headers to send `request` with: `host` and those that sign it. */
// evidence: docs sigv4-create-signed-request
export function signHeaders(request: UnsignedRequest, signing: Signing): Record<string, string> {
  const timestamp = formatAmzDate(signing.nowMs)
  const { region, service } = signing
  const date = timestamp.slice(0, 8)
  const terminator = 'aws4_request'
  const text = `${date}/${region}/${service}/${terminator}`
  const scope = { date, region, service, terminator, text }
  const headers = new Map([
    ['host', request.host],
    ['x-amz-date', timestamp],
  ])
  const signedHeadersText = [...headers.keys()].join(';')
  const [usual] = canonicalRequests({
    method: request.method,
    rawPath: request.rawPath,
    querySegments: splitQuery(request.rawQuery),
    headers,
    signedHeaders: new Set(headers.keys()),
    signedHeadersText,
    payloadHash: hash('sha256', request.body ?? ''),
    hosts: [request.host],
  })
  assert(usual !== undefined, 'every request has a usual reading')
  const signature = createHmac('sha256', deriveSigningKey(signing.secretAccessKey, scope))
    .update(stringToSign(timestamp, scope, usual))
    .digest('hex')
  const credential = `${signing.accessKeyId}/${text}`
  return {
    ...Object.fromEntries(headers),
    authorization: `${ALGORITHM} Credential=${credential}, SignedHeaders=${signedHeadersText}, Signature=${signature}`,
  }
}
