// A clock that stands still until a test moves it. Not for code that waits on the network.
import type { Clock } from '../../src/base/clock.ts'

export interface FakeClock extends Clock {
  /** Moves time forward and calls, in order, every timer that falls due on the way. */
  advance(spanMs: number): void
  /** Steps the wall clock alone, as an operator or NTP does; no timer fires. */
  setNow(epochMs: number): void
}

interface PendingTimer {
  dueAt: number
  readonly periodMs: number | undefined
  readonly action: () => void
}

/** Starts at `startEpochMs`, by default the instant 2026-01-01T00:00:00Z. */
export function createFakeClock(startEpochMs = Date.UTC(2026, 0, 1)): FakeClock {
  let now = startEpochMs
  let monotonic = 0
  const timers = new Set<PendingTimer>()

  function add(delayMs: number, periodMs: number | undefined, action: () => void) {
    const timer = { dueAt: monotonic + Math.max(0, delayMs), periodMs, action }
    timers.add(timer)
    return { cancel: () => void timers.delete(timer) }
  }

  function nextDue(until: number): PendingTimer | undefined {
    let next: PendingTimer | undefined
    for (const timer of timers) {
      if (timer.dueAt <= until && (next === undefined || timer.dueAt < next.dueAt)) next = timer
    }
    return next
  }

  return {
    now: () => now,
    monotonicMs: () => monotonic,
    after: (delayMs, action) => add(delayMs, undefined, action),
    every: (periodMs, action) => add(Math.max(1, periodMs), Math.max(1, periodMs), action),
    advance(spanMs) {
      const until = monotonic + spanMs
      for (let timer = nextDue(until); timer !== undefined; timer = nextDue(until)) {
        now += timer.dueAt - monotonic
        monotonic = timer.dueAt
        if (timer.periodMs === undefined) timers.delete(timer)
        else timer.dueAt += timer.periodMs
        timer.action()
      }
      now += until - monotonic
      monotonic = until
    },
    setNow(epochMs) {
      now = epochMs
    },
  }
}
