// When what failed is tried again.
import { expect, test } from 'vitest'
import type { DeliveryPolicy } from '../../ports/outbound.ts'
import { agesFrom, isDue, nextAttemptAt, pauseMsAfter, systemRandom } from './retry.ts'

const policy: DeliveryPolicy = {
  batchEntriesMax: 1,
  batchCharactersMax: 1_000,
  isBatchAtomic: false,
  batchesUnderWayMax: 1,
  attemptsMax: 5,
  ageMsMax: 60_000,
  firstPauseMs: 1_000,
  pauseMsMax: 10_000,
  attemptMsMax: 5_000,
}

const pauses = (random: number) =>
  [1, 2, 3, 4, 5, 2_000].map((count) => pauseMsAfter(count, policy, random))

const nextAfter = (attemptsCount: number, now: number) =>
  nextAttemptAt({ attemptsCount, agesFrom: 0 }, policy, now, 1)

test('the pause doubles up to the longest one, and its upper half is random', () => {
  expect(pauses(1)).toEqual([1_000, 2_000, 4_000, 8_000, 10_000, 10_000])
  expect(pauses(0)).toEqual([500, 1_000, 2_000, 4_000, 5_000, 5_000])
})

test('the last attempt is the one that the policy counts as such', () => {
  const attempts = [0, 1, 2, 3, 4, 5].map((count) => nextAfter(count, 0))
  expect(attempts).toEqual([1_000, 2_000, 4_000, 8_000, undefined, undefined])
})

test('the last attempt ends before the entry is too old', () => {
  expect(nextAfter(3, 40_000)).toBe(48_000)
  // Sooner than its pause would let it.
  expect(nextAfter(3, 50_000)).toBe(55_000)
  expect(nextAfter(3, 54_000)).toBe(55_000)
  // No room for another one.
  expect(nextAfter(3, 54_001)).toBe(undefined)
  expect(nextAfter(3, 90_000)).toBe(undefined)
})

test('a pause that no policy allows was written by a clock that has been set back', () => {
  expect(isDue(100, 100, policy)).toBe(true)
  expect(isDue(101, 100, policy)).toBe(false)
  // So long may a destination ask to be left alone.
  expect(isDue(55_100, 100, policy)).toBe(false)
  expect(isDue(55_101, 100, policy)).toBe(true)
  const impatient = { ...policy, ageMsMax: 2_000 }
  expect(isDue(10_100, 100, impatient)).toBe(false)
  expect(isDue(10_101, 100, impatient)).toBe(true)
})

test('a destination that asks to be left alone is, as long as the entry may wait', () => {
  const entry = { attemptsCount: 0, agesFrom: 0 }
  const askedAt = (now: number, retryAfterMs: number) =>
    nextAttemptAt(entry, policy, now, 1, retryAfterMs)
  expect(askedAt(100, 500)).toBe(1_100)
  expect(askedAt(100, 20_000)).toBe(20_100)
  expect(askedAt(100, 90_000)).toBe(55_000)
  expect(askedAt(50_000, 90_000)).toBe(55_000)
  expect(askedAt(54_001, 90_000)).toBe(undefined)
})

test('randomness is spread over all of its range', () => {
  const tenths = new Set<number>()
  for (let n = 0; n < 2_000; n++) {
    const value = systemRandom()
    expect(value >= 0 && value < 1).toBe(true)
    tenths.add(Math.floor(value * 10))
  }
  expect(tenths.size).toBe(10)
})

test('time in which the server was away makes old what is of no use later, and nothing else', () => {
  expect(agesFrom(100, policy, 5_000)).toBe(100)
  const patient = { ...policy, agesWhileAway: false } as const
  expect(agesFrom(100, patient, 5_000)).toBe(5_000)
  expect(agesFrom(7_000, patient, 5_000)).toBe(7_000)
})
