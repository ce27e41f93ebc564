// The readings of a request that a signer may have hashed.
import { describe, expect, test } from 'vitest'
import {
  READINGS_MAX,
  canonicalRequests,
  splitQuery,
  type CanonicalSource,
} from './canonical-request.ts'
import { decodeBytes, encodeBytes } from './uri-encoding.ts'

function readingsOf(rawPath: string, rawQuery: string, more: Partial<CanonicalSource> = {}) {
  return [
    ...canonicalRequests({
      method: 'GET',
      rawPath,
      querySegments: splitQuery(rawQuery),
      headers: new Map([['host', 'example.com']]),
      signedHeaders: new Set(['host']),
      signedHeadersText: 'host',
      payloadHash: 'HASH',
      hosts: ['example.com'],
      ...more,
    }),
  ]
}

function queriesOf(rawQuery: string): string[] {
  return readingsOf('/', rawQuery).map((text) => text.toString().split('\n')[2] ?? '')
}

describe('canonicalRequests', () => {
  test('has one reading of a plain request', () => {
    expect(readingsOf('/channels', 'a=1')).toEqual([
      'GET\n/channels\na=1\nhost:example.com\n\nhost\nHASH',
    ])
  })

  test('encodes the path as sent once more', () => {
    const [text] = readingsOf('/channels/arn%3Aaws:chime/x', '')
    expect(text).toContain('\n/channels/arn%253Aaws%3Achime/x\n')
  })

  test('encodes it once only for signers that do', () => {
    const paths = readingsOf('/channels/arn%3Aaws:chime', '').map((text) => {
      return text.toString().split('\n')[1]
    })
    expect(paths).toEqual(['/channels/arn%253Aaws%3Achime', '/channels/arn%3Aaws:chime'])
  })

  test('reads a path normalised, then as it is', () => {
    const paths = readingsOf('/a/./b//../c/', '').map((text) => text.toString().split('\n')[1])
    expect(paths).toEqual(['/a/c/', '/a/./b//../c/'])
  })

  test('never climbs above the root', () => {
    expect(readingsOf('/../../x', '')[0]).toContain('\n/x\n')
  })

  test.each([
    ['sorts by name, not by pair', 'ab=1&a=2&a-b=3', 'a=2&a-b=3&ab=1'],
    ['sorts values of one name', 'a=2&a=10&a=1', 'a=1&a=10&a=2'],
    ['writes a missing value', 'flag&a=1', 'a=1&flag='],
    ['drops empty parameters', '&a=1&&', 'a=1'],
    ['splits at the first equals sign', 'token=ab==', 'token=ab=='],
  ])('%s', (_title, sent, canonical) => {
    expect(queriesOf(sent)[0]).toBe(canonical)
  })

  test('then reads the query in the order sent, strictly, and with + as a space', () => {
    expect(queriesOf("b=x+y&a=(1)'*~%7e")).toEqual([
      "a=(1)'*~%7e&b=x+y",
      "b=x+y&a=(1)'*~%7e",
      'a=%281%29%27%2A~~&b=x%2By',
      'a=%281%29%27%2A~~&b=x%20y',
    ])
  })

  test('reads header values folded, then not', () => {
    const readings = readingsOf('/', '', {
      headers: new Map([['x-note', 'a   b\t c']]),
      signedHeaders: new Set(['x-note']),
    })
    expect(readings.map((text) => text.toString().split('\n')[3])).toEqual([
      'x-note:a b c',
      'x-note:a   b\t c',
    ])
  })

  test('never lets a header value begin a line of its own', () => {
    const readings = readingsOf('/', '', {
      headers: new Map([['x-note', 'a\r\nx-other:b']]),
      signedHeaders: new Set(['x-note']),
    })
    expect(readings.filter((text) => text.toString().includes('\nx-other'))).toEqual([])
  })

  test('reads header bytes beyond ASCII as text, then as sent', () => {
    const readings = readingsOf('/', '', {
      headers: new Map([['x-note', 'é']]),
      signedHeaders: new Set(['x-note']),
    })
    expect(readings.map((text) => Buffer.from(text).includes(0xe9))).toEqual([false, true])
  })

  test('is bounded whatever is sent', () => {
    const readings = readingsOf('//a', 'b=+&a=*', {
      headers: new Map([['x-note', 'é   é']]),
      signedHeaders: new Set(['host', 'x-note']),
      hosts: ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j'],
    })
    expect(readings.length).toBe(READINGS_MAX)
    expect(new Set(readings.map((text) => Buffer.from(text).toString('hex'))).size).toBe(
      READINGS_MAX,
    )
  })
})

describe('splitQuery', () => {
  test('takes 128 parameters and no more', () => {
    expect(splitQuery('a&'.repeat(127) + 'a').length).toBe(128)
    expect(() => splitQuery('a&'.repeat(128) + 'a')).toThrow('More than 128 query parameters')
  })
})

describe('percent-encoding', () => {
  test('covers every byte both ways', () => {
    const bytes = Array.from({ length: 256 }, (_, code) => String.fromCharCode(code)).join('')
    expect(decodeBytes(encodeBytes(bytes, false), false)).toBe(bytes)
    expect(encodeBytes(bytes, false)).toMatch(/^[A-Za-z0-9\-._~%]+$/)
    expect(encodeBytes('/a b', true)).toBe('/a%20b')
  })

  test('leaves a broken escape as it is', () => {
    expect(decodeBytes('%zz%4%41', false)).toBe('%zz%4A')
  })

  test('is only for bytes', () => {
    expect(() => encodeBytes('€', false)).toThrow('one byte per character')
  })
})
