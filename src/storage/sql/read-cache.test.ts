// Results are kept until one of their keys changes, never longer, and within a bound.
import { describe, expect, test } from 'vitest'
import { ReadCache } from './read-cache.ts'

/** A read that finds how often it ran. */
function countedRead(keys: readonly string[]) {
  let count = 0
  return () => Promise.resolve({ result: ++count, keys })
}

describe('ReadCache', () => {
  test('reads once and answers from memory until a key changes', async () => {
    const cache = new ReadCache()
    const member = countedRead(['app', 'ann'])
    await cache.recall('ann', member)
    expect(await cache.recall('ann', member)).toEqual({ result: 1, keys: ['app', 'ann'] })
    cache.forget('bob')
    expect((await cache.recall('ann', member)).result).toBe(1)
    cache.forget('app')
    expect((await cache.recall('ann', member)).result).toBe(2)
  })

  test('one key may hold many results', async () => {
    const cache = new ReadCache()
    const reads = ['ann', 'bob'].map((name) => ({ name, read: countedRead(['app', name]) }))
    for (const { name, read } of reads) await cache.recall(name, read)
    cache.forget('app')
    for (const { name, read } of reads) expect((await cache.recall(name, read)).result).toBe(2)
  })

  test('does not keep what was read while something changed', async () => {
    const cache = new ReadCache()
    const slow = Promise.withResolvers<{ result: string; keys: string[] }>()
    const first = cache.recall('ann', () => slow.promise)
    cache.forget('ann')
    slow.resolve({ result: 'before the change', keys: ['ann'] })
    await first
    const later = await cache.recall('ann', () =>
      Promise.resolve({ result: 'after the change', keys: ['ann'] }),
    )
    expect(later.result).toBe('after the change')
  })

  test('keeps what was read while only other things changed', async () => {
    const cache = new ReadCache()
    const slow = Promise.withResolvers<{ result: string; keys: string[] }>()
    const first = cache.recall('ann', () => slow.promise)
    cache.forget('bob')
    slow.resolve({ result: 'ann', keys: ['app', 'ann'] })
    await first
    const later = await cache.recall<unknown>('ann', countedRead(['ann']))
    expect(later.result).toBe('ann')
  })

  test('does not keep a read during which more changed than is remembered', async () => {
    const cache = new ReadCache()
    const slow = Promise.withResolvers<{ result: string; keys: string[] }>()
    const first = cache.recall('ann', () => slow.promise)
    cache.forget('ann')
    for (let n = 0; n < 70_000; n++) cache.forget(`other ${n}`)
    slow.resolve({ result: 'before the change', keys: ['ann'] })
    await first
    const later = await cache.recall<unknown>('ann', countedRead(['ann']))
    expect(later.result).toBe(1)
  })

  test('answers with what it was given to keep until a key changes', async () => {
    const cache = new ReadCache()
    const read = countedRead(['ann'])
    cache.keep('ann', { result: 0, keys: ['ann'] })
    expect((await cache.recall('ann', read)).result).toBe(0)
    cache.forget('ann')
    expect((await cache.recall('ann', read)).result).toBe(1)
  })

  test('does not keep that nothing was found', async () => {
    const cache = new ReadCache()
    await cache.recall('ann', () => Promise.resolve({ result: undefined, keys: ['ann'] }))
    const found = await cache.recall('ann', () => Promise.resolve({ result: 'Ann', keys: ['ann'] }))
    expect(found.result).toBe('Ann')
  })

  test('drops the oldest at its bound, with its keys', async () => {
    const cache = new ReadCache(2)
    const reads = ['ann', 'bob', 'cy'].map((name) => {
      return { name, read: countedRead([name, `of ${name}`]) }
    })
    for (const { name, read } of reads) await cache.recall(name, read)
    expect(cache.keysCount).toBe(4)
    const again: number[] = []
    for (const { name, read } of reads.toReversed()) {
      again.push((await cache.recall(name, read)).result)
    }
    expect(again).toEqual([1, 1, 2])
  })
})
