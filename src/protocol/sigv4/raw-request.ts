// The request as it came over the wire, which is what a signature covers. Not a parsed request:
// nothing here is percent-decoded.

import { incompleteSignature } from './signature-errors.ts'

/**
 * One request before any decoding. All strings hold one byte per UTF-16 unit (latin1), as Node's
 * `request.url` and `request.rawHeaders` do.
 */
export interface RawRequest {
  /** As sent, for example `POST`. */
  readonly method: string
  /** The path as sent, percent-encoding untouched, beginning with `/`. */
  readonly rawPath: string
  /** The query as sent, without the `?`; empty when there is none. */
  readonly rawQuery: string
  /** Node's flat list: name, value, name, value, …, duplicates kept. */
  readonly rawHeaders: readonly string[]
  /** The whole body; empty when there is none. */
  readonly body: Buffer
}

/** Header values by lower-case name, trimmed, duplicates joined by `,` in the order sent. */
export type CollectedHeaders = ReadonlyMap<string, string>

/** Headers that decide what is verified; two of one kind would let two readers see two requests. */
const SINGLE_HEADERS: ReadonlySet<string> = new Set([
  'authorization',
  'date',
  'host',
  'x-amz-chime-bearer',
  'x-amz-content-sha256',
  'x-amz-date',
  'x-amz-security-token',
])

/**
 * Collects the headers in one pass.
 * @throws FrontDoorError 403 IncompleteSignatureException when a header that decides about the
 * signature or the caller is there more than once.
 */
export function collectHeaders(rawHeaders: readonly string[]): CollectedHeaders {
  const headers = new Map<string, string>()
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = (rawHeaders[index] ?? '').toLowerCase()
    const value = trimBlanks(rawHeaders[index + 1] ?? '')
    const earlier = headers.get(name)
    if (earlier === undefined) {
      headers.set(name, value)
      continue
    }
    if (SINGLE_HEADERS.has(name)) {
      throw incompleteSignature(`The header '${name}' may be present only once.`)
    }
    headers.set(name, `${earlier},${value}`)
  }
  return headers
}

/** Not `String.trim`: that also removes U+00A0, which is the last byte of some UTF-8 letters. */
function trimBlanks(value: string): string {
  const last = value.length - 1
  if (last < 0 || (!isBlank(value.charCodeAt(0)) && !isBlank(value.charCodeAt(last)))) return value
  let start = 0
  let end = last
  while (start <= end && isBlank(value.charCodeAt(start))) start += 1
  while (end > start && isBlank(value.charCodeAt(end))) end -= 1
  return value.slice(start, end + 1)
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09 || code === 0x0d || code === 0x0a
}
