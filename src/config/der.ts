// Distinguished encoding of ASN.1, as far as a certificate needs it (ITU-T X.690). Only writes.

/** One encoded value. */
export type Der = Buffer

const LONG_LENGTH = 0x80
const CONSTRUCTED_CONTEXT = 0xa0
const PRIMITIVE_CONTEXT = 0x80

export const TRUE: Der = encode(0x01, Buffer.from([0xff]))

export function sequence(...items: readonly Der[]): Der {
  return encode(0x30, Buffer.concat(items))
}

export function setOf(item: Der): Der {
  return encode(0x31, item)
}

/** A number that is not negative, of any size, most significant byte first. */
export function integer(bytes: Buffer): Der {
  const start = bytes.findIndex((byte) => byte !== 0)
  const magnitude = start < 0 ? Buffer.from([0]) : bytes.subarray(start)
  const isNegativeLooking = (magnitude[0] ?? 0) >= 0x80
  return encode(0x02, isNegativeLooking ? Buffer.concat([Buffer.from([0]), magnitude]) : magnitude)
}

/** Whole bytes. */
export function bitString(bytes: Buffer, unusedBits = 0): Der {
  return encode(0x03, Buffer.concat([Buffer.from([unusedBits]), bytes]))
}

export function octetString(bytes: Buffer): Der {
  return encode(0x04, bytes)
}

export function utf8String(text: string): Der {
  return encode(0x0c, Buffer.from(text, 'utf8'))
}

/** In dotted form, for example `2.5.29.17`. */
export function objectIdentifier(dotted: string): Der {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number)
  return encode(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]))
}

/** RFC 5280 wants two-digit years until 2049 and four digits from then on. */
export function time(epochMs: number): Der {
  const digits = new Date(epochMs).toISOString().replaceAll(/[-:T]|\.\d+/g, '')
  return digits < '2050'
    ? encode(0x17, Buffer.from(digits.slice(2)))
    : encode(0x18, Buffer.from(digits))
}

/** `[number]` around whole values. */
export function explicitContext(number: number, ...items: readonly Der[]): Der {
  return encode(CONSTRUCTED_CONTEXT + number, Buffer.concat(items))
}

/** `[number]` in place of the tag of a primitive value. */
export function implicitContext(number: number, content: Buffer): Der {
  return encode(PRIMITIVE_CONTEXT + number, content)
}

function encode(tag: number, content: Buffer): Der {
  const { length } = content
  if (length < LONG_LENGTH) return Buffer.concat([Buffer.from([tag, length]), content])
  const lengthBytes: number[] = []
  for (let rest = length; rest > 0; rest >>>= 8) lengthBytes.unshift(rest & 0xff)
  return Buffer.concat([
    Buffer.from([tag, LONG_LENGTH + lengthBytes.length, ...lengthBytes]),
    content,
  ])
}

function base128(value: number): number[] {
  const groups = [value & 0x7f]
  for (let rest = value >>> 7; rest > 0; rest >>>= 7) groups.unshift((rest & 0x7f) | 0x80)
  return groups
}
