// A piece of background work that is repeated, in batches that leave the machine to requests.
import { setImmediate } from 'node:timers/promises'
import type { Clock, Timer } from '../base/clock.ts'
import type { Logger } from '../base/logger.ts'

/** Rows of one batch: a commit of a few milliseconds, which is what a message may have to wait. */
export const BATCH_ROWS = 200
/** How long background work rests for each millisecond of work: a fifth of the time is its own. */
const REST_PER_WORK = 4
/** A rest ends no later, whatever the clock says about the work before it. */
const REST_MAX_MS = 5_000

/**
 * The first run of each sweep comes no later than this after the start, so that a server which is
 * restarted more often than a sweep is due still does its work.
 */
const FIRST_RUN_MS = 60_000

/** A run ends after this long and goes on in its next turn, which comes as soon: others wait. */
const RUN_MS_MAX = 60_000

/** What one run of a sweep may use. */
export interface SweepRun {
  /** The instant for which it decides what is due, epoch milliseconds. */
  readonly now: number
  /** To be awaited after each batch. False: the run must end, to go on another time. */
  rest(): Promise<boolean>
}

export interface Sweep {
  /** For logs. */
  readonly name: string
  /** From the end of one run to the start of the next. */
  readonly periodMs: number
  /** Resolves with how many things it dealt with. May be ended between two batches. */
  run(run: SweepRun): Promise<number>
}

/** Runs `batch` until it has nothing left to do, resting in between; resolves with the sum. */
export async function runBatches(run: SweepRun, batch: () => Promise<number>): Promise<number> {
  let sum = 0
  for (;;) {
    const done = await batch()
    sum += done
    if (done === 0 || !(await run.rest())) return sum
  }
}

export interface SweepScheduleOptions {
  readonly sweeps: readonly Sweep[]
  readonly clock: Clock
  readonly logger: Logger
}

/**
 * Runs each sweep again and again, one at a time. The first run comes one period after the start.
 */
export class SweepSchedule {
  readonly #options: SweepScheduleOptions
  /** One for each sweep that waits for its turn. */
  readonly #timers = new Set<Timer>()
  #isStopping = false
  /** Of the sweep that runs, with those that wait behind it. */
  #last: Promise<void> = Promise.resolve()
  #endRest: () => void = () => {}

  constructor(options: SweepScheduleOptions) {
    this.#options = options
  }

  start(): Promise<void> {
    for (const sweep of this.#options.sweeps) {
      this.#schedule(sweep, Math.min(sweep.periodMs, FIRST_RUN_MS))
    }
    return Promise.resolve()
  }

  /** Ends the sweep that runs after its present batch. */
  async close(): Promise<void> {
    this.#isStopping = true
    for (const timer of this.#timers) timer.cancel()
    this.#endRest()
    await this.#last
  }

  /** Resolves when no sweep runs or waits behind another; for tests. */
  async settled(): Promise<void> {
    for (let seen; seen !== this.#last;) {
      seen = this.#last
      await seen
    }
  }

  #schedule(sweep: Sweep, delayMs: number): void {
    if (this.#isStopping) return
    const timer = this.#options.clock.after(delayMs, () => {
      this.#timers.delete(timer)
      this.#last = this.#takeTurn(this.#last, sweep)
    })
    this.#timers.add(timer)
  }

  /** Behind the sweeps before it; then it is scheduled again. */
  async #takeTurn(before: Promise<void>, sweep: Sweep): Promise<void> {
    await before
    const isDone = await this.#run(sweep)
    this.#schedule(sweep, isDone ? sweep.periodMs : Math.min(sweep.periodMs, RUN_MS_MAX))
  }

  /** False when its time was up before its work was. */
  async #run(sweep: Sweep): Promise<boolean> {
    if (this.#isStopping) return true
    const { clock, logger } = this.#options
    const startedAt = clock.monotonicMs()
    let batchStartedAt = startedAt
    let isDone = true
    const run: SweepRun = {
      now: clock.now(),
      rest: async () => {
        await this.#pause(clock.monotonicMs() - batchStartedAt)
        batchStartedAt = clock.monotonicMs()
        isDone = batchStartedAt - startedAt < RUN_MS_MAX
        return isDone && !this.#isStopping
      },
    }
    try {
      const count = await sweep.run(run)
      if (count > 0) logger.info({ sweep: sweep.name, count }, 'background work')
    } catch (error) {
      // The next run finds what this one left.
      logger.warn({ sweep: sweep.name, err: error }, 'background work failed')
    }
    return isDone
  }

  /** The pause after work that took `workedMs`; a clock that stands still does not pause it. */
  async #pause(workedMs: number): Promise<void> {
    if (workedMs === 0 || this.#isStopping) return setImmediate()
    const restMs = Math.min(REST_MAX_MS, workedMs * REST_PER_WORK)
    await new Promise<void>((resolve) => {
      this.#endRest = resolve
      this.#options.clock.after(restMs, resolve)
    })
  }
}
