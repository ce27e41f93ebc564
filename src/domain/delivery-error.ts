// Why something that leaves the server did not arrive, as whoever talks to a destination says it.

/** What is to be concluded from a failure. */
export interface DeliveryErrorOptions {
  /** Whether another attempt may go better. */
  readonly isRetryable: boolean
  /** Whether everything else for that destination fares the same: it is down, or refuses us. */
  readonly isDestinationDown: boolean
  /** Of the answer, where there was one. */
  readonly status?: number | undefined
  /** The destination asks not to be asked again before. */
  readonly retryAfterMs?: number | undefined
}

/** Its message may be logged and shown to the operator: it holds no content and no secrets. */
export class DeliveryError extends Error {
  override readonly name = 'DeliveryError'
  readonly isRetryable: boolean
  readonly isDestinationDown: boolean
  readonly status: number | undefined
  readonly retryAfterMs: number | undefined

  constructor(message: string, options: DeliveryErrorOptions) {
    super(message)
    this.isRetryable = options.isRetryable
    this.isDestinationDown = options.isDestinationDown
    this.status = options.status
    this.retryAfterMs = options.retryAfterMs
  }
}

/**
 * What an HTTP status says: 408, 429 and 5xx may go better later, all others never. Only 5xx and
 * 429 speak of the destination and not of what it was sent.
 */
export function deliveryErrorOfStatus(
  status: number,
  what: string,
  retryAfterMs?: number,
): DeliveryError {
  const isDestinationDown = status === 429 || status >= 500
  return new DeliveryError(`${what} answered ${status}`, {
    isRetryable: isDestinationDown || status === 408,
    isDestinationDown,
    status,
    retryAfterMs,
  })
}
