// Values that travel as text: in paths, queries, headers and form bodies. Not for JSON.
import { assertNever } from '../base/assert.ts'
import type { Shape } from './shape.ts'
import { parseInstant } from './timestamp.ts'

/** Bounds of the models' only integer type. Source: Smithy, `integer` is 32 bits and signed. */
const INTEGER_MIN = -(2 ** 31)
const INTEGER_MAX = 2 ** 31 - 1
/** An integer as text; whether it fits is for fitsInteger to say. */
export const INTEGER_TEXT = /^-?\d{1,10}$/

/**
 * The value of `text` as the shape says; text that is no integer, boolean or instant is left as it
 * is, for validateInput to report. So is the text of what is no scalar at all.
 */
export function decodeText(shape: Shape, text: string): unknown {
  switch (shape.type) {
    case 'integer':
      return INTEGER_TEXT.test(text) && fitsInteger(Number(text)) ? Number(text) : text
    case 'boolean':
      return text === 'true' ? true : text === 'false' ? false : text
    case 'timestamp':
      return parseInstant(text) ?? text
    case 'string':
    case 'list':
    case 'map':
    case 'structure':
      return text
    default:
      return assertNever(shape)
  }
}

/** Whether a whole number fits into 32 bits. */
export function fitsInteger(number: number): boolean {
  return number >= INTEGER_MIN && number <= INTEGER_MAX
}
