// Verifies web identity tokens (JWTs of OpenID Connect) against their provider's published keys.
import { decodeJwt, decodeProtectedHeader, errors, jwtVerify, type JWTPayload } from 'jose'
import type { Clock } from '../base/clock.ts'
import type { Logger } from '../base/logger.ts'
import {
  ExpiredTokenException,
  IDPRejectedClaimException,
  InvalidIdentityTokenException,
} from '../domain/sts-errors.ts'
import type {
  TrustedProvider,
  WebIdentity,
  WebIdentityVerifier,
} from '../ports/web-identity-verifier.ts'
import { isAllowedUrl } from '../base/allowed-url.ts'
import { createProviderKeys, type FindKey, type ProviderKeys } from './provider-keys.ts'

/** Signatures by a key pair only: with HMAC or `none`, who can read the keys can sign. */
// evidence: docs RFC 7518 3.1, RFC 8037, RFC 9864
const ALGORITHMS = 'RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 ES512 EdDSA Ed25519'.split(' ')
/** How far the provider's clock may be from ours. */
// evidence: inferred
const LEEWAY_S = 30
/** Longest subject. */
// evidence: model (webIdentitySubjectType)
const SUBJECT_CHARACTERS_MAX = 255

export function createWebIdentityVerifier(clock: Clock, logger: Logger): WebIdentityVerifier {
  const keys = createProviderKeys(clock, logger)
  return {
    issuerOf: readIssuer,
    async verify(token, provider, now) {
      const claims = await verifiedClaims(token, provider, keys, now)
      return identityOf(claims, provider)
    },
  }
}

function readIssuer(token: string): string {
  let algorithm: unknown
  let issuer: unknown
  try {
    algorithm = decodeProtectedHeader(token).alg
    issuer = decodeJwt(token).iss
  } catch {
    // evidence: field (the text that STS answers)
    throw new InvalidIdentityTokenException('The ID Token provided is not a valid JWT.')
  }
  if (typeof algorithm !== 'string' || !ALGORITHMS.includes(algorithm)) {
    throw new InvalidIdentityTokenException(
      `The ID Token must be signed with one of ${ALGORITHMS.join(', ')}`,
    )
  }
  if (typeof issuer !== 'string' || issuer === '') {
    throw new InvalidIdentityTokenException('The ID Token has no issuer (iss)')
  }
  if (!isAllowedUrl(issuer)) {
    throw new InvalidIdentityTokenException('The issuer (iss) of the ID Token is no https URL')
  }
  return issuer
}

async function verifiedClaims(
  token: string,
  provider: TrustedProvider,
  keys: ProviderKeys,
  now: number,
): Promise<JWTPayload> {
  const options = {
    algorithms: ALGORITHMS,
    issuer: provider.issuer,
    requiredClaims: ['exp', 'sub', 'aud'],
    clockTolerance: LEEWAY_S,
    currentDate: new Date(now),
  }
  const verify = async (findKey: FindKey) => (await jwtVerify(token, findKey, options)).payload
  const known = await keys.find(provider.issuer)
  try {
    return await verify(known)
  } catch (error) {
    if (!(error instanceof errors.JWKSNoMatchingKey)) throw refusalOf(error, now)
  }
  // The provider may have taken new keys into use since.
  const newer = await keys.findNewer(provider.issuer, known)
  if (newer === undefined) throw unknownKey()
  try {
    return await verify(newer)
  } catch (error) {
    throw refusalOf(error, now)
  }
}

function identityOf(claims: JWTPayload, { clientIds }: TrustedProvider): WebIdentity {
  const { sub: subject, aud, azp } = claims
  if (typeof subject !== 'string' || subject === '' || subject.length > SUBJECT_CHARACTERS_MAX) {
    throw new InvalidIdentityTokenException(
      `The subject (sub) of the ID Token must have 1 to ${SUBJECT_CHARACTERS_MAX} characters`,
    )
  }
  // evidence: docs IAM condition keys (azp stands for aud where there is one)
  const audiences = typeof azp === 'string' ? [azp] : [aud ?? []].flat()
  const audience = audiences.find((candidate) => clientIds.includes(candidate))
  // evidence: field (the text that STS answers)
  if (audience === undefined) throw new InvalidIdentityTokenException('Incorrect token audience')
  return { subject, audience, claims }
}

/** What jose found, as STS names it. What it makes of odd keys and tokens is their fault, too. */
function refusalOf(error: unknown, now: number): unknown {
  if (error instanceof errors.JWTExpired) {
    // evidence: field (the text that STS answers)
    return new ExpiredTokenException(
      `Token expired: current date/time ${Math.floor(now / 1000)} must be before the expiration ` +
        `date/time ${error.payload.exp ?? 0}`,
    )
  }
  if (error instanceof errors.JWTClaimValidationFailed) {
    return error.claim === 'nbf'
      ? new IDPRejectedClaimException('The ID Token is not valid yet (nbf)')
      : new InvalidIdentityTokenException(`The claim ${error.claim} of the ID Token is not valid`)
  }
  if (error instanceof errors.JWKSNoMatchingKey) return unknownKey()
  if (error instanceof errors.JWKSMultipleMatchingKeys) {
    return new InvalidIdentityTokenException('The ID Token does not say which key signed it (kid)')
  }
  return new InvalidIdentityTokenException('The signature of the ID Token is not valid')
}

function unknownKey(): InvalidIdentityTokenException {
  return new InvalidIdentityTokenException(
    'The key that signed the ID Token (kid) is not among the keys that its provider publishes',
  )
}
