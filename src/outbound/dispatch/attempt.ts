// One attempt at a batch: ends in time, whatever the deliverer does, and with an outcome for each
// entry.
import { assert } from '../../base/assert.ts'
import type { Clock } from '../../base/clock.ts'
import type { Logger } from '../../base/logger.ts'
import { DeliveryError } from '../../domain/delivery-error.ts'
import type { OutboxEntry } from '../../domain/outbox.ts'
import type { Deliverer, DeliveryOutcome } from '../../ports/outbound.ts'
import { StoreUnavailableError } from '../../ports/store.ts'
import { outcomeOfError } from '../delivery-outcome.ts'

/** A deliverer whose signal is aborted has this long to end; then it is not waited for. */
const END_MS_MAX = 5_000

export interface AttemptOptions {
  readonly deliverer: Deliverer
  readonly target: string
  readonly clock: Clock
  readonly logger: Logger
  /** Aborted when the server stops. */
  readonly stop: AbortSignal
}

/**
 * Resolves with the outcomes; undefined when they are not known because the server stops. It was
 * `not tried` when the store was not there to tell what is to be sent.
 */
export async function attemptDelivery(
  entries: readonly OutboxEntry[],
  { deliverer, target, clock, logger, stop }: AttemptOptions,
): Promise<readonly DeliveryOutcome[] | 'not tried' | undefined> {
  const { attemptMsMax } = deliverer.policyOf(target)
  const abort = new AbortController()
  const late = Promise.withResolvers<never>()
  const end = () => {
    abort.abort()
    timer.cancel()
    timer = clock.after(END_MS_MAX, () => late.reject(new Error('the attempt did not end')))
  }
  let timer = clock.after(attemptMsMax, end)
  stop.addEventListener('abort', end)
  try {
    if (stop.aborted) return undefined
    const delivering = deliverer.deliver(target, entries, abort.signal)
    const outcomes = await Promise.race([delivering, late.promise])
    assert(outcomes.length === entries.length, 'each entry has its outcome')
    return outcomes
  } catch (error) {
    if (stop.aborted) return undefined
    if (error instanceof StoreUnavailableError) {
      logger.warn({ kind: deliverer.kind, destination: target, err: error }, 'not tried yet')
      return 'not tried'
    }
    const outcome = outcomeOf(error, abort.signal.aborted ? attemptMsMax : undefined)
    if (!(error instanceof DeliveryError) && !abort.signal.aborted) {
      logger.error({ kind: deliverer.kind, destination: target, err: error }, 'a delivery failed')
    }
    return entries.map(() => outcome)
  } finally {
    timer.cancel()
    stop.removeEventListener('abort', end)
  }
}

/** What was thrown speaks for the whole batch. */
function outcomeOf(error: unknown, endedAfterMs: number | undefined): DeliveryOutcome {
  if (error instanceof DeliveryError) return outcomeOfError(error)
  const reason =
    endedAfterMs === undefined
      ? `the delivery failed: ${error instanceof Error ? error.name : 'unknown'}`
      : `no answer within ${endedAfterMs} ms`
  return { outcome: 'failed', reason, isDestinationDown: true }
}
