// A clock whose durations stand still until a test lets them run, while instants stay those of the
// machine: request rates that are used up stay so exactly as long as a test wants.
import { systemClock, type Clock } from '../../src/base/clock.ts'

export interface HeldClock extends Clock {
  /** From now on durations pass as on the machine, `spanMs` later than they stood. */
  letGo(spanMs: number): void
}

export function createHeldClock(): HeldClock {
  const stoodAtMs = systemClock.monotonicMs()
  let offsetMs: number | undefined
  return {
    ...systemClock,
    monotonicMs: () => (offsetMs === undefined ? stoodAtMs : systemClock.monotonicMs() + offsetMs),
    letGo(spanMs) {
      offsetMs = stoodAtMs + spanMs - systemClock.monotonicMs()
    },
  }
}
