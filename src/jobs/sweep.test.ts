// When sweeps run, that they run one at a time, and that a stop waits for one batch and no more.
import { expect, test } from 'vitest'
import { createFakeClock } from '../../test/harness/fake-clock.ts'
import type { Logger } from '../base/logger.ts'
import { runBatches, SweepSchedule, type Sweep } from './sweep.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

function createLog() {
  const lines: string[] = []
  const log = (_fields: object, text: string) => void lines.push(text)
  const logger = { debug: log, info: log, warn: log, error: log, fatal: log } as unknown as Logger
  return { lines, logger }
}

function schedule(...sweeps: Sweep[]) {
  const clock = createFakeClock()
  const { lines, logger } = createLog()
  return { clock, lines, running: new SweepSchedule({ sweeps, clock, logger }) }
}

test('each sweep runs a minute after the start, and again one period after its end', async () => {
  const seen: string[] = []
  const sweep = (name: string, periodMs: number): Sweep => ({
    name,
    periodMs,
    async run({ now }) {
      seen.push(`${name} ${now - Date.UTC(2026, 0, 1)}`)
      return 1
    },
  })
  const { clock, running, lines } = schedule(sweep('often', HOUR_MS), sweep('seldom', 2 * HOUR_MS))
  await running.start()
  clock.advance(MINUTE_MS)
  await running.settled()
  for (let hour = 0; hour < 3; hour++) {
    clock.advance(HOUR_MS)
    await running.settled()
  }
  const at = (hours: number) => MINUTE_MS + hours * HOUR_MS
  expect(seen).toEqual([
    `often ${at(0)}`,
    `seldom ${at(0)}`,
    `often ${at(1)}`,
    // Scheduled first.
    `seldom ${at(2)}`,
    `often ${at(2)}`,
    `often ${at(3)}`,
  ])
  expect(lines).toHaveLength(6)
  await running.close()
  clock.advance(9 * HOUR_MS)
  await running.settled()
  expect(seen).toHaveLength(6)
})

test('two sweeps that are due together never overlap', async () => {
  let runningCount = 0
  let most = 0
  const sweep = (name: string): Sweep => ({
    name,
    periodMs: HOUR_MS,
    async run(run) {
      most = Math.max(most, ++runningCount)
      await run.rest()
      runningCount--
      return 0
    },
  })
  const { clock, running } = schedule(sweep('one'), sweep('two'), sweep('three'))
  await running.start()
  clock.advance(HOUR_MS)
  await running.settled()
  expect(most).toBe(1)
  await running.close()
})

test('a sweep that fails is logged, and runs again', async () => {
  let runs = 0
  const failing: Sweep = {
    name: 'failing',
    periodMs: HOUR_MS,
    run() {
      runs++
      return Promise.reject(new Error('no'))
    },
  }
  const { clock, running, lines } = schedule(failing)
  await running.start()
  for (let hour = 0; hour < 2; hour++) {
    clock.advance(HOUR_MS)
    await running.settled()
  }
  expect(runs).toBe(2)
  expect(lines).toEqual(['background work failed', 'background work failed'])
  await running.close()
})

test('rests after a batch for as long as it worked, several times over', async () => {
  let batches = 0
  const clock = createFakeClock()
  const sweep: Sweep = {
    name: 'long',
    periodMs: HOUR_MS,
    run: (run) =>
      runBatches(run, async () => {
        clock.advance(10)
        return batches++ < 2 ? 1 : 0
      }),
  }
  const running = new SweepSchedule({ sweeps: [sweep], clock, logger: createLog().logger })
  await running.start()
  clock.advance(HOUR_MS)
  await Promise.resolve()
  await Promise.resolve()
  const first = batches
  clock.advance(39)
  await new Promise((resolve) => setImmediate(resolve))
  expect([first, batches]).toEqual([1, 1])
  clock.advance(1)
  await new Promise((resolve) => setImmediate(resolve))
  expect(batches).toBe(2)
  await running.close()
})

test('a stop ends a sweep after its present batch, even while it rests', async () => {
  const clock = createFakeClock()
  let batches = 0
  const endless: Sweep = {
    name: 'endless',
    periodMs: HOUR_MS,
    run: (run) =>
      runBatches(run, async () => {
        clock.advance(10)
        return ++batches
      }),
  }
  const running = new SweepSchedule({ sweeps: [endless], clock, logger: createLog().logger })
  await running.start()
  clock.advance(HOUR_MS)
  await new Promise((resolve) => setImmediate(resolve))
  await running.close()
  expect(batches).toBe(1)
})

test('a run that takes too long gives way to others, and soon goes on', async () => {
  const clock = createFakeClock()
  const seen: string[] = []
  const long: Sweep = {
    name: 'long',
    periodMs: HOUR_MS,
    async run(run) {
      let rows = 0
      do {
        seen.push('long')
        rows++
        clock.advance(20_000)
      } while (await nextBatch(run.rest()))
      return rows
    },
  }
  /** Lets the rest pass that follows a batch. */
  async function nextBatch(rest: Promise<boolean>): Promise<boolean> {
    clock.advance(5_000)
    return rest
  }
  const short: Sweep = {
    name: 'short',
    periodMs: HOUR_MS,
    async run() {
      seen.push('short')
      return 1
    },
  }
  const { logger } = createLog()
  const running = new SweepSchedule({ sweeps: [long, short], clock, logger })
  await running.start()
  clock.advance(HOUR_MS)
  await running.settled()
  expect(seen).toEqual(['long', 'long', 'long', 'short'])
  clock.advance(60_000)
  await running.settled()
  expect(seen.slice(4)).toEqual(['long', 'long', 'long'])
  await running.close()
})
