// The conflict tracker against a serial model: whatever it lets commit could have run one by one.
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ConflictTracker, type TrackedTransaction } from './conflict-tracker.ts'

function transactionOf(
  tracker: ConflictTracker,
  reads: readonly string[],
  changes: readonly string[],
): TrackedTransaction {
  const transaction = tracker.begin()
  transaction.keysRead.push(...reads)
  transaction.keysChanged.push(...changes)
  return transaction
}

describe('ConflictTracker', () => {
  it('finds the newest queued or durable change of a key that was read', () => {
    const tracker = new ConflictTracker(10)
    const reader = transactionOf(tracker, ['a', 'b'], [])
    const first = tracker.commit(transactionOf(tracker, [], ['a']))
    expect(tracker.conflictOf(reader)).toBe(first)
    const second = tracker.commit(transactionOf(tracker, [], ['b']))
    expect(tracker.conflictOf(reader)).toBe(second)
    tracker.settled(second)
    expect(tracker.conflictOf(reader)).toBe(second)
    expect(tracker.conflictOf(transactionOf(tracker, ['a', 'b'], []))).toBeUndefined()
  })

  it('lets transactions pass that read nothing in common', () => {
    const tracker = new ConflictTracker(0)
    const reader = transactionOf(tracker, ['a'], ['b'])
    tracker.commit(transactionOf(tracker, ['a'], ['b', 'c']))
    expect(tracker.conflictOf(reader)).toBeUndefined()
  })

  it('lets counts rise together until they could exceed the quota', () => {
    const tracker = new ConflictTracker(0)
    const raise = () => {
      const transaction = tracker.begin()
      transaction.countsRead.push({ key: 'n', count: 7, additional: 1, quota: 9 })
      transaction.countsRaised.set('n', 1)
      return transaction
    }
    const all = [raise(), raise(), raise()]
    const conflicts = all.map((transaction) => {
      const conflict = tracker.conflictOf(transaction)
      if (conflict === undefined) tracker.commit(transaction)
      return conflict
    })
    expect(conflicts).toEqual([undefined, undefined, 2])
  })

  it('does not count twice what a count is known to include', () => {
    const tracker = new ConflictTracker(0)
    const reading = tracker.begin()
    const joining = transactionOf(tracker, [], [])
    joining.countsRaised.set('n', 1)
    const sequence = tracker.commit(joining)
    expect(tracker.queuedOf('n', 0)).toBe(1)
    expect(tracker.queuedOf('n', sequence)).toBe(0)
    // What was read is newer than what the tracker has heard of.
    const read = { key: 'n', count: 8, additional: 1, quota: 9 }
    reading.countsRead.push({ ...read, sequence })
    expect(tracker.conflictOf(reading)).toBeUndefined()
    reading.countsRead.push(read)
    expect(tracker.conflictOf(reading)).toBe(sequence)
    tracker.settled(sequence)
    expect(tracker.queuedOf('n', 0)).toBe(0)
  })

  it('forgets what no running transaction can ask about', () => {
    const tracker = new ConflictTracker(0)
    const early = tracker.begin()
    for (let n = 0; n < 100; n++) {
      const transaction = transactionOf(tracker, [], [`key ${n}`])
      transaction.countsRaised.set(`count ${n}`, 1)
      tracker.settled(tracker.commit(transaction))
      tracker.end(transaction)
    }
    expect(tracker.keysCount).toBe(200)
    tracker.end(early)
    expect(tracker.keysCount).toBe(0)
  })

  it('admits only schedules that equal the serial one (property)', () => {
    // Registers that transactions copy and add up. The state that readers see lags behind the
    // queue.
    const key = fc.constantFrom('a', 'b', 'c', 'd')
    const step = fc.oneof(
      fc.record({ kind: fc.constant('begin' as const), reads: fc.array(key), writes: key }),
      fc.record({ kind: fc.constant('commit' as const), which: fc.nat() }),
      fc.record({ kind: fc.constant('settle' as const) }),
    )
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const tracker = new ConflictTracker(0)
        const serial = new Map<string, number>()
        const visible = new Map<string, number>()
        const queued: { sequence: number; key: string; value: number }[] = []
        const running: { tracked: TrackedTransaction; seen: number; reads: string[] }[] = []
        const mismatches: number[][] = []
        for (const planned of steps) {
          if (planned.kind === 'begin') {
            const tracked = transactionOf(tracker, planned.reads, [planned.writes])
            const seen = planned.reads.reduce((sum, read) => sum + (visible.get(read) ?? 0), 1)
            running.push({ tracked, seen, reads: planned.reads })
          } else if (planned.kind === 'settle') {
            const next = queued.shift()
            if (next === undefined) continue
            visible.set(next.key, next.value)
            tracker.settled(next.sequence)
          } else {
            const [chosen] = running.splice(planned.which % Math.max(1, running.length), 1)
            if (chosen === undefined) continue
            if (tracker.conflictOf(chosen.tracked) === undefined) {
              const now = chosen.reads.reduce((sum, read) => sum + (serial.get(read) ?? 0), 1)
              if (chosen.seen !== now) mismatches.push([chosen.seen, now])
              const sequence = tracker.commit(chosen.tracked)
              const [changed = 'a'] = chosen.tracked.keysChanged
              serial.set(changed, now)
              queued.push({ sequence, key: changed, value: now })
            }
            tracker.end(chosen.tracked)
          }
        }
        expect(mismatches).toEqual([])
      }),
      { numRuns: 500 },
    )
  })
})
