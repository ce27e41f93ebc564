// The machine's clock for tests of what is tried again after a pause: such pauses are skipped, the
// instants jump by as much, and everything else takes its time. A test may also let a longer span
// pass at once.
import { systemClock, type Clock, type Timer } from '../../src/base/clock.ts'

/** Pauses between the attempts of processors are of this length; no other timer that matters is. */
const PAUSE_MS_MIN = 2_500
const PAUSE_MS_MAX = 10_000

export interface ImpatientClock extends Clock {
  /** How far it is ahead of the machine's. */
  readonly offsetMs: number
  /** Lets `spanMs` pass: every timer that falls due meanwhile fires. */
  pass(spanMs: number): void
  /** From now on nothing is skipped: a server that stops needs its time. */
  calm(): void
}

interface Pending {
  readonly dueAt: number
  readonly fire: () => void
}

export function createImpatientClock(): ImpatientClock {
  const pending = new Set<Pending>()
  let offsetMs = 0
  let isImpatient = true
  const now = () => systemClock.now() + offsetMs

  function after(delayMs: number, action: () => void): Timer {
    const isPause = isImpatient && delayMs >= PAUSE_MS_MIN && delayMs < PAUSE_MS_MAX
    if (isPause) offsetMs += delayMs
    const timer = systemClock.after(isPause ? 0 : delayMs, () => waiting.fire())
    const cancel = () => {
      timer.cancel()
      pending.delete(waiting)
    }
    const waiting: Pending = {
      dueAt: now() + (isPause ? 0 : delayMs),
      fire() {
        cancel()
        action()
      },
    }
    pending.add(waiting)
    return { cancel }
  }

  return {
    ...systemClock,
    now,
    after,
    get offsetMs() {
      return offsetMs
    },
    pass(spanMs) {
      offsetMs += spanMs
      const due = Array.from(pending).filter(({ dueAt }) => dueAt <= now())
      for (const waiting of due) waiting.fire()
    },
    calm() {
      isImpatient = false
    },
  }
}
