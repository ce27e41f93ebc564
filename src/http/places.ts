// Places in lists of the operator's, as they travel: opaque, but no secret to the root credential.
import { FrontDoorError } from '../base/api-error.ts'
import type { Cursor } from '../ports/paging.ts'

/** Of a place in a list: an instant and an id, with room. */
const PLACE_LENGTH_MAX = 512

export function formatPlace(place: Cursor): string {
  return Buffer.from(JSON.stringify(place)).toString('base64url')
}

/** Throws FrontDoorError, which names the parameter, for what `formatPlace` has not made. */
export function parsePlace(text: string, parameter: string, idType: 'string' | 'number'): Cursor {
  const wrong = refusal(`${parameter}: not a place that an earlier answer named`)
  if (text.length > PLACE_LENGTH_MAX) throw wrong
  let value: unknown
  try {
    value = JSON.parse(Buffer.from(text, 'base64url').toString())
  } catch {
    throw wrong
  }
  const [instant, id, ...rest] = Array.isArray(value) ? (value as unknown[]) : []
  const isPlace = Number.isSafeInteger(instant) && isId(id, idType) && rest.length === 0
  if (!isPlace) throw wrong
  return [instant as number, id]
}

/** For a query or a body that cannot be used. */
export function refusal(message: string): FrontDoorError {
  return new FrontDoorError('ValidationException', 400, message)
}

function isId(id: unknown, type: 'string' | 'number'): id is string | number {
  if (type === 'number') return Number.isSafeInteger(id)
  return typeof id === 'string' && !id.includes('\0')
}
