// Checks for programmer mistakes. Not for bad input: that is answered with an ApiError.

/** Thrown when an invariant of our own code does not hold. Never caused by a request's content. */
export class AssertionError extends Error {
  override readonly name = 'AssertionError'
}

/** Throws AssertionError with `message` unless `condition` holds. */
export function assert(condition: unknown, message: string): asserts condition {
  if (condition !== true && !condition) throw new AssertionError(message)
}

/**
 * For the default branch of an exhaustive switch: does not compile unless every case is handled.
 */
export function assertNever(value: never): never {
  throw new AssertionError(`unexpected value ${String(value)}`)
}
