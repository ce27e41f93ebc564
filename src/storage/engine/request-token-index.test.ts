// The table of request tokens: finds what was added, forgets by the minute, stays within its bound.
import { describe, expect, it } from 'vitest'
import type { Clock } from '../../base/clock.ts'
import { RequestTokenIndex } from './request-token-index.ts'

const MINUTE_MS = 60_000

function clockAt(start: number): Clock & { at: number } {
  const idle = { cancel() {} }
  return {
    at: start,
    now() {
      return this.at
    },
    monotonicMs: () => 0,
    after: () => idle,
    every: () => idle,
  }
}

describe('RequestTokenIndex', () => {
  it('finds the instant of every token, also after growing, and no other', () => {
    const index = new RequestTokenIndex(clockAt(1_000), 42)
    for (let n = 1; n <= 50_000; n++) index.add(`1//2/token-${n}`, n)
    for (let n = 1; n <= 50_000; n++) expect(index.find(`1//2/token-${n}`)).toBe(n)
    for (let n = 1; n <= 50_000; n++) expect(index.find(`1//3/token-${n}`)).toBeUndefined()
    expect(index.tokensCount).toBe(50_000)
  })

  it('prefers the newest message of a token', () => {
    const clock = clockAt(1_000)
    const index = new RequestTokenIndex(clock, 1)
    index.add('t', 5)
    clock.at += MINUTE_MS
    index.add('t', 6)
    expect(index.find('t')).toBe(6)
  })

  it('keeps tokens for more than ten minutes and not much longer', () => {
    const clock = clockAt(MINUTE_MS - 1)
    const index = new RequestTokenIndex(clock, 1)
    index.add('early', 1)
    for (let minute = 1; minute <= 11; minute++) {
      clock.at += MINUTE_MS
      index.add(`minute ${minute}`, clock.at)
      expect(index.find('early')).toBe(1)
    }
    clock.at += MINUTE_MS
    index.add('last', clock.at)
    expect(index.find('early')).toBeUndefined()
    expect(index.find('minute 1')).toBe(2 * MINUTE_MS - 1)
  })
})
