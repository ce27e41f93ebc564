// Decoding of requests: members by place, JSON types, malformed bodies, and anything at all.
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FrontDoorError } from '../base/api-error.ts'
import { decodeInput, parseJsonObject } from './decode.ts'
import { compileModel, loadModels } from './model.ts'
import type { CompiledOperation } from './model.ts'

/** One operation with every type in the body and every scalar outside it. */
const operation = compileModel('messaging', {
  metadata: { apiVersion: '', protocol: 'rest-json' },
  operations: {
    Everything: {
      name: 'Everything',
      http: { method: 'POST', requestUri: '/things/{thingId}' },
      input: { shape: 'EverythingRequest' },
    },
  },
  shapes: {
    EverythingRequest: {
      type: 'structure',
      members: {
        ThingId: { shape: 'Text', location: 'uri', locationName: 'thingId' },
        Bearer: { shape: 'Text', location: 'header', locationName: 'X-Bearer' },
        Count: { shape: 'Count', location: 'querystring', locationName: 'max-results' },
        After: { shape: 'Instant', location: 'querystring', locationName: 'not-before' },
        Flag: { shape: 'Flag', location: 'querystring', locationName: 'flag' },
        Text: { shape: 'Text' },
        Number: { shape: 'Count' },
        Truth: { shape: 'Flag' },
        When: { shape: 'Instant' },
        Items: { shape: 'Items' },
        Pairs: { shape: 'Pairs' },
        Inner: { shape: 'Inner' },
      },
    },
    Text: { type: 'string' },
    Count: { type: 'integer' },
    Flag: { type: 'boolean' },
    Instant: { type: 'timestamp' },
    Items: { type: 'list', member: { shape: 'Inner' } },
    Texts: { type: 'list', member: { shape: 'Text' } },
    Pairs: { type: 'map', key: { shape: 'Text' }, value: { shape: 'Texts' } },
    Inner: { type: 'structure', members: { Text: { shape: 'Text' }, Number: { shape: 'Count' } } },
  },
})[0] as CompiledOperation

function decode(
  body: string | Buffer,
  rawQuery = '',
  headers: Record<string, string | string[]> = {},
): Record<string, unknown> {
  return decodeInput(operation, { uriLabels: {}, rawQuery, headers, body: Buffer.from(body) })
}

/** What a request is refused with; undefined when it is accepted. */
function errorOf(body: string | Buffer, rawQuery = ''): unknown {
  try {
    decode(body, rawQuery)
    return undefined
  } catch (error) {
    return error
  }
}

const MALFORMED = { wireName: 'SerializationException', status: 400 }

function faultOf(body: string | Buffer, rawQuery = ''): string {
  const error = errorOf(body, rawQuery)
  expect(error).toBeInstanceOf(FrontDoorError)
  expect(error).toMatchObject(MALFORMED)
  return (error as Error).message
}

describe('where members travel', () => {
  it('takes path, header, query and body', () => {
    const input = decodeInput(operation, {
      uriLabels: { thingId: 'a/b' },
      rawQuery: 'max-results=5&not-before=2026-01-02T03%3A04%3A05%2B01%3A00&flag=true&other=1',
      headers: { 'x-bearer': 'me', host: 'x' },
      body: Buffer.from('{"Text":"t"}'),
    })
    expect(input).toEqual({
      ThingId: 'a/b',
      Bearer: 'me',
      Count: 5,
      After: new Date('2026-01-02T02:04:05Z'),
      Flag: true,
      Text: 't',
    })
  })

  it('does not take a member from another place', () => {
    expect(decode('{"Count":1,"max-results":1,"ThingId":"x","X-Bearer":"y"}')).toEqual({})
    expect(decode('', 'Text=a')).toEqual({})
  })

  it('takes the first of repeated values', () => {
    expect(decode('', 'max-results=1&max-results=2')).toEqual({ Count: 1 })
    expect(decode('', '', { 'x-bearer': ['a', 'b'] })).toEqual({ Bearer: 'a' })
  })

  it('leaves query text of a wrong type to the validation', () => {
    const rawQuery = 'max-results=abc&not-before=soon&flag=yes'
    expect(decode('', rawQuery)).toEqual({ Count: 'abc', After: 'soon', Flag: 'yes' })
    expect(decode('', 'max-results=99999999999')).toEqual({ Count: '99999999999' })
    expect(decode('', 'max-results=1.5')).toEqual({ Count: '1.5' })
    expect(decode('', 'max-results=')).toEqual({ Count: '' })
  })

  it('refuses a malformed query', () => {
    expect(faultOf('', 'max-results=%')).toBe('The query holds a malformed percent-encoding')
  })
})

