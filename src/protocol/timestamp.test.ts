// Instants as text and as epoch seconds.
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatEpochSeconds, instantOfEpochSeconds, parseInstant } from './timestamp.ts'

const CALENDAR = {
  min: new Date('0001-01-01T00:00:00Z'),
  max: new Date('9999-12-31T23:59:59.999Z'),
  noInvalidDate: true,
}

describe('parseInstant', () => {
  it.each([
    ['2026-01-02T03:04:05Z', '2026-01-02T03:04:05.000Z'],
    ['2026-01-02t03:04:05z', '2026-01-02T03:04:05.000Z'],
    ['2026-01-02 03:04:05Z', '2026-01-02T03:04:05.000Z'],
    ['2026-01-02T03:04:05.1Z', '2026-01-02T03:04:05.100Z'],
    ['2026-01-02T03:04:05.123456789Z', '2026-01-02T03:04:05.123Z'],
    ['2026-01-02T03:04:05+01:00', '2026-01-02T02:04:05.000Z'],
    ['2026-01-02T03:04:05 01:00', '2026-01-02T02:04:05.000Z'],
    ['2026-01-02T03:04:05.5-01:30', '2026-01-02T04:34:05.500Z'],
    ['2026-12-31T23:59:60Z', '2027-01-01T00:00:00.000Z'],
    ['2024-02-29T00:00:00Z', '2024-02-29T00:00:00.000Z'],
    ['1767323045.678', '2026-01-02T03:04:05.678Z'],
    ['-1', '1969-12-31T23:59:59.000Z'],
  ])('reads %s', (text, expected) => {
    expect(parseInstant(text)?.toISOString()).toBe(expected)
  })

  it.each([
    '',
    'yesterday',
    '2026-01-02',
    '2026-01-02T03:04:05',
    '2026-02-30T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-01-02T24:00:00Z',
    '2026-01-02T03:60:00Z',
    '2026-01-02T03:04:61Z',
    '2026-01-02T03:04:05+24:00',
    '2026-01-02T03:04:05+01:60',
    '2026-01-02T03:04:05+0100',
    '12345678901234',
    '1e3',
    'Infinity',
    ' 1',
  ])('refuses %j', (text) => {
    expect(parseInstant(text)).toBeUndefined()
  })

  it('reads every instant that Date writes', () => {
    fc.assert(
      fc.property(fc.date(CALENDAR), (instant) => {
        expect(parseInstant(instant.toISOString())).toEqual(instant)
      }),
    )
  })
})

describe('epoch seconds', () => {
  it('are written with at most three decimals', () => {
    expect(formatEpochSeconds(new Date(1777892523004))).toBe('1777892523.004')
    expect(formatEpochSeconds(new Date(1777892523000))).toBe('1777892523')
    expect(formatEpochSeconds(new Date(1))).toBe('0.001')
    expect(formatEpochSeconds(new Date(-1500))).toBe('-1.5')
  })

  it('keep the millisecond both ways', () => {
    fc.assert(
      fc.property(fc.date(CALENDAR), (instant) => {
        const text = formatEpochSeconds(instant)
        expect(text).toMatch(/^-?\d+(\.\d{1,3})?$/)
        expect(instantOfEpochSeconds(Number(text))).toEqual(instant)
      }),
    )
  })

  it.each([8.64e12 + 1, -8.64e12 - 1, Infinity, NaN])('refuse %d', (seconds) => {
    expect(instantOfEpochSeconds(seconds)).toBeUndefined()
  })
})
