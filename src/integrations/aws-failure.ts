// What an error of AWS's SDK says, by its name, its status and its headers alone: its text may
// quote what was sent.
import { retryAfterMsOf } from '../domain/retry-after.ts'

export const THROTTLED_STATUS = 429

/** Errors that say "too much", of which many have the status 400. */
// evidence: docs AWS SDKs, retry behaviour, throttling errors
const THROTTLING: ReadonlySet<string> = new Set([
  'BandwidthLimitExceeded',
  'EC2ThrottledException',
  'KMSThrottlingException',
  'LimitExceededException',
  'PriorRequestNotComplete',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'RequestThrottled',
  'RequestThrottledException',
  'SlowDown',
  'ThrottledException',
  'Throttling',
  'ThrottlingException',
  'TooManyRequestsException',
])

/**
 * Errors of who asks and not of what is asked: a clock that was wrong, which the SDK corrects by
 * the answer, and credentials that ended meanwhile, which it finds anew.
 */
// evidence: sdk @smithy/core retry, clock skew errors; docs common errors for those of tokens
const OF_THE_SIGNER: ReadonlySet<string> = new Set([
  'AuthFailure',
  'ExpiredToken',
  'ExpiredTokenException',
  'InvalidSignatureException',
  'RequestExpired',
  'RequestInTheFuture',
  'RequestTimeTooSkewed',
  'SignatureDoesNotMatch',
])

export interface AwsFailure {
  readonly name: string
  /** Of the answer; undefined when there was none. */
  readonly status: number | undefined
  /** Of what kept the connection from being. */
  readonly code: string | undefined
  readonly isThrottled: boolean
  /** The same, signed anew, may be taken. */
  readonly isOfSigner: boolean
  /** The service asks not to be asked again before. */
  readonly retryAfterMs: number | undefined
}

export function awsFailureOf(error: unknown, now: number): AwsFailure {
  const name = error instanceof Error ? error.name : 'Error'
  const status = numberOf(memberOf(memberOf(error, '$metadata'), 'httpStatusCode'))
  const code = memberOf(error, 'code')
  const isThrottled = status === THROTTLED_STATUS || (status !== undefined && THROTTLING.has(name))
  const headers = memberOf(memberOf(error, '$response'), 'headers')
  const retryAfter = memberOf(headers, 'retry-after')
  return {
    name,
    status,
    code: typeof code === 'string' ? code : undefined,
    isThrottled,
    isOfSigner: OF_THE_SIGNER.has(name),
    retryAfterMs: retryAfterMsOf(
      isThrottled ? THROTTLED_STATUS : status,
      typeof retryAfter === 'string' ? retryAfter : undefined,
      now,
    ),
  }
}

function memberOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined
  return (value as Readonly<Record<string, unknown>>)[name]
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined
}
