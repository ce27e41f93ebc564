// Dates of signatures and the window of clock skew.
import { describe, expect, test } from 'vitest'
import {
  CLOCK_SKEW_MAX_MS,
  amzDateOfDateHeader,
  checkSignatureIsCurrent,
  formatAmzDate,
  parseAmzDate,
} from './amz-date.ts'

const NOON_MS = Date.UTC(2015, 7, 30, 12, 36, 0)
const NOON = '20150830T123600Z'

function check(nowMs: number, validForMs = 0): void {
  checkSignatureIsCurrent(NOON, NOON_MS, validForMs, nowMs)
}

describe('parseAmzDate', () => {
  test('reads basic ISO and formats back', () => {
    expect(parseAmzDate(NOON)).toBe(NOON_MS)
    expect(formatAmzDate(NOON_MS)).toBe(NOON)
  })

  test.each([
    '',
    '20150830T123600',
    '2015-08-30T12:36:00Z',
    '20151330T123600Z',
    '20150800T123600Z',
    '20150830T243600Z',
    '20150830T126000Z',
    '20150830t123600z',
    ' 20150830T123600Z',
    '2015083٠T123600Z',
  ])('refuses %j', (text) => {
    expect(parseAmzDate(text)).toBeUndefined()
  })
})

describe('amzDateOfDateHeader', () => {
  test.each([
    'Sun, 30 Aug 2015 12:36:00 GMT',
    'Sun, 30 Aug 2015 12:36:00 -0000',
    '30 Aug 2015 12:36:00 +0000',
    NOON,
  ])('reads %s', (text) => {
    expect(amzDateOfDateHeader(text)).toBe(NOON)
  })

  test('pads the day', () => {
    expect(amzDateOfDateHeader('Sat, 1 Aug 2015 00:00:00 GMT')).toBe('20150801T000000Z')
  })

  test.each(['Sun, 30 Xyz 2015 12:36:00 GMT', 'Sun, 30 Aug 2015 12:36:00 +0200', 'yesterday', ''])(
    'refuses %j',
    (text) => {
      expect(amzDateOfDateHeader(text)).toBeUndefined()
    },
  )
})

describe('checkSignatureIsCurrent', () => {
  test('allows five minutes either way, to the millisecond', () => {
    expect(() => check(NOON_MS + CLOCK_SKEW_MAX_MS)).not.toThrow()
    expect(() => check(NOON_MS - CLOCK_SKEW_MAX_MS)).not.toThrow()
    expect(() => check(NOON_MS + 10_000 + CLOCK_SKEW_MAX_MS, 10_000)).not.toThrow()
  })

  test("says in AWS's words what is too old", () => {
    expect(() => check(NOON_MS + CLOCK_SKEW_MAX_MS + 1000)).toThrow(
      'Signature expired: 20150830T123600Z is now earlier than 20150830T123601Z ' +
        '(20150830T124101Z - 5 min.)',
    )
    expect(() => check(NOON_MS + 10_001 + CLOCK_SKEW_MAX_MS, 10_000)).toThrow('Signature expired')
  })

  test("says in AWS's words what is too young, whatever its validity", () => {
    expect(() => check(NOON_MS - CLOCK_SKEW_MAX_MS - 1000, 604_800_000)).toThrow(
      'Signature not yet current: 20150830T123600Z is still later than 20150830T123559Z ' +
        '(20150830T123059Z + 5 min.)',
    )
  })
})
