// Forms of the query protocol: types, lists, structures, and anything at all.
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FrontDoorError } from '../base/api-error.ts'
import type { CompiledOperation } from './compiled-operation.ts'
import { compileModel } from './model.ts'
import { decodeQueryInput } from './query-decode.ts'

/** One operation with every type that forms carry. */
const operation = compileModel('iam', {
  metadata: { apiVersion: '', protocol: 'query' },
  operations: {
    Everything: {
      name: 'Everything',
      http: { method: 'POST', requestUri: '/' },
      input: { shape: 'EverythingRequest' },
    },
  },
  shapes: {
    EverythingRequest: {
      type: 'structure',
      members: {
        Text: { shape: 'Text' },
        Count: { shape: 'Count' },
        Flag: { shape: 'Flag' },
        When: { shape: 'Instant' },
        Texts: { shape: 'Texts' },
        Items: { shape: 'Items' },
        Inner: { shape: 'Inner' },
      },
    },
    Text: { type: 'string' },
    Count: { type: 'integer' },
    Flag: { type: 'boolean' },
    Instant: { type: 'timestamp' },
    Texts: { type: 'list', member: { shape: 'Text' } },
    Items: { type: 'list', member: { shape: 'Inner' } },
    Inner: { type: 'structure', members: { Text: { shape: 'Text' }, Texts: { shape: 'Texts' } } },
  },
})[0] as CompiledOperation

const decode = (body: string | Buffer) => decodeQueryInput(operation, Buffer.from(body))

/** What a form is refused with; undefined when it is accepted. */
function errorOf(body: string | Buffer): unknown {
  try {
    decode(body)
    return undefined
  } catch (error) {
    return error
  }
}

function faultOf(body: string | Buffer): string {
  const error = errorOf(body)
  expect(error).toMatchObject({ wireName: 'SerializationException', status: 400 })
  return (error as FrontDoorError).message
}

/** So many parameters that no model knows. */
function unheard(count: number): string {
  return Array.from({ length: count }, (_, n) => `p${n}=1`).join('&')
}

describe('scalars', () => {
  it.each([
    ['Text=', { Text: '' }],
    ['Text', { Text: '' }],
    ['Text=a+b%2Bc%20d%3D%26=e', { Text: 'a b+c d=&=e' }],
    ['Text=%F0%9F%A6%8A%C3%A9%00%0D%0A', { Text: '🦊é\0\r\n' }],
    ['Text=first&Text=second', { Text: 'first' }],
    [
      'Count=-7&Flag=true&When=2015-01-25T08%3A00%3A00Z',
      { Count: -7, Flag: true, When: new Date('2015-01-25T08:00:00Z') },
    ],
    ['Flag=false', { Flag: false }],
    ['When=1422172800', { When: new Date(1_422_172_800_000) }],
    ['', {}],
    ['&&&', {}],
  ])('%s is %j', (body, input) => {
    expect(decode(body)).toEqual(input)
  })

  it.each(['Count=1.5', 'Count=', 'Count=99999999999', 'Flag=TRUE', 'When=yesterday'])(
    '%s is left as text, for the constraints to refuse',
    (body) => {
      const [name, value] = body.split('=')
      expect(decode(body)).toEqual({ [name!]: value })
    },
  )
})

describe('lists and structures', () => {
  it.each([
    ['Texts=', { Texts: [] }],
    ['Texts.member.1=a&Texts.member.2=', { Texts: ['a', ''] }],
    ['Texts.member.2=b&Unheard=1&Texts.member.1=a', { Texts: ['a', 'b'] }],
    ['Texts=&Texts.member.1=a', { Texts: ['a'] }],
    [
      'Items.member.1.Text=a&Items.member.1.Texts.member.1=b',
      { Items: [{ Text: 'a', Texts: ['b'] }] },
    ],
    ['Inner.Text=a&Inner.Texts=', { Inner: { Text: 'a', Texts: [] } }],
    ['Inner.Unheard=a', { Inner: {} }],
    ['Inner=', { Inner: {} }],
    ['Text.Of=a', {}],
    ['text=a&TEXT=b', {}],
    ['__proto__.polluted=1&constructor=1', {}],
  ])('%s is %j', (body, input) => {
    expect(decode(body)).toEqual(input)
  })

  it('takes ten items in any order', () => {
    const numbers = [10, 2, 9, 1, 3, 8, 4, 7, 5, 6]
    const body = numbers.map((number) => `Texts.member.${number}=${number}`).join('&')
    expect(decode(body)).toEqual({ Texts: numbers.toSorted((a, b) => a - b).map(String) })
  })

  it.each([
    ['Texts=a', 'Texts'],
    ['Inner=a', 'Inner'],
    ['Texts.1=a', 'Texts'],
    ['Texts.member=a', 'Texts'],
    ['Texts.item.1=a', 'Texts'],
    ['Texts.member.0=a', 'Texts'],
    ['Texts.member.01=a', 'Texts'],
    ['Texts.member.-1=a', 'Texts'],
    ['Texts.member.x=a', 'Texts'],
    ['Texts.member.length=a', 'Texts'],
    ['Texts.member.2=a', 'Texts'],
    ['Texts.member.1=a&Texts.member.3=b', 'Texts'],
    ['Texts.member.99999=a', 'Texts'],
    ['Texts.member.100000=a', 'Texts'],
    ['Texts.member.1.x=a', 'Texts.member.1'],
    ['Items.member.1=a', 'Items.member.1'],
    ['Inner.Texts.member.7=a', 'Inner.Texts'],
  ])('%s is refused, naming %s', (body, place) => {
    expect(faultOf(body)).toMatch(new RegExp(`^${place.replaceAll('.', '\\.')}: `))
  })
})

describe('anything else', () => {
  it('is refused when it is not UTF-8, holds a malformed escape, or has too many parameters', () => {
    expect(faultOf(Buffer.from([0x54, 0x3d, 0xff]))).toContain('UTF-8')
    for (const body of ['Text=%', 'Text=%zz', 'Text=%ff', '%E0%A4=1']) faultOf(body)
    expect(decode(`${unheard(999)}&Text=a`)).toEqual({ Text: 'a' })
    expect(faultOf(`${unheard(1000)}&Text=a`)).toContain('1000')
  })

  it('costs nothing that grows with the depth of a name', () => {
    expect(decode(`${'.'.repeat(500_000)}=1&Text=a&Inner${'.Inner'.repeat(50_000)}=1`)).toEqual({
      Text: 'a',
    })
  })

  it('is an input or a front-door error', () => {
    const word = fc.constantFrom('Texts', 'member', 'Items', 'Inner', 'Text', '1', '2', '', 'x')
    const name = fc.array(word, { maxLength: 6 }).map((words) => words.join('.'))
    const pair = fc.tuple(name, fc.string({ maxLength: 3 })).map((parts) => parts.join('='))
    fc.assert(
      fc.property(fc.array(pair, { maxLength: 8 }), (pairs) => {
        const error = errorOf(pairs.join('&'))
        expect(error === undefined || error instanceof FrontDoorError).toBe(true)
      }),
    )
  })
})
