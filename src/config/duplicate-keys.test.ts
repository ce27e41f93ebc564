// Finds the keys that a JSON text gives more than once in one object, of which JSON.parse keeps the
// last.
import { describe, expect, it } from 'vitest'
import { listDuplicateKeys } from './duplicate-keys.ts'

describe('keys that stand twice', () => {
  it.each<[string, string, readonly (readonly string[])[]]>([
    ['none', '{"a": {"a": 1}, "b": [{"a": 1}, {"a": 2}], "c": "a"}', []],
    ['none in what is no object', '["a", "a", "a"]', []],
    ['none in a value that looks like a key', '{"a": "a", "b": "\\"a\\": 1, \\"a\\": 2"}', []],
    ['one at the top', '{"a": 1, "a": 2}', [['a']]],
    ['one that stands thrice', '{"a": 1, "a": 2, "a": 3}', [['a']]],
    ['one within', '{"a": {"b": {}, "c": 1, "b": []}}', [['a', 'b']]],
    ['one within a list', '{"a": [0, {"b": 1}, {"b": 1, "b": 1}]}', [['a', 'b']]],
    ['one behind a list of lists', '{"a": [[], [[{}]]], "b": 1, "a": 0}', [['a']]],
    ['one of both written forms', '{"a\\u0062": 1, "ab": 2}', [['ab']]],
    ['one with quotes in it', '{"\\"": 1, "\\\\": 1, "\\"": 2}', [['"']]],
    [
      'the names of every object',
      '{"__proto__": 1, "constructor": 2, "__proto__": 3}',
      [['__proto__']],
    ],
    ['several', '{"a": {"x": 1, "x": 1}, "a": {"x": 1}, "": 0, "": 0}', [['a', 'x'], ['a'], ['']]],
  ])('%s', (_name, text, keys) => {
    expect(() => JSON.parse(text) as unknown).not.toThrow()
    expect(listDuplicateKeys(text)).toEqual(keys)
  })

  it('in a text as deep and as long as JSON.parse takes it', () => {
    const deep = 5_000
    expect(listDuplicateKeys('{"a":'.repeat(deep) + '1' + '}'.repeat(deep))).toEqual([])
    const long = `{${Array.from({ length: 100_000 }, (_, key) => `"${key}":""`).join()},"7":0}`
    expect(listDuplicateKeys(long)).toEqual([['7']])
  })
})