describe('the body as a whole', () => {
  it('may be empty', () => {
    expect(decode('')).toEqual({})
    expect(decode('{}')).toEqual({})
  })

  it.each([
    ['[]', 'The body must be a JSON object, not a list'],
    ['null', 'The body must be a JSON object, not null'],
    ['"text"', 'The body must be a JSON object, not a string'],
    ['1', 'The body must be a JSON object, not a number'],
    ['{', 'The body is not valid JSON'],
    [' ', 'The body is not valid JSON'],
    ['{"Text":"a"}x', 'The body is not valid JSON'],
    ["{'Text':'a'}", 'The body is not valid JSON'],
    ['{"Text":NaN}', 'The body is not valid JSON'],
    ['\ufeff{}', 'The body is not valid JSON'],
    [Buffer.from([0x7b, 0x7d, 0xff]), 'The body is not valid UTF-8'],
    [Buffer.from('{"Text":"é"}', 'latin1'), 'The body is not valid UTF-8'],
    [Buffer.from('7b2254657874223a22eda080227d', 'hex'), 'The body is not valid UTF-8'],
  ])('%s is refused', (body, message) => {
    expect(faultOf(body)).toBe(message)
  })

  it('never quotes the body', () => {
    expect(faultOf('{"Text":"secret')).not.toContain('secret')
  })

  it('may nest as deep as it likes where no member is', () => {
    const depth = 100_000
    expect(decode(`{"Unknown":${'['.repeat(depth)}${']'.repeat(depth)},"Text":"t"}`)).toEqual({
      Text: 't',
    })
    expect(faultOf(`{"Items":${'['.repeat(depth)}${']'.repeat(depth)}}`)).toBe(
      'Items[0]: expected an object, got a list',
    )
  })
})

