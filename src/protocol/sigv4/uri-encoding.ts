// Percent-encoding by the strict rule of Signature Version 4, over byte strings (one byte per
// UTF-16 unit). Not for building URLs.

import { assert } from '../../base/assert.ts'

const HEX = '0123456789ABCDEF'
const SLASH = 0x2f

/** What each byte becomes: itself for `A-Z a-z 0-9 - . _ ~`, otherwise `%XX`. */
const ENCODED: readonly string[] = Array.from({ length: 256 }, (_, code) => {
  const character = String.fromCharCode(code)
  return /[A-Za-z0-9\-._~]/.test(character) ? character : `%${HEX[code >> 4]}${HEX[code & 15]}`
})
const IS_UNRESERVED = Uint8Array.from(ENCODED, (encoded) => (encoded.length === 1 ? 1 : 0))

/** Encodes every byte that RFC 3986 does not call unreserved; `/` stays if `keepSlashes`. */
export function encodeBytes(text: string, keepSlashes: boolean): string {
  let encoded = ''
  let start = 0
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index)
    if (IS_UNRESERVED[code] === 1 || (keepSlashes && code === SLASH)) continue
    const escape = ENCODED[code]
    assert(escape !== undefined, 'a raw request holds one byte per character')
    encoded += text.slice(start, index) + escape
    start = index + 1
  }
  return start === 0 ? text : encoded + text.slice(start)
}

/**
 * Decodes `%XX`; a `%` that no two hex digits follow stays as it is. `+` becomes a space only if
 * `plusIsSpace`.
 */
export function decodeBytes(text: string, plusIsSpace: boolean): string {
  const spaced = plusIsSpace && text.includes('+') ? text.replaceAll('+', ' ') : text
  if (!spaced.includes('%')) return spaced
  return spaced.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  )
}
