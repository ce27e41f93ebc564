// Long-lived parts: started one after the other, closed in reverse order, each with a deadline.
import type { Clock } from '../base/clock.ts'
import type { Logger } from '../base/logger.ts'

export interface Part {
  readonly name: string
  start(): Promise<void>
  close(): Promise<void>
}

/** For each part; the listeners and the gateway have half of it for requests in flight. */
const PART_CLOSE_MS = 8_000

export class Parts {
  readonly #clock: Clock
  readonly #logger: Logger
  readonly #started: Part[] = []

  constructor(clock: Clock, logger: Logger) {
    this.#clock = clock
    this.#logger = logger
  }

  async start(part: Part): Promise<void> {
    // Listed first: a part that fails half way is closed, too.
    this.#started.push(part)
    await part.start()
  }

  async close(): Promise<void> {
    const logger = this.#logger
    for (const part of this.#started.splice(0).toReversed()) {
      try {
        const inTime = await withDeadline(part.close(), PART_CLOSE_MS, this.#clock)
        if (!inTime) logger.warn({ part: part.name }, 'a part did not close in time')
      } catch (error) {
        logger.error({ part: part.name, err: error }, 'a part failed to close')
      }
    }
  }
}

/** False when `work` was still running after `timeoutMs`; it is then no longer waited for. */
function withDeadline(work: Promise<void>, timeoutMs: number, clock: Clock): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const timer = clock.after(timeoutMs, () => resolve(false))
    work.then(() => resolve(true), reject).finally(() => timer.cancel())
  })
}
