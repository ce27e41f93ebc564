// What the operator is told of deliveries: counters, and log lines that do not flood the log when
// very much fails.
import type { Clock } from '../../base/clock.ts'
import type { Logger } from '../../base/logger.ts'
import type { OutboxDestination, OutboxEntry, OutboxKind } from '../../domain/outbox.ts'
import type { Metrics } from '../../observability/metrics.ts'
import type { DeliveryOutcome } from '../../ports/outbound.ts'

/** Lines about dead letters in a minute: enough to see which they are, few enough to read. */
const DEATH_LINES_MAX = 20
const MINUTE_MS = 60_000

export class DeliveryRecords {
  readonly #metrics: Metrics
  readonly #logger: Logger
  readonly #clock: Clock
  #minuteStartedAt = Number.NEGATIVE_INFINITY
  #linesCount = 0
  #unloggedCount = 0

  constructor(metrics: Metrics, logger: Logger, clock: Clock) {
    this.#metrics = metrics
    this.#logger = logger
    this.#clock = clock
  }

  attempted(kind: OutboxKind, outcome: Exclude<DeliveryOutcome['outcome'], 'not tried'>): void {
    this.#metrics.outboxAttempted(kind, outcome)
  }

  died({ kind, target, entryId }: OutboxEntry, reason: string): void {
    this.#metrics.outboxEntryDied(kind)
    const now = this.#clock.monotonicMs()
    if (now - this.#minuteStartedAt >= MINUTE_MS) {
      this.#minuteStartedAt = now
      this.#linesCount = 0
    }
    this.#linesCount++
    if (this.#linesCount > DEATH_LINES_MAX) {
      this.#unloggedCount++
      return
    }
    const unloggedCount = this.#unloggedCount
    this.#unloggedCount = 0
    const more = unloggedCount === 0 ? {} : { unloggedCount }
    this.#logger.warn(
      { kind, destination: target, entryId, reason, ...more },
      'not delivered and given up: a dead letter',
    )
  }

  circuitOpened({ kind, target }: OutboxDestination, reason: string): void {
    this.#logger.warn({ kind, destination: target, reason }, 'a destination is down')
  }

  circuitClosed({ kind, target }: OutboxDestination): void {
    this.#logger.warn({ kind, destination: target }, 'a destination is back')
  }
}
