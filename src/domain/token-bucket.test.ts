// Token buckets one at a time, against arithmetic, and many within their bound.
import { array, assert, integer, nat, property, record, tuple } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { takeToken, TokenBuckets } from './token-bucket.ts'

const rate = { perSecond: 15, burst: 30 }

/** How many of `attempts` at the same instant are let in. */
function taken(buckets: TokenBuckets, key: string, nowMs: number, attempts: number): number {
  let count = 0
  for (let left = attempts; left > 0; left -= 1) if (buckets.take(key, nowMs, rate)) count += 1
  return count
}

describe('a bucket', () => {
  it('holds a burst, then one token for each interval', () => {
    const buckets = new TokenBuckets(10)
    expect(taken(buckets, 'a', 0, 40)).toBe(30)
    expect(taken(buckets, 'a', 66, 5)).toBe(0)
    expect(taken(buckets, 'a', 67, 5)).toBe(1)
    expect(taken(buckets, 'a', 1_000, 40)).toBe(14)
    expect(taken(buckets, 'a', 60_000, 40)).toBe(30)
  })

  it('of one token is full after one interval, not before', () => {
    const single = { perSecond: 1, burst: 1 }
    expect(takeToken(undefined, 5_000, single)).toBe(6_000)
    expect(takeToken(6_000, 5_999, single)).toBeUndefined()
    expect(takeToken(6_000, 6_000, single)).toBe(7_000)
  })

  it('never lets in more than the burst and what is filled in, nor refuses what it holds', () => {
    const steps = array(tuple(nat(2_000), nat(40)), { maxLength: 40 })
    const rates = record({ perSecond: integer({ min: 1, max: 700 }), burst: nat(1_400) })
    assert(
      property(rates, steps, ({ perSecond, burst }, moves) => {
        const given = { perSecond, burst: burst + 1 }
        const buckets = new TokenBuckets(10)
        let nowMs = 0
        let tokens = given.burst
        for (const [waitMs, attempts] of moves) {
          nowMs += waitMs
          tokens = Math.min(given.burst, tokens + (waitMs * perSecond) / 1_000)
          for (let left = attempts; left > 0; left -= 1) {
            // Where a token is all but there, either answer is right.
            const isClose = Math.abs(tokens - Math.round(tokens)) < 1e-2
            const mayTake = tokens >= 1
            expect(buckets.has('k', nowMs, given)).toBe(buckets.has('k', nowMs, given))
            const isIn = buckets.take('k', nowMs, given)
            expect(isIn === mayTake || isClose).toBe(true)
            if (isIn) tokens -= 1
          }
        }
      }),
    )
  })
})

describe('many buckets', () => {
  it('do not touch each other', () => {
    const buckets = new TokenBuckets(10)
    taken(buckets, 'a', 0, 30)
    expect(buckets.has('a', 0, rate)).toBe(false)
    expect(buckets.has('b', 0, rate)).toBe(true)
    expect(taken(buckets, 'b', 0, 40)).toBe(30)
  })

  it('are asked without being made', () => {
    const buckets = new TokenBuckets(10)
    buckets.has('a', 0, rate)
    expect(buckets.size).toBe(0)
  })

  it('are forgotten when they are full', () => {
    const buckets = new TokenBuckets(1_000)
    for (let number = 0; number < 500; number += 1) buckets.take(`old ${number}`, 0, rate)
    for (let number = 0; number < 500; number += 1) buckets.take(`new ${number}`, 5_000, rate)
    expect(buckets.size).toBeLessThanOrEqual(501)
    for (let number = 0; number < 1_000; number += 1) buckets.take('one', 60_000 + number, rate)
    expect(buckets.size).toBe(1)
  })

  it('never exceed their bound; the one taken from longest ago goes first', () => {
    const buckets = new TokenBuckets(100)
    taken(buckets, 'mine', 0, 30)
    for (let number = 0; number < 99; number += 1) buckets.take(`other ${number}`, 0, rate)
    expect(buckets.has('mine', 0, rate)).toBe(false)
    for (let number = 0; number < 10_000; number += 1) buckets.take(`made up ${number}`, 0, rate)
    expect(buckets.size).toBe(100)
    expect(buckets.has('mine', 0, rate)).toBe(true)
    expect(buckets.has('other 98', 0, { perSecond: 1, burst: 1 })).toBe(true)
    expect(buckets.has('made up 9999', 0, { perSecond: 1, burst: 1 })).toBe(false)
  })

  it('of keys longer than any ARN are shared', () => {
    const buckets = new TokenBuckets(100)
    const long = 'a'.repeat(600)
    expect(taken(buckets, `${long}1`, 0, 30)).toBe(30)
    expect(taken(buckets, `${long}2`, 0, 30)).toBe(0)
  })
})
