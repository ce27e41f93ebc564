// Who signed a request: by its Authorization header, or, where it has none, by a query that was
// signed in advance. Not what the signer may do: see request-chain.ts.
import type { IncomingHttpHeaders } from 'node:http'
import { FrontDoorError } from '../base/api-error.ts'
import type { Clock } from '../base/clock.ts'
import type { Credential, CredentialSource } from '../ports/credential-source.ts'
import type { PresentedSignature } from '../protocol/sigv4/presented-signature.ts'
import { parseQueryString } from '../protocol/query-string.ts'
import type { RawRequest } from '../protocol/sigv4/raw-request.ts'
import type { SignatureChecker } from '../protocol/sigv4/signature-checker.ts'
import { parseHeaderSignature } from '../protocol/sigv4/verify-header.ts'
import { parseQuerySignature } from '../protocol/sigv4/verify-query.ts'
import { BEARER_HEADER } from './bearer.ts'

/** What it takes to know a signer. */
export interface SignerParts {
  readonly credentials: CredentialSource
  readonly clock: Clock
}

/** A signature as presented, and how to verify it. */
interface Presented {
  readonly signature: PresentedSignature
  readonly verify: (secretAccessKey: string, nowMs: number) => void
}

/**
 * The credential that signed `signed`. Throws FrontDoorError 403 when nothing did, when nobody has
 * the key, when the signature is wrong or no longer holds, or when the credential has expired.
 */
export async function findSigningCredential(
  signed: RawRequest,
  checker: SignatureChecker,
  { credentials, clock }: SignerParts,
): Promise<Credential> {
  const { signature, verify } = presentedBy(signed, checker)
  const credential = await credentials.find(signature.accessKeyId, signature.sessionToken)
  // evidence: docs CommonErrors (names and texts)
  if (credential === undefined) {
    throw new FrontDoorError(
      'UnrecognizedClientException',
      403,
      'The security token included in the request is invalid.',
    )
  }
  const now = clock.now()
  verify(credential.secretAccessKey, now)
  if (credential.expiresAt !== undefined && credential.expiresAt <= now) {
    throw new FrontDoorError(
      'ExpiredTokenException',
      403,
      'The security token included in the request is expired',
    )
  }
  return credential
}

// evidence: docs Signature Version 4 (authentication information in the query string) | sdk
// botocore generate_presigned_url, which makes one for any operation
function presentedBy(signed: RawRequest, checker: SignatureChecker): Presented {
  if (isPresigned(signed)) {
    const signature = parseQuerySignature(signed)
    return {
      signature,
      verify: (secret, nowMs) => checker.verifyQuery(signed, signature, secret, nowMs),
    }
  }
  const signature = parseHeaderSignature(signed)
  return {
    signature,
    verify: (secret, nowMs) => checker.verifyHeader(signed, signature, secret, nowMs),
  }
}

/**
 * The headers of a request, with the bearer that stands in a query that was signed in advance:
 * presigners move every `x-amz-` header there. Whoever has the URL needs no header then.
 */
// evidence: sdk @smithy/signature-v4 moveHeadersToQuery, aws-sdk-go v4 | inferred (that it counts)
export function headersWithBearer(
  signed: RawRequest,
  headers: IncomingHttpHeaders,
): IncomingHttpHeaders {
  if (headers[BEARER_HEADER] !== undefined || !isPresigned(signed)) return headers
  for (const [name, value] of parseQueryString(signed.rawQuery)) {
    if (name.toLowerCase() === BEARER_HEADER) return { ...headers, [BEARER_HEADER]: value }
  }
  return headers
}

/** The header wins, as it names what it covers; most requests have no such query. */
function isPresigned({ rawQuery, rawHeaders }: RawRequest): boolean {
  return (
    rawQuery.includes('X-Amz-Signature=') &&
    !rawHeaders.some((name, at) => at % 2 === 0 && name.toLowerCase() === 'authorization')
  )
}
