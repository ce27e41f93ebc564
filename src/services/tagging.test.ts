// Tags of a request: what is refused, and that the text does not repeat what is sensitive.
import { expect, test } from 'vitest'
import { BadRequestException } from '../domain/errors.ts'
import { requireTags } from './tagging.ts'

test('tags keep their order, and none are none', () => {
  const tags = requireTags([
    { Key: 'b', Value: '2' },
    { Key: 'a', Value: '1' },
  ])
  expect([...tags]).toEqual([
    ['b', '2'],
    ['a', '1'],
  ])
  expect(requireTags(undefined).size).toBe(0)
})

test('a key that comes twice is refused by its place, not by its text', () => {
  const twice = [
    { Key: 'secret', Value: '1' },
    { Key: 'other', Value: '1' },
    { Key: 'secret', Value: '2' },
  ]
  expect(() => requireTags(twice)).toThrow(
    new BadRequestException(
      'Tags may name each Key once, but Tags[2] repeats the Key of an earlier one',
    ),
  )
})
