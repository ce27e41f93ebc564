// The nine exceptions of the service models: the closed set of failures that operations may throw.
// Status and `Code` are looked up in the model by the name; nothing here knows HTTP.
import { ApiError } from '../base/api-error.ts'

/** Input that is malformed or against a rule of the API; the message names member and rule. */
export class BadRequestException extends ApiError {
  constructor(message: string) {
    super('BadRequestException', message)
  }
}

/** The bearer is missing, malformed, unknown, deleted or of another app instance. */
export class UnauthorizedClientException extends ApiError {
  constructor(message: string) {
    super('UnauthorizedClientException', message)
  }
}

/** What AWS answers whenever a role does not allow something. */
// evidence: field (behaviour 2.1)
export const ACCESS_DENIED_TEXT = 'You do not have sufficient access to perform this action'

/** The caller's role does not allow it, or the resource does not exist (behaviour 8.5). */
export class ForbiddenException extends ApiError {
  constructor(message = ACCESS_DENIED_TEXT) {
    super('ForbiddenException', message)
  }
}

/** A resource is missing, for the few operations that declare this error. */
export class NotFoundException extends ApiError {
  constructor(message: string) {
    super('NotFoundException', message)
  }
}

/** The request contradicts the present state: it exists already, or its request token was used. */
export class ConflictException extends ApiError {
  constructor(message: string) {
    super('ConflictException', message)
  }
}

/** A quota is used up; the message names the quota and its value. */
export class ResourceLimitExceededException extends ApiError {
  constructor(message: string) {
    super('ResourceLimitExceededException', message)
  }
}

/** Too many requests; SDKs retry it. */
export class ThrottledClientException extends ApiError {
  constructor(message: string) {
    super('ThrottledClientException', message)
  }
}

/** The server failed; the message never tells how. */
export class ServiceFailureException extends ApiError {
  constructor(message = 'The service encountered an unexpected error') {
    super('ServiceFailureException', message)
  }
}

/** The server cannot answer now, because it drains or a queue is full; SDKs retry it. */
export class ServiceUnavailableException extends ApiError {
  constructor(message: string) {
    super('ServiceUnavailableException', message)
  }
}
