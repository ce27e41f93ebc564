// Paging tokens: sealed for one list and useless for any other.
import { describe, expect, test } from 'vitest'
import { BadRequestException } from '../domain/errors.ts'
import type { Page, PageRequest } from '../ports/paging.ts'
import { createNextTokens, listPage } from './next-tokens.ts'

const nextTokens = createNextTokens(Buffer.alloc(32, 1))
const listing = ['ListChannels', 'ana', undefined]
const cursor = [1_777_892_523_004, 'lobby "ü"']

describe('tokens', () => {
  test('give back the cursor that was sealed, and are safe in URLs', () => {
    const token = nextTokens.seal(listing, cursor)
    expect(token).toMatch(/^[\w-]+$/)
    expect(nextTokens.open(listing, token)).toEqual(cursor)
  })

  test('never begin with a dash, which a command line takes for an option', () => {
    const places = Array.from({ length: 1_000 }, (_, place) => [place])
    expect(places.filter((place) => !/^\w/.test(nextTokens.seal(listing, place)))).toEqual([])
  })

  test.each([
    ['another operation', ['ListChannelMessages', 'ana', undefined]],
    ['another bearer', ['ListChannels', 'bo', undefined]],
    ['another filter', ['ListChannels', 'ana', 'PUBLIC']],
    ['a filter more', ['ListChannels', 'ana', undefined, undefined]],
  ])('are refused for %s', (_title, foreign) => {
    const token = nextTokens.seal(listing, cursor)
    expect(() => nextTokens.open(foreign, token)).toThrow(BadRequestException)
  })

  test('are refused with any character changed, cut short, under another key, or made up', () => {
    const token = nextTokens.seal(listing, cursor)
    const refused = Array.from(token, (character, index) => {
      const changed = character === 'A' ? 'B' : 'A'
      return token.slice(0, index) + changed + token.slice(index + 1)
    })
    const otherKey = createNextTokens(Buffer.alloc(32, 2)).seal(listing, cursor)
    for (const text of [...refused, token.slice(0, -1), `${token}A`, otherKey, '', 'x', '%%']) {
      expect(() => nextTokens.open(listing, text)).toThrow(BadRequestException)
    }
  })
})

describe('listPage', () => {
  const asked: PageRequest[] = []
  async function fetchPage(page: PageRequest): Promise<Page<string>> {
    asked.push(page)
    return page.after === undefined ? { items: ['a', 'b'], next: cursor } : { items: ['c'] }
  }

  test('begins at the first page with an empty token', async () => {
    const { items } = await listPage(nextTokens, listing, { NextToken: '' }, fetchPage)
    expect(items).toEqual(['a', 'b'])
    asked.length = 0
  })

  test('walks from page to page, with 50 items where nothing else is asked for', async () => {
    const first = await listPage(nextTokens, listing, {}, fetchPage)
    expect(first.items).toEqual(['a', 'b'])
    const input = { MaxResults: 2, NextToken: first.NextToken }
    const last = await listPage(nextTokens, listing, input, fetchPage)
    expect(last).toEqual({ items: ['c'], NextToken: undefined })
    expect(asked).toEqual([
      { after: undefined, limit: 50 },
      { after: cursor, limit: 2 },
    ])
  })
})
