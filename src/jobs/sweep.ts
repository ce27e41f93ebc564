// A piece of background work that is repeated, in batches that leave the machine to requests.
import { setImmediate } from 'node:timers/promises'
import type { Clock } from '../base/clock.ts'
import type { Logger } from '../base/logger.ts'

/** Rows of one batch: a commit of a few milliseconds, which is what a message may have to wait. */
export const BATCH_ROWS = 200
/** How long background work rests for each millisecond that it worked: a fifth of the time is its. */
const REST_PER_WORK = 4
/** A rest ends no later, whatever the clock says about the work before it. */
const REST_MAX_MS = 5_000

/** What one run of a sweep may use. */
export interface SweepRun {
  /** The instant for which it decides what is due, epoch milliseconds. */
  readonly now: number
  /** To be awaited after each batch. False: the server stops, and so must the sweep. */
  rest(): Promise<boolean>
}

export interface Sweep {
  /** For logs and metrics. */
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

/** Runs each sweep again and again, one at a time. */
export interface SweepSchedule {
  start(): Promise<void>
  /** Ends the sweep that runs after its present batch. */
  close(): Promise<void>
  /** Resolves when no sweep runs or waits for its turn; for tests. */
  settled(): Promise<void>
}

/** The first run of each sweep comes one period after the start. */
export function createSweepSchedule({
  sweeps,
  clock,
  logger,
}: SweepScheduleOptions): SweepSchedule {
  let isStopping = false
  let last: Promise<void> = Promise.resolve()
  const timers = new Set<{ cancel(): void }>()
  let wake: () => void = () => {}

  /** The pause after work that took `workedMs`; a clock that stands still does not pause it. */
  async function pause(workedMs: number): Promise<void> {
    if (workedMs === 0) return setImmediate()
    const restMs = Math.min(REST_MAX_MS, workedMs * REST_PER_WORK)
    await new Promise<void>((resolve) => {
      wake = resolve
      timers.add(clock.after(restMs, resolve))
    })
  }

  async function runOnce(sweep: Sweep): Promise<void> {
    if (isStopping) return
    let batchStartedAt = clock.monotonicMs()
    const run: SweepRun = {
      now: clock.now(),
      async rest() {
        await pause(clock.monotonicMs() - batchStartedAt)
        batchStartedAt = clock.monotonicMs()
        return !isStopping
      },
    }
    try {
      const count = await sweep.run(run)
      if (count > 0) logger.info({ sweep: sweep.name, count }, 'background work')
    } catch (error) {
      // The next run finds what this one left.
      logger.warn({ sweep: sweep.name, err: error }, 'background work failed')
    }
  }

  function schedule(sweep: Sweep): void {
    if (isStopping) return
    const timer = clock.after(sweep.periodMs, () => {
      timers.delete(timer)
      last = last.then(() => runOnce(sweep)).then(() => schedule(sweep))
    })
    timers.add(timer)
  }

  return {
    start() {
      for (const sweep of sweeps) schedule(sweep)
      return Promise.resolve()
    },
    async close() {
      isStopping = true
      for (const timer of timers) timer.cancel()
      wake()
      await last
    },
    async settled() {
      for (let seen; seen !== last;) {
        seen = last
        await seen
      }
    },
  }
}
