// The first stage: path labels, query, headers and JSON body of a request to the operation's input.
// It decides about types only; constraints are validate.ts's.
import { isUtf8 } from 'node:buffer'
import { FrontDoorError } from '../base/api-error.ts'
import { assertNever } from '../base/assert.ts'
import type { CompiledOperation } from './compiled-operation.ts'
import { decodeText, fitsInteger, INTEGER_TEXT } from './decode-text.ts'
import { renderMemberPath } from './member-path.ts'
import type { MemberPath } from './member-path.ts'
import { parseQueryString } from './query-string.ts'
import type { ListShape, MapShape, Member, Shape } from './shape.ts'
import { instantOfEpochSeconds, parseInstant } from './timestamp.ts'

/** A routed request. `headers` has lower-case names, as Node gives them. */
export interface RequestParts {
  readonly uriLabels: Readonly<Record<string, string>>
  /** Without the question mark, undecoded. */
  readonly rawQuery: string
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  readonly body: Buffer
}

/**
 * The input by member names: strings, numbers, booleans, Dates, arrays and objects as the model
 * says, absent members left out. Maps have no prototype, so that `__proto__` is a key like others.
 * Unknown members are ignored; a null member counts as absent.
 *
 * Throws FrontDoorError SerializationException (400) for a body that is not UTF-8, not JSON or not
 * an object, a value of the wrong type, an integer that does not fit, text with half a surrogate
 * pair (it could not be stored or answered as UTF-8), and a malformed escape in the query.
 *
 * A query or header text that is no integer, boolean or instant is left as text: validateInput
 * reports it together with every other violation.
 */
// evidence: behaviour 12b and 13.2 | inferred (query: the SDKs cannot send a wrong type there, so
// the error only has to be of use to a person)
export function decodeInput(
  operation: Pick<
    CompiledOperation,
    'uriMembers' | 'queryMembers' | 'headerMembers' | 'bodyMembers'
  >,
  parts: RequestParts,
): Record<string, unknown> {
  const input: Record<string, unknown> = {}
  for (const { name, wireName, shape } of operation.uriMembers) {
    const text = parts.uriLabels[wireName]
    if (text !== undefined) input[name] = decodeText(shape, text)
  }
  for (const { name, wireName, shape } of operation.headerMembers) {
    const value = parts.headers[wireName]
    const text = typeof value === 'object' ? value[0] : value
    if (text !== undefined) input[name] = decodeText(shape, text)
  }
  if (operation.queryMembers.length > 0 && parts.rawQuery !== '') {
    const pairs = parseQueryString(parts.rawQuery)
    for (const { name, wireName, shape } of operation.queryMembers) {
      const text = pairs.get(wireName)
      if (text !== undefined) input[name] = decodeText(shape, text)
    }
  }
  if (parts.body.length > 0) {
    decodeMembers(operation.bodyMembers, parseJsonObject(parts.body), undefined, input)
  }
  return input
}

/**
 * The JSON object that a body holds. Throws FrontDoorError SerializationException for anything
 * else. Nesting is bounded by the body's length only: the parser does not recurse, and what is
 * nested deeper than the model is never visited.
 */
export function parseJsonObject(body: Buffer): Record<string, unknown> {
  if (!isUtf8(body)) throw malformed('The body is not valid UTF-8')
  let value: unknown
  try {
    value = JSON.parse(body.toString('utf8'))
  } catch {
    // The parser's own message quotes the body, which may be sensitive.
    throw malformed('The body is not valid JSON')
  }
  if (!isObject(value)) throw malformed(`The body must be a JSON object, not ${nameOf(value)}`)
  return value
}

function decodeMembers(
  members: readonly Member[],
  source: Record<string, unknown>,
  parent: MemberPath | undefined,
  target: Record<string, unknown>,
): Record<string, unknown> {
  for (const { name, wireName, shape } of members) {
    // Absent members inherit nothing: a member called like a property of Object.prototype does not
    // exist in any model, and a test holds the models to it.
    const value = source[wireName]
    if (value === undefined || value === null) continue
    if (shape.type === 'string' && typeof value === 'string' && value.isWellFormed()) {
      target[name] = value
    } else {
      target[name] = decodeValue(shape, value, { parent, step: wireName })
    }
  }
  return target
}

function decodeValue(shape: Shape, value: unknown, path: MemberPath): unknown {
  switch (shape.type) {
    case 'string':
      if (typeof value !== 'string') throw wrongType(path, 'a string', value)
      if (!value.isWellFormed()) throw malformedAt(path, 'half of a surrogate pair')
      return value
    case 'integer':
      return decodeInteger(value, path)
    case 'boolean':
      if (typeof value !== 'boolean') throw wrongType(path, 'a boolean', value)
      return value
    case 'timestamp':
      return decodeInstant(value, path)
    case 'list':
      return decodeList(shape, value, path)
    case 'map':
      return decodeMap(shape, value, path)
    case 'structure':
      if (!isObject(value)) throw wrongType(path, 'an object', value)
      return decodeMembers(shape.members, value, path, {})
    default:
      return assertNever(shape)
  }
}

// evidence: behaviour 12b (numbers written as strings are accepted for integers)
function decodeInteger(value: unknown, path: MemberPath): number {
  const isNumberText = typeof value === 'string' && INTEGER_TEXT.test(value)
  if (typeof value !== 'number' && !isNumberText) throw wrongType(path, 'an integer', value)
  const number = Number(value)
  if (!Number.isInteger(number)) throw malformedAt(path, 'expected a whole number')
  if (!fitsInteger(number)) throw malformedAt(path, 'the number does not fit into 32 bits')
  // `-0` would be written back differently.
  return number + 0
}

function decodeInstant(value: unknown, path: MemberPath): Date {
  let instant: Date | undefined
  if (typeof value === 'number') instant = instantOfEpochSeconds(value)
  else if (typeof value === 'string') instant = parseInstant(value)
  else throw wrongType(path, 'a timestamp', value)
  if (instant === undefined) throw malformedAt(path, 'expected epoch seconds or a date and time')
  return instant
}

function decodeList(shape: ListShape, value: unknown, path: MemberPath): unknown[] {
  if (!Array.isArray(value)) throw wrongType(path, 'a list', value)
  return value.map((item: unknown, step) => decodeValue(shape.member, item, { parent: path, step }))
}

function decodeMap(shape: MapShape, value: unknown, path: MemberPath): Record<string, unknown> {
  if (!isObject(value)) throw wrongType(path, 'an object', value)
  const map = Object.create(null) as Record<string, unknown>
  for (const [key, item] of Object.entries(value)) {
    const step = { parent: path, step: key }
    if (!key.isWellFormed()) throw malformedAt(step, 'a key holds half of a surrogate pair')
    map[key] = decodeValue(shape.value, item, step)
  }
  return map
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function nameOf(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'a list'
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`
}

function wrongType(path: MemberPath, expected: string, value: unknown): FrontDoorError {
  return malformedAt(path, `expected ${expected}, got ${nameOf(value)}`)
}

function malformedAt(path: MemberPath, fault: string): FrontDoorError {
  return malformed(`${renderMemberPath(path)}: ${fault}`)
}

function malformed(message: string): FrontDoorError {
  return new FrontDoorError('SerializationException', 400, message)
}