describe('values', () => {
  it('ignores unknown and null members', () => {
    expect(decode('{"Other":1,"Text":null,"Items":null,"Inner":{"Text":null,"X":{}}}')).toEqual({
      Inner: {},
    })
  })

  it('reads every type', () => {
    const body =
      '{"Text":"é🎉","Number":-5,"Truth":false,"When":1767323045.678,' +
      '"Items":[{"Number":1.0},{}],"Pairs":{"k":["a",""],"l":[]},"Inner":{"Text":""}}'
    expect(decode(body)).toEqual({
      Text: 'é🎉',
      Number: -5,
      Truth: false,
      When: new Date('2026-01-02T03:04:05.678Z'),
      Items: [{ Number: 1 }, {}],
      Pairs: { k: ['a', ''], l: [] },
      Inner: { Text: '' },
    })
  })

  it('accepts integers as text and instants as text', () => {
    expect(decode('{"Number":"42","When":"2026-01-02T03:04:05Z"}')).toEqual({
      Number: 42,
      When: new Date('2026-01-02T03:04:05Z'),
    })
    expect(Object.is(decode('{"Number":-0}')['Number'], 0)).toBe(true)
  })

  it.each([
    ['{"Text":1}', 'Text: expected a string, got a number'],
    ['{"Text":{}}', 'Text: expected a string, got an object'],
    ['{"Text":[]}', 'Text: expected a string, got a list'],
    ['{"Text":"\\ud800"}', 'Text: half of a surrogate pair'],
    ['{"Number":true}', 'Number: expected an integer, got a boolean'],
    ['{"Number":"x"}', 'Number: expected an integer, got a string'],
    ['{"Number":""}', 'Number: expected an integer, got a string'],
    ['{"Number":"1.0"}', 'Number: expected an integer, got a string'],
    ['{"Number":1.5}', 'Number: expected a whole number'],
    ['{"Number":2147483648}', 'Number: the number does not fit into 32 bits'],
    ['{"Number":"-2147483649"}', 'Number: the number does not fit into 32 bits'],
    ['{"Number":1e400}', 'Number: expected a whole number'],
    ['{"Truth":"true"}', 'Truth: expected a boolean, got a string'],
    ['{"Truth":1}', 'Truth: expected a boolean, got a number'],
    ['{"When":true}', 'When: expected a timestamp, got a boolean'],
    ['{"When":"soon"}', 'When: expected epoch seconds or a date and time'],
    ['{"When":1e300}', 'When: expected epoch seconds or a date and time'],
    ['{"Items":{}}', 'Items: expected a list, got an object'],
    ['{"Items":[{},null]}', 'Items[1]: expected an object, got null'],
    ['{"Items":[{"Text":1}]}', 'Items[0].Text: expected a string, got a number'],
    ['{"Pairs":[]}', 'Pairs: expected an object, got a list'],
    ['{"Pairs":{"topic":[7]}}', 'Pairs.topic[0]: expected a string, got a number'],
    ['{"Pairs":{"topic":null}}', 'Pairs.topic: expected a list, got null'],
    ['{"Pairs":{"\\udc00":[]}}', 'Pairs.\ufffd: a key holds half of a surrogate pair'],
    ['{"Inner":"x"}', 'Inner: expected an object, got a string'],
  ])('%s is refused', (body, message) => {
    expect(faultOf(body)).toBe(message)
  })

  it('names a long key in part', () => {
    expect(faultOf(`{"Pairs":{"${'k'.repeat(5000)}":1}}`).length).toBeLessThan(150)
  })
})

describe('names that objects have from birth', () => {
  it('are keys of a map like any other', () => {
    const body = '{"Pairs":{"__proto__":["a"],"constructor":["b"]},"__proto__":{"Text":"evil"}}'
    const { Pairs, ...rest } = decode(body)
    expect(rest).toEqual({})
    expect(Object.keys(Pairs as object)).toEqual(['__proto__', 'constructor'])
    expect(Object.getPrototypeOf(Pairs)).toBeNull()
    expect(Reflect.get({}, 'Text')).toBeUndefined()
  })

  it('are not the name of any member of the models', () => {
    const born = new Set(Object.getOwnPropertyNames(Object.prototype))
    for (const { bodyMembers } of loadModels().operations) {
      for (const { wireName } of bodyMembers) expect(born.has(wireName)).toBe(false)
    }
  })
})

describe('anything at all', () => {
  const accepted = 'accepted'
  const outcomeOf = (body: Buffer, rawQuery: string): unknown => errorOf(body, rawQuery) ?? accepted
  const expectations = expect.toSatisfy(
    (outcome) =>
      outcome === accepted ||
      (outcome instanceof FrontDoorError && outcome.wireName === MALFORMED.wireName),
  )

  it('as bytes is read or refused', () => {
    expect.hasAssertions()
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.string(), (bytes, rawQuery) => {
        expect(outcomeOf(Buffer.from(bytes), rawQuery)).toEqual(expectations)
      }),
      { numRuns: 1000 },
    )
  })

  it('as JSON under the right names is read or refused', () => {
    expect.hasAssertions()
    const names = fc.constantFrom('Text', 'Number', 'Truth', 'When', 'Items', 'Pairs', 'Inner')
    fc.assert(
      fc.property(fc.dictionary(names, fc.jsonValue()), (value) => {
        expect(outcomeOf(Buffer.from(JSON.stringify(value)), '')).toEqual(expectations)
      }),
      { numRuns: 1000 },
    )
  })
})

it('parses an object with duplicate names as JSON does: the last counts', () => {
  expect(parseJsonObject(Buffer.from('{"a":1,"a":2}'))).toEqual({ a: 2 })
})
