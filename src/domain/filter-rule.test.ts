// Filter rules: the table of what fits, the limits from both sides, and properties over all rules.
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { BadRequestException } from './errors.ts'
import {
  ALTERNATIVES_MAX,
  COMPLEXITY_MAX,
  complexityOf,
  FILTER_RULE_BYTES_MAX,
  fitsFilterRule,
  parseFilterRule,
} from './filter-rule.ts'

const parsed = (rule: unknown) => parseFilterRule(JSON.stringify(rule))

const fits = (rule: unknown, given: Record<string, string[]>) => fitsFilterRule(parsed(rule), given)

const names = (count: number) => Array.from({ length: count }, (_, n) => `v${n}`)
const take = (rule: unknown) => complexityOf(parsed(rule))
const joined = (count: number) => ({ $or: names(count).map((name) => ({ [name]: ['x'] })) })
const ofBytes = (bytes: number) =>
  `{"type":["é${'x'.repeat(bytes - '{"type":["é"]}'.length - 1)}"]}`

function outcomeOf(text: string, given: Record<string, string[]>) {
  try {
    const rule = parseFilterRule(text)
    fitsFilterRule(rule, given)
    return { complexity: complexityOf(rule), error: undefined }
  } catch (error) {
    return { complexity: 0, error }
  }
}

describe('what fits', () => {
  const include = { type: ['Room', 'Call'] }
  const exclude = { type: [{ 'anything-but': ['Room'] }] }
  const mixed = { type: ['Room', { 'anything-but': ['Call', 'Room'] }] }
  const both = { type: ['Room'], mention: ['Bob'] }
  const or = { $or: [{ type: ['Room'] }, { mention: ['Bob'], type: ['Call'] }] }
  test.each([
    ['a listed value', include, { type: ['Call'] }, true],
    ['one of several values', include, { type: ['Other', 'Call'] }, true],
    ['another value', include, { type: ['call'] }, false],
    ['part of a value', include, { type: ['Rooms'] }, false],
    ['an absent attribute', include, { kind: ['Room'] }, false],
    ['an attribute without values', include, { type: [] }, false],
    ['no attributes', include, undefined, false],
    ['an excluded value', exclude, { type: ['Room'] }, false],
    ['an excluded value among others', exclude, { type: ['Call', 'Room'] }, false],
    ['a value that is not excluded', exclude, { type: ['Call'] }, true],
    ['an absent attribute that excludes', exclude, {}, true],
    ['no attributes to exclude', exclude, undefined, true],
    ['mixed: the listed one', mixed, { type: ['Room'] }, true],
    ['mixed: the excluded one', mixed, { type: ['Call'] }, false],
    ['mixed: another', mixed, { type: ['Else'] }, true],
    ['mixed: absent', mixed, {}, true],
    ['several names: all', both, { type: ['Room'], mention: ['Bob'] }, true],
    ['several names: one', both, { type: ['Room'] }, false],
    ['or: the first', or, { type: ['Room'] }, true],
    ['or: the second', or, { type: ['Call'], mention: ['Bob'] }, true],
    ['or: half of the second', or, { type: ['Call'] }, false],
    ['or beside a name: both', { ...or, to: ['me'] }, { type: ['Room'], to: ['me'] }, true],
    ['or beside a name: only or', { ...or, to: ['me'] }, { type: ['Room'] }, false],
    ['or beside a name: only the name', { ...or, to: ['me'] }, { to: ['me'] }, false],
    ['a name that every object has', { constructor: ['Object'] }, {}, false],
    ['a name that every object has, excluded', { toString: [{ 'anything-but': ['x'] }] }, {}, true],
  ] as const)('%s', (_title, rule, attributes, expected) => {
    expect(fitsFilterRule(parsed(rule), attributes)).toBe(expected)
  })

  test('an attribute that is called like the prototype is an attribute', () => {
    const rule = parseFilterRule('{"__proto__":["a"]}')
    expect(fitsFilterRule(rule, {})).toBe(false)
    const attributes = JSON.parse('{"__proto__":["a"]}') as Record<string, string[]>
    expect(fitsFilterRule(rule, attributes)).toBe(true)
  })
})

