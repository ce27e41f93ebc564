// The exceptions of STS's model, apart from RegionDisabledException, which a server of one region
// never answers. Status and code are looked up in the model by the name; nothing here knows HTTP.
import { ApiError } from '../base/api-error.ts'

/** The session policy is no policy; the message says why. */
export class MalformedPolicyDocumentException extends ApiError {
  constructor(message: string) {
    super('MalformedPolicyDocumentException', message)
  }
}

/** Session policy and tags do not fit together into a session token. */
export class PackedPolicyTooLargeException extends ApiError {
  constructor(packedPercent: number) {
    super(
      'PackedPolicyTooLargeException',
      `Packed size of session policy and tags consumes ${packedPercent}% of allotted space.`,
    )
  }
}

/** The web identity token cannot be validated: its form, issuer, audience, key or signature. */
export class InvalidIdentityTokenException extends ApiError {
  constructor(message: string) {
    super('InvalidIdentityTokenException', message)
  }
}

/** The web identity token was good once. */
export class ExpiredTokenException extends ApiError {
  constructor(message: string) {
    super('ExpiredTokenException', message)
  }
}

/** The web identity token is authentic, but something that it claims is not accepted. */
export class IDPRejectedClaimException extends ApiError {
  constructor(message: string) {
    super('IDPRejectedClaimException', message)
  }
}

/** The provider does not answer, or not with its keys; SDKs retry it. */
export class IDPCommunicationErrorException extends ApiError {
  constructor(message: string) {
    super('IDPCommunicationErrorException', message)
  }
}
