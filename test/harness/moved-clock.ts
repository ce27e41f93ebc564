// The machine's clock, moved ahead by hand: instants jump, while durations and timers stay, so that
// a server may go on talking to the network.
import { systemClock, type Clock } from '../../src/base/clock.ts'

export interface MovedClock extends Clock {
  /** How far it is ahead of the machine's. */
  readonly offsetMs: number
  pass(spanMs: number): void
}

export function createMovedClock(): MovedClock {
  let offsetMs = 0
  return {
    ...systemClock,
    now: () => systemClock.now() + offsetMs,
    get offsetMs() {
      return offsetMs
    },
    pass(spanMs) {
      offsetMs += spanMs
    },
  }
}
