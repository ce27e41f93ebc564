// What an error of a client says of an entry.
import type { DeliveryError } from '../domain/delivery-error.ts'
import type { DeliveryOutcome } from '../ports/outbound.ts'
import type { RecordFailure } from '../ports/stream-sinks.ts'

export function outcomeOfError(error: DeliveryError): DeliveryOutcome {
  return outcomeOfFailure(failureOfError(error))
}

export function outcomeOfFailure(failure: RecordFailure): DeliveryOutcome {
  const { reason, isRetryable, isDestinationDown, retryAfterMs } = failure
  return isRetryable
    ? { outcome: 'failed', reason, isDestinationDown, retryAfterMs }
    : { outcome: 'refused', reason }
}

export function failureOfError(error: DeliveryError): RecordFailure {
  const { message: reason, isRetryable, isDestinationDown, retryAfterMs } = error
  return { reason, isRetryable, isDestinationDown, retryAfterMs }
}
