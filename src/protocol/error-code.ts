// The `Code` that goes with each exception of the Chime models. IAM and STS state theirs in the
// model.

// evidence: inferred, behaviour 8.3 (the enum of codes is documented, the pairing is not)
const CODES: Readonly<Record<string, string>> = {
  BadRequestException: 'BadRequest',
  ResourceLimitExceededException: 'ResourceLimitExceeded',
  UnauthorizedClientException: 'Unauthorized',
  ForbiddenException: 'Forbidden',
  NotFoundException: 'NotFound',
  ConflictException: 'Conflict',
  ThrottledClientException: 'Throttled',
  ServiceFailureException: 'ServiceFailure',
  ServiceUnavailableException: 'ServiceUnavailable',
}

/** The `Code` of an exception; for a name without one, the name without its `Exception`. */
export function errorCode(wireName: string): string {
  return CODES[wireName] ?? wireName.replace(/Exception$/, '')
}
