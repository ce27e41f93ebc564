// Gives back what a rush has left. V8 collects garbage when it allocates, so a server that comes to
// rest after a million joins, or after twenty thousand handshakes, would keep some 200 MB for as
// long as nobody asks for anything.
import { performance } from 'node:perf_hooks'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { Clock } from '../base/clock.ts'

/** How often is looked; a rest is one such span without work worth mentioning. */
const LOOK_EVERY_MS = 15_000
/** Of the event loop's time: pings to many idle sessions, and a scrape of the metrics. */
const BUSY_SHARE_AT_REST_MAX = 0.05
/** Less is not worth a collection, which holds up the event loop for some 20 ms a 100 MB alive. */
// evidence: measured by bench/elastic-memory.ts and bench/connected.ts
const GARBAGE_BYTES_MIN = 32 * 1024 * 1024

export interface CollectionAtRest {
  start(): Promise<void>
  close(): Promise<void>
}

/**
 * Collects garbage whenever the event loop rests and much was allocated since the last time.
 * `takeBusyShare` tells how much of its time it worked since it was last asked, 0 to 1.
 */
export function createCollectionAtRest(
  clock: Pick<Clock, 'every'>,
  takeBusyShare: () => number = createBusyShare(),
): CollectionAtRest {
  let timer: ReturnType<Clock['every']> | undefined
  return {
    start() {
      const collect = collector()
      let usedAfterCollection = process.memoryUsage().heapUsed
      timer = clock.every(LOOK_EVERY_MS, () => {
        const used = process.memoryUsage().heapUsed
        if (takeBusyShare() > BUSY_SHARE_AT_REST_MAX) return
        if (used - usedAfterCollection < GARBAGE_BYTES_MIN) return
        collect()
        usedAfterCollection = process.memoryUsage().heapUsed
      })
      return Promise.resolve()
    },
    close() {
      timer?.cancel()
      return Promise.resolve()
    },
  }
}

function createBusyShare(): () => number {
  let before = performance.eventLoopUtilization()
  return () => {
    const now = performance.eventLoopUtilization()
    const { utilization } = performance.eventLoopUtilization(now, before)
    before = now
    return utilization
  }
}

/** Node has no door to it but this flag, which only contexts that are made later see. */
function collector(): () => void {
  setFlagsFromString('--expose-gc')
  const collect: unknown = runInNewContext('gc')
  if (typeof collect !== 'function') return () => {}
  return () => void collect({ type: 'major', execution: 'sync', flavor: 'last-resort' })
}
