// Percent-decoding of queries, forms and path labels.
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FrontDoorError } from '../base/api-error.ts'
import { decodePathLabel, PARAMETERS_MAX, parseQueryString } from './query-string.ts'

describe('parseQueryString', () => {
  it('decodes names and values, plus as space', () => {
    expect([...parseQueryString('a=1&next%2Dtoken=x%20y+z&b&c=&d=e=f')]).toEqual([
      ['a', '1'],
      ['next-token', 'x y z'],
      ['b', ''],
      ['c', ''],
      ['d', 'e=f'],
    ])
  })

  it('counts the first of a repeated name', () => {
    expect(parseQueryString('a=1&a=2').get('a')).toBe('1')
  })

  it('ignores empty pairs', () => {
    expect(parseQueryString('&&a=1&').size).toBe(1)
    expect(parseQueryString('').size).toBe(0)
  })

  it.each(['a=%', 'a=%2', 'a=%zz', '%=1', 'a=%ff', 'a=%ed%a0%80'])('refuses %s', (rawQuery) => {
    expect(() => parseQueryString(rawQuery)).toThrow(FrontDoorError)
  })

  it.each([
    ['all different', (at: number) => `p${at}=1`],
    ['all the same', () => 'p=1'],
    ['empty', () => ''],
  ])('takes so many pairs and no more: %s', (_name, pairOf) => {
    const query = (count: number) => Array.from({ length: count }, (_each, at) => pairOf(at))
    expect(() => parseQueryString(query(PARAMETERS_MAX).join('&'))).not.toThrow()
    expect(() => parseQueryString(query(PARAMETERS_MAX + 1).join('&'))).toThrow(
      expect.objectContaining({ wireName: 'SerializationException', status: 400 }),
    )
  })

  it('reads what URLSearchParams writes', () => {
    const pairs = fc.uniqueArray(
      fc.tuple(fc.string({ minLength: 1 }), fc.string({ unit: 'binary' })),
      {
        selector: ([name]) => name,
      },
    )
    fc.assert(
      fc.property(pairs, (expected) => {
        const rawQuery = new URLSearchParams(expected).toString()
        expect([...parseQueryString(rawQuery)]).toEqual(expected)
      }),
    )
  })
})

describe('decodePathLabel', () => {
  it('decodes escapes and leaves plus alone', () => {
    expect(decodePathLabel('a%3Ab%2Fc+d')).toBe('a:b/c+d')
  })

  it.each(['%', '%e', '%gg', '%c3', '%ff'])('refuses %s', (text) => {
    expect(() => decodePathLabel(text)).toThrow(
      expect.objectContaining({ wireName: 'SerializationException', status: 400 }),
    )
  })
})
