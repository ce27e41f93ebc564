// The first stage of the query protocol: a form body to the operation's input. It decides about
// types only; constraints are validate.ts's.
import { isUtf8 } from 'node:buffer'
import { FrontDoorError } from '../base/api-error.ts'
import { AssertionError, assertNever } from '../base/assert.ts'
import type { CompiledOperation } from './compiled-operation.ts'
import { decodeText } from './decode-text.ts'
import { parseQueryString } from './query-string.ts'
import type { ListShape, Member, Shape } from './shape.ts'

/** The longest names in the models have some 40 characters; a longer name is none of them. */
const NAME_CHARACTERS_MAX = 256
const ITEM_NUMBER = /^[1-9]\d{0,4}$/
/** Where a fault is named: enough of a client's text to find it. */
const NAME_SHOWN_MAX = 64

/** What stands at one place of the input: `A.B.member.1=x` is a chain of five. */
interface Place {
  value: string | undefined
  readonly below: Map<string, Place>
}

/**
 * The form of a request: its body or, where that is empty, its query, as a GET and a presigned URL
 * have it. What belongs to the signature stands among it, and is ignored like whatever is unknown.
 */
// evidence: docs IAM programming (GET and POST for all actions) | sdk botocore SigV4QueryAuth
export function formOf(rawQuery: string, body: Buffer): Buffer {
  return body.length === 0 ? Buffer.from(rawQuery) : body
}

/**
 * The input by member names, as decodeInput gives it. Unknown parameters are ignored, of repeated
 * ones the first counts, the order does not matter. An empty value stands for an empty list.
 *
 * Throws FrontDoorError SerializationException for a body that is not UTF-8, a malformed escape,
 * too many parameters, text where a list or structure belongs, and a list whose items are not
 * numbered from 1 without gaps.
 */
// evidence: docs AWS query protocol serialization | inferred (gaps: dropping or moving an item in
// silence would do something that nobody asked for)
export function decodeQueryInput(
  { bodyMembers }: Pick<CompiledOperation, 'bodyMembers'>,
  body: Buffer,
): Record<string, unknown> {
  if (!isUtf8(body)) throw malformed('The body is not valid UTF-8')
  const pairs = parseQueryString(body.toString('utf8'))
  const root: Place = { value: undefined, below: new Map() }
  for (const [name, value] of pairs) {
    if (name.length <= NAME_CHARACTERS_MAX) placeOf(root, name).value = value
  }
  return decodeMembers(bodyMembers, root, '')
}

function placeOf(root: Place, name: string): Place {
  let place = root
  for (const step of name.split('.')) {
    let next = place.below.get(step)
    if (next === undefined) {
      next = { value: undefined, below: new Map() }
      place.below.set(step, next)
    }
    place = next
  }
  return place
}

function decodeMembers(
  members: readonly Member[],
  parent: Place,
  prefix: string,
): Record<string, unknown> {
  const values: Record<string, unknown> = {}
  for (const { name, wireName, shape } of members) {
    const place = parent.below.get(wireName)
    const value = place && decodeValue(shape, place, `${prefix}${wireName}`)
    if (value !== undefined) values[name] = value
  }
  return values
}

function decodeValue(shape: Shape, place: Place, name: string): unknown {
  switch (shape.type) {
    case 'list':
      return decodeList(shape, place, name)
    case 'structure':
      refuseText(place, name, 'a structure')
      return decodeMembers(shape.members, place, `${name}.`)
    case 'map':
      throw new AssertionError(`${shape.name} is a map, which no form has`)
    case 'string':
    case 'integer':
    case 'boolean':
    case 'timestamp':
      return place.value === undefined ? undefined : decodeText(shape, place.value)
    default:
      return assertNever(shape)
  }
}

function decodeList(shape: ListShape, place: Place, name: string): readonly unknown[] {
  refuseText(place, name, 'a list')
  const items: Place[] = []
  for (const [step, below] of place.below) {
    if (step !== shape.itemName || (below.value ?? '') !== '') {
      throw malformedAt(name, `the items of a list are called ${shape.itemName}.1 and so on`)
    }
    for (const [number, item] of below.below) {
      if (!ITEM_NUMBER.test(number)) throw malformedAt(name, 'an item has no number from 1 on')
      items[Number(number) - 1] = item
    }
    // Sparse arrays are longer than what was put into them.
    if (items.length !== below.below.size) throw malformedAt(name, 'a number is missing in a list')
  }
  return items.map((item, index) => {
    const itemName = `${name}.${shape.itemName}.${index + 1}`
    const value = decodeValue(shape.member, item, itemName)
    if (value === undefined) throw malformedAt(itemName, 'an item of a list has no value')
    return value
  })
}

function refuseText({ value }: Place, name: string, expected: string): void {
  if (value !== undefined && value !== '') throw malformedAt(name, `expected ${expected}, got text`)
}

function malformedAt(name: string, fault: string): FrontDoorError {
  return malformed(`${name.slice(0, NAME_SHOWN_MAX).toWellFormed()}: ${fault}`)
}

function malformed(message: string): FrontDoorError {
  return new FrontDoorError('SerializationException', 400, message)
}
