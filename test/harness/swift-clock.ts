// A clock for servers with AWS's quotas: durations pass so fast that no request rate is ever
// exceeded, while instants stay those of the machine. For tests that fill a quota.
import { systemClock, type Clock } from '../../src/base/clock.ts'

/** Far more seconds between two requests than any bucket needs to fill up. */
const TIMES_AS_FAST = 1_000_000

export const swiftClock: Clock = {
  ...systemClock,
  monotonicMs: () => systemClock.monotonicMs() * TIMES_AS_FAST,
}
