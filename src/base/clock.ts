// The only source of time and timers, so that tests can move time by hand.

/** A running timer; `cancel` is idempotent and may be called after it fired. */
export interface Timer {
  cancel(): void
}

/** Time as injected into everything that needs it. */
export interface Clock {
  /** Milliseconds since the Unix epoch. May step backwards when the machine's clock does. */
  now(): number
  /** Milliseconds from an arbitrary start, never decreasing; for durations. */
  monotonicMs(): number
  /** Calls `action` once after `delayMs`. A pending timer does not keep the process alive. */
  after(delayMs: number, action: () => void): Timer
  /** Calls `action` every `periodMs` until cancelled. Does not keep the process alive. */
  every(periodMs: number, action: () => void): Timer
}

/** The longest period of a timer, 25 days: what it does is of no interest. */
const IDLE_PERIOD_MS = 2 ** 31 - 1

/** Keeps the process alive until cancelled, which no other timer here does. */
export function stayAlive(): Timer {
  const interval = setInterval(() => undefined, IDLE_PERIOD_MS)
  return { cancel: () => clearInterval(interval) }
}

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonicMs: () => performance.now(),
  after(delayMs, action) {
    const timeout = setTimeout(action, delayMs)
    timeout.unref()
    return { cancel: () => clearTimeout(timeout) }
  },
  every(periodMs, action) {
    const interval = setInterval(action, periodMs)
    interval.unref()
    return { cancel: () => clearInterval(interval) }
  },
}
