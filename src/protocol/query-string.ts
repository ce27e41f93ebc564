// Decoding of percent-encoded text: query strings, form bodies, path labels. Not for signatures,
// which are computed over the raw text.
import { FrontDoorError } from '../base/api-error.ts'

/**
 * Parameters of one query or form; the widest of the models (a provider with tags) has some 250.
 * Bounded here, because a form is read before anybody has signed anything.
 */
// Source: our choice, four times that.
export const PARAMETERS_MAX = 1000

/**
 * The decoded text of a path label. Throws FrontDoorError SerializationException for a malformed
 * escape or bytes that are not UTF-8.
 */
export function decodePathLabel(text: string): string {
  return text.includes('%') ? decodePercent(text, 'path') : text
}

/**
 * The pairs of a query string or form body, decoded, `+` read as a space. Of a repeated name the
 * first value counts. Throws FrontDoorError SerializationException for a malformed escape and for
 * more than PARAMETERS_MAX pairs, repeated and empty ones among them.
 */
// evidence: inferred (AWS does not say which of two equal names counts; the first cannot be changed
// by text appended to a signed URL)
export function parseQueryString(rawQuery: string): ReadonlyMap<string, string> {
  const pairs = new Map<string, string>()
  const parts = rawQuery.split('&', PARAMETERS_MAX + 1)
  if (parts.length > PARAMETERS_MAX) {
    throw malformed(`The query or form holds more than ${PARAMETERS_MAX} parameters`)
  }
  for (const part of parts) {
    if (part === '') continue
    const equals = part.indexOf('=')
    const name = decodeFormText(equals === -1 ? part : part.slice(0, equals))
    if (pairs.has(name)) continue
    pairs.set(name, equals === -1 ? '' : decodeFormText(part.slice(equals + 1)))
  }
  return pairs
}

function decodeFormText(text: string): string {
  const spaced = text.includes('+') ? text.replaceAll('+', ' ') : text
  return spaced.includes('%') ? decodePercent(spaced, 'query') : spaced
}

function decodePercent(text: string, where: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw malformed(`The ${where} holds a malformed percent-encoding`)
  }
}

function malformed(message: string): FrontDoorError {
  return new FrontDoorError('SerializationException', 400, message)
}
