// Rates are differences over the server's own time, and unknown where there is nothing to compare.
import { expect, it } from 'vitest'
import { sampleOverview } from '../../test/harness/sample-overview.ts'
import { formatBytes, formatRate, formatSpan } from '../terminal/numbers.ts'
import { ratesBetween } from './rates.ts'

const totals = sampleOverview().totals

it('are per second, whatever the time between the two', () => {
  const before = sampleOverview({ uptimeMs: 1_000, cpuMs: 0, totals: { ...totals, requests: 10 } })
  const now = sampleOverview({
    uptimeMs: 3_000,
    cpuMs: 3_000,
    totals: { ...totals, requests: 110, framesDelivered: 40_001 },
  })
  const rates = ratesBetween(before, now)
  expect(rates?.perSecond.requests).toBe(50)
  expect(rates?.perSecond.framesDelivered).toBe(20_000.5)
  expect(rates?.perSecond.messagesSent).toBe(0)
  expect(rates?.cores).toBe(1.5)
})

it('are unknown at first, twice at one moment, and across a restart', () => {
  const now = sampleOverview({ uptimeMs: 5_000, totals: { ...totals, requests: 5 } })
  expect(ratesBetween(undefined, now)).toBeUndefined()
  expect(ratesBetween(now, now)).toBeUndefined()
  expect(ratesBetween(sampleOverview({ uptimeMs: 9_000 }), now)).toBeUndefined()
  const longer = sampleOverview({ uptimeMs: 4_000, totals: { ...totals, requests: 500 } })
  expect(ratesBetween(longer, now)).toBeUndefined()
})

it.each([
  [undefined, '–/s'],
  [0, '0/s'],
  [0.04, '0.0/s'],
  [9.94, '9.9/s'],
  [48_210.4, '48,210/s'],
])('%s is written %s', (rate, text) => {
  expect(formatRate(rate)).toBe(text)
})

it.each([
  [0, '0 B'],
  [999, '999 B'],
  [1_234, '1.2 kB'],
  [45_678_901, '46 MB'],
])('%d bytes are written %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text)
})

it.each([
  [5_000, '5 s'],
  [65_000, '1 min 5 s'],
  [8_040_000, '2 h 14 min'],
  [90_000_000, '1 d 1 h'],
])('%d ms are written %s', (spanMs, text) => {
  expect(formatSpan(spanMs)).toBe(text)
})
