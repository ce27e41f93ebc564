// Ends to wait for libraries that know no signal.

/**
 * `work`, or a rejection that says `why` once `signal` is aborted: what comes of `work` after that
 * is ignored. A signal that lives longer keeps nothing of it.
 */
export async function untilAborted<Result>(
  work: Promise<Result>,
  signal: AbortSignal,
  why = 'no answer in time',
): Promise<Result> {
  const aborted = Promise.withResolvers<never>()
  const abort = () => aborted.reject(new Error(why))
  if (signal.aborted) abort()
  else signal.addEventListener('abort', abort, { once: true })
  // Whichever is not waited for any more may still fail.
  work.catch(() => undefined)
  aborted.promise.catch(() => undefined)
  try {
    return await Promise.race([work, aborted.promise])
  } finally {
    signal.removeEventListener('abort', abort)
  }
}