describe('what is no rule', () => {
  test.each([
    ['no JSON', '{type:["a"]}', 'not JSON'],
    ['a list', '[]', 'JSON object'],
    ['a text', '"type"', 'JSON object'],
    ['null', 'null', 'JSON object'],
    ['nothing in it', '{}', 'at least one attribute'],
    ['an empty list', '{"type":[]}', 'constraint of type'],
    ['a value without a list', '{"type":"Room"}', 'constraint of type'],
    ['a number', '{"type":[1]}', 'type'],
    ['null in a list', '{"type":[null]}', 'type'],
    ['a list in a list', '{"type":[["a"]]}', 'type'],
    ['another operator', '{"type":[{"prefix":["a"]}]}', 'anything-but'],
    ['an operator beside it', '{"type":[{"anything-but":["a"],"prefix":["a"]}]}', 'anything-but'],
    ['anything-but without a list', '{"type":[{"anything-but":"a"}]}', 'anything-but'],
    ['anything-but of nothing', '{"type":[{"anything-but":[]}]}', 'anything-but'],
    ['anything-but of numbers', '{"type":[{"anything-but":[1]}]}', 'anything-but'],
    ['an unknown operator', '{"$and":[{"a":["b"]}]}', '$and'],
    ['$or without a list', '{"$or":{"a":["b"]}}', '$or'],
    ['$or of nothing', '{"$or":[]}', '$or'],
    ['$or of an empty rule', '{"$or":[{}]}', '$or'],
    ['$or of a text', '{"$or":["a"]}', '$or'],
    ['$or within $or', '{"$or":[{"$or":[{"a":["b"]}]}]}', '$or'],
  ])('%s', (_title, text, named) => {
    const parse = () => parseFilterRule(text)
    expect(parse).toThrow(BadRequestException)
    expect(parse).toThrow('FilterRule')
    expect(parse).toThrow(named)
  })
})

describe('limits', () => {
  test('the complexity of the documented example is 4', () => {
    const rule = { type: [{ 'anything-but': ['Room'] }], mention: ['Bob'] }
    expect(complexityOf(parsed(rule))).toBe(4)
  })

  test('20 names and values are taken, 21 are not, wherever they stand', () => {
    expect(take({ type: names(COMPLEXITY_MAX - 1) })).toBe(20)
    expect(take({ type: [{ 'anything-but': names(COMPLEXITY_MAX - 1) }] })).toBe(20)
    expect(take({ $or: [{ a: names(9) }, { b: names(9) }] })).toBe(20)
    expect(() => take({ type: names(COMPLEXITY_MAX) })).toThrow('at most 20')
    expect(() => take({ $or: [{ a: names(9) }, { b: names(9) }], c: ['d'] })).toThrow('at most 20')
  })

  test('5 alternatives are taken, 6 are not', () => {
    expect(parsed(joined(ALTERNATIVES_MAX)).alternatives).toHaveLength(5)
    expect(() => parsed(joined(ALTERNATIVES_MAX + 1))).toThrow('at most 5')
  })

  test('2048 bytes are taken, 2049 are not, counted in UTF-8', () => {
    expect(Buffer.byteLength(ofBytes(FILTER_RULE_BYTES_MAX))).toBe(FILTER_RULE_BYTES_MAX)
    expect(parseFilterRule(ofBytes(FILTER_RULE_BYTES_MAX)).allOf).toHaveLength(1)
    expect(() => parseFilterRule(ofBytes(FILTER_RULE_BYTES_MAX + 1))).toThrow('2048 bytes')
  })
})

describe('properties', () => {
  const value = fc.constantFrom('a', 'b', 'c')
  const name = fc.constantFrom('x', 'y', 'z')
  const values = fc.uniqueArray(value, { minLength: 1, maxLength: 2 })
  const element = fc.oneof(
    value,
    value.map((excluded) => ({ 'anything-but': [excluded] })),
  )
  const conjunction = fc.dictionary(name, fc.array(element, { minLength: 1, maxLength: 2 }), {
    minKeys: 1,
    maxKeys: 2,
    noNullPrototype: true,
  })
  const attributes = fc.dictionary(name, fc.array(value, { maxLength: 3 }))
  test('names are joined by AND, $or by OR', () => {
    fc.assert(
      fc.property(conjunction, conjunction, attributes, (one, other, given) => {
        const parts = Object.entries(one).map(([key, list]) => fits({ [key]: list }, given))
        expect(fits(one, given)).toBe(parts.every(Boolean))
        const either = fits(one, given) || fits(other, given)
        expect(fits({ $or: [one, other] }, given)).toBe(either)
        expect(fits({ $or: [one, other], ...other }, given)).toBe(either && fits(other, given))
      }),
    )
  })

  test('anything-but is the opposite of the list of the same values', () => {
    fc.assert(
      fc.property(name, values, attributes, (attribute, list, given) => {
        const included = fits({ [attribute]: list }, given)
        expect(fits({ [attribute]: [{ 'anything-but': list }] }, given)).toBe(!included)
      }),
    )
  })

  test('one more element in a list never makes a message unfit', () => {
    fc.assert(
      fc.property(conjunction, name, element, attributes, (rule, attribute, more, given) => {
        const list = rule[attribute]
        fc.pre(list !== undefined && fits(rule, given))
        expect(fits({ ...rule, [attribute]: [...(list ?? []), more] }, given)).toBe(true)
      }),
    )
  })

  test('any text is either a rule or a BadRequestException', () => {
    const texts = fc.oneof(
      fc.string(),
      fc.json(),
      conjunction.map((rule) => JSON.stringify(rule)),
    )
    fc.assert(
      fc.property(texts, attributes, (text, given) => {
        const outcome = outcomeOf(text, given)
        expect(outcome.error === undefined || outcome.error instanceof BadRequestException).toBe(
          true,
        )
        expect(outcome.complexity).toBeLessThanOrEqual(COMPLEXITY_MAX)
      }),
    )
  })
})
