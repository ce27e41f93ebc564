// Every pattern of the four models: compiles, decides as meant, and cannot be made to hang.
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { compilePattern } from './pattern.ts'
import type { RawModel, RawShape } from './raw-model.ts'

const NAME =
  '[\\u0009\\u000A\\u000D\\u0020-\\u007E\\u0085\\u00A0-\\uD7FF\\uE000-\\uFFFD\\u10000-\\u10FFFF]*'
const CHIME_ARN =
  'arn:[a-z0-9-\\.]{1,63}:[a-z0-9-\\.]{0,63}:[a-z0-9-\\.]{0,63}:[a-z0-9-\\.]{0,63}:[^/].{0,1023}'
const USER_ID = '[A-Za-z0-9]([A-Za-z0-9\\:\\-\\_\\.\\@]{0,62}[A-Za-z0-9])?'

/** Wide of any linear or quadratic match; a catastrophic one takes hours. */
const HOSTILE_MS_MAX = 1000
/** Length given to shapes that state no maximum. */
const UNBOUNDED_CHARACTERS = 100_000

function matches(pattern: string, text: string): boolean {
  return compilePattern(pattern)?.test(text) ?? true
}

function patternShapes(): [string, RawShape & { pattern: string }][] {
  return ['messaging', 'identity', 'iam', 'sts'].flatMap((service) => {
    const url = new URL(`../../models/${service}.json`, import.meta.url)
    const { shapes } = JSON.parse(readFileSync(url, 'utf8')) as RawModel
    return Object.entries(shapes).flatMap(([name, shape]) =>
      shape.pattern === undefined
        ? []
        : [
            [`${service} ${name}`, { ...shape, pattern: shape.pattern }] as [
              string,
              RawShape & { pattern: string },
            ],
          ],
    )
  })
}

describe('names', () => {
  it.each(['', 'Räume', 'a\tb\nc', '🎉', '\u{10000}', '\u{10ffff}', '\ufffd', '\ue000', '\ud7ff'])(
    'accept %j',
    (text) => expect(matches(NAME, text)).toBe(true),
  )
  it.each(['\u0000', 'a\u007f', '\u0084', '\ufffe', '\uffff', '\ud800', 'a\udfff', '\udc00\ud800'])(
    'refuse %j',
    (text) => expect(matches(NAME, text)).toBe(false),
  )
})

describe('anchoring', () => {
  it('covers the whole value, a final line break included', () => {
    expect(matches('[-_a-zA-Z0-9]*', 'abc')).toBe(true)
    expect(matches('[-_a-zA-Z0-9]*', 'abc\n')).toBe(false)
    expect(matches('[-_a-zA-Z0-9]*', ' abc')).toBe(false)
  })

  it('holds for alternatives as a group', () => {
    expect(matches('(\\u002F)|(\\u002F[\\u0021-\\u007E]+\\u002F)', '/a/')).toBe(true)
    expect(matches('(\\u002F)|(\\u002F[\\u0021-\\u007E]+\\u002F)', '/a')).toBe(false)
  })
})

describe('escapes that the u flag forbids', () => {
  it('mean the character itself', () => {
    expect(matches(USER_ID, 'us-east-1:0b9c_a@b.c')).toBe(true)
    expect(matches(USER_ID, 'a\\b')).toBe(false)
    expect(matches(USER_ID, 'a-')).toBe(false)
  })

  it('stay as they are where they are allowed', () => {
    expect(matches('[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+', 'é-1 ٣')).toBe(true)
    expect(matches('a\\-b', 'a-b')).toBe(true)
  })
})

describe('ARNs', () => {
  it('count code points, not UTF-16 units', () => {
    const before = 'arn:aws:chime:us-east-1:000000000000:x'
    expect(matches(CHIME_ARN, before + '🎉'.repeat(1023))).toBe(true)
    expect(matches(CHIME_ARN, before + '🎉'.repeat(1024))).toBe(false)
  })
})

it('drops the pattern that everything satisfies', () => {
  expect(compilePattern('[\\s\\S]*')).toBeUndefined()
})

describe('hostile text', () => {
  it.each(patternShapes())('%s decides in bounded time', (_name, { pattern, max }) => {
    const length = Math.min(max ?? UNBOUNDED_CHARACTERS, UNBOUNDED_CHARACTERS)
    const expression = compilePattern(pattern)
    const seeds = ['a', 'a_', ' ', 'a-', 'arn:', 'arn:a', ':', '/', '/a', 'A', '.', '\u00e9', '0']
    const started = performance.now()
    for (const seed of seeds) {
      const body = seed.repeat(length).slice(0, length - 1)
      for (const end of ['\u0000', '!', '\n', seed]) expression?.test(body + end)
      expression?.test(`\n${body}`)
    }
    expect(performance.now() - started).toBeLessThan(HOSTILE_MS_MAX)
  })

  it('the welcome intent, a repeated group, is linear even beyond its length', () => {
    const started = performance.now()
    expect(matches('^([A-Za-z]_?)+$', `${'a_'.repeat(10_000)}!`)).toBe(false)
    expect(performance.now() - started).toBeLessThan(HOSTILE_MS_MAX)
  })
})
