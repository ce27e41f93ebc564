// Ids that sort by time.
import { expect, test } from 'vitest'
import { newTimeOrderedUuid } from './ids.ts'

test('a UUID of version 7 begins with its time, and two of one time differ', () => {
  const now = Date.UTC(2026, 4, 4, 12)
  const ids = Array.from({ length: 200 }, () => newTimeOrderedUuid(now))
  expect(new Set(ids).size).toBe(200)
  for (const id of ids) {
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    expect(parseInt(id.slice(0, 8) + id.slice(9, 13), 16)).toBe(now)
  }
  const variants = new Set(ids.map((id) => id.charAt(19)))
  expect([...variants].toSorted()).toEqual(['8', '9', 'a', 'b'])
})

test('UUIDs of later times sort behind those of earlier ones', () => {
  const times = [0, 1, 255, 256, 2 ** 32 - 1, 2 ** 32, Date.UTC(2026, 0, 1), 2 ** 47]
  const ids = times.map((time) => newTimeOrderedUuid(time))
  expect(ids).toEqual(ids.toSorted())
})
