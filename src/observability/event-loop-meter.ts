// How late the event loop is: the one figure that tells a server that is busy from one that is too
// busy.
import { monitorEventLoopDelay } from 'node:perf_hooks'

/** Often enough to see what a person would call a hiccup, at no cost that can be measured. */
const RESOLUTION_MS = 20
const NANOSECONDS_PER_MS = 1e6

export interface EventLoopMeter {
  /** How late timers were since this was last asked; what was seen is then forgotten. */
  take(): { readonly p99Ms: number; readonly maxMs: number }
  stop(): void
}

/** Starts to measure. */
export function startEventLoopMeter(): EventLoopMeter {
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
  histogram.enable()
  return {
    take() {
      const taken =
        histogram.count === 0
          ? { p99Ms: 0, maxMs: 0 }
          : { p99Ms: latenessOf(histogram.percentile(99)), maxMs: latenessOf(histogram.max) }
      histogram.reset()
      return taken
    },
    stop: () => void histogram.disable(),
  }
}

/** Node notes the whole time between two ticks of its timer. */
function latenessOf(intervalNs: number): number {
  return Math.max(0, intervalNs / NANOSECONDS_PER_MS - RESOLUTION_MS)
}
