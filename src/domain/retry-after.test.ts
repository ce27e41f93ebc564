// The header Retry-After in all its forms.
import { expect, test } from 'vitest'
import { retryAfterMsOf } from './retry-after.ts'

const NOW = Date.UTC(1994, 10, 6, 8, 49, 7)

test.each([
  ['120', 120_000],
  ['0', 0],
  [' 7 ', 7_000],
  ['Sun, 06 Nov 1994 08:49:37 GMT', 30_000],
  ['Sunday, 06-Nov-94 08:49:37 GMT', 30_000],
  ['Sun Nov  6 08:49:37 1994', 30_000],
  ['Sun Nov 13 08:49:07 1994', 7 * 86_400_000],
  ['Sun, 06 Nov 1994 08:49:06 GMT', 0],
  ['9'.repeat(400), Number.POSITIVE_INFINITY],
])('%s asks for %i ms', (header, expected) => {
  expect(retryAfterMsOf(503, header, NOW)).toBe(expected)
})

test.each([
  [''],
  ['soon'],
  ['-1'],
  ['1.5'],
  ['1e3'],
  ['0x10'],
  ['1, 2'],
  ['1994-11-06T08:49:37Z'],
  ['Sun, 99 Nov 1994 08:49:37 GMT'],
  [undefined],
])('%s asks for nothing', (header) => {
  expect(retryAfterMsOf(429, header, NOW)).toBe(undefined)
})

test('other statuses ask for nothing', () => {
  const asking = [200, 301, 400, 404, 429, 500, 502, 503, undefined].filter(
    (status) => retryAfterMsOf(status, '5', NOW) !== undefined,
  )
  expect(asking).toEqual([429, 503])
})
