// The front-door errors of signature checks. Names and statuses only; the caller encodes them.

import { FrontDoorError } from '../../base/api-error.ts'

/** All refusals of a signature answer 403. */
// evidence: behaviour 8.3; IncompleteSignature is 400 or 403 in AWS's lists of common errors, 403
// in the newer ones, and 403 keeps one status for everything that the signature step refuses.
const FORBIDDEN_STATUS = 403

/** Nothing that authenticates is in the request. */
export function missingAuthentication(): FrontDoorError {
  return new FrontDoorError(
    'MissingAuthenticationTokenException',
    FORBIDDEN_STATUS,
    'Missing Authentication Token',
  )
}

/** Something that authenticates is there, but it is malformed. `message` names the part. */
export function incompleteSignature(message: string): FrontDoorError {
  return new FrontDoorError('IncompleteSignatureException', FORBIDDEN_STATUS, message)
}

/**
 * Well-formed, but wrong: scope, time, an unsigned part, or the signature itself. Never carries
 * the expected signature. SDKs read clock skew from this name together with the `Date` header of
 * the answer, and try once more with a corrected clock.
 */
// evidence: sdk @smithy/core retry/service-error-classification/constants.js CLOCK_SKEW_ERROR_CODES
export function invalidSignature(message: string): FrontDoorError {
  return new FrontDoorError('InvalidSignatureException', FORBIDDEN_STATUS, message)
}

/** The signature does not belong to this request and secret. */
export function signatureMismatch(): FrontDoorError {
  return invalidSignature(
    'The request signature we calculated does not match the signature you provided. Check your ' +
      'AWS Secret Access Key and signing method. Consult the service documentation for details.',
  )
}
