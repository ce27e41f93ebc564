// The second stage: does a decoded input keep every constraint of the model? Not for rules that no
// model states (byte limits of contents, forms of ARNs): those are the domain's.
import { ApiError, FrontDoorError } from '../base/api-error.ts'
import { assertNever } from '../base/assert.ts'
import type { CompiledOperation } from './compiled-operation.ts'
import { renderMemberPath } from './member-path.ts'
import type { MemberPath } from './member-path.ts'
import type { IntegerShape, Member, Shape, StringShape } from './shape.ts'

/** As many violations are told at once; a hostile input may hold thousands. Source: our choice. */
export const VIOLATIONS_MAX = 20

/** PostgreSQL's texts cannot hold it; every store refuses it, so that all answer alike. */
// evidence: inferred
const NULL_CHARACTER = '\0'
const NULL_CHARACTER_FAULT = 'Member holds the character U+0000, which cannot be stored'

const BAD_REQUEST = 'BadRequestException'

/** The exception that the models declare for inputs that break a constraint. */
class InvalidInputError extends ApiError {
  constructor(message: string) {
    super(BAD_REQUEST, message)
  }
}

/**
 * All violations of `input`, at most VIOLATIONS_MAX, in the model's order; empty when it is valid.
 * Each names the member and the rule, and never the value. A value is reported for one rule only,
 * the first of: type, enum, length, pattern, U+0000; so a pattern never sees more text than its
 * shape may hold. An absent idempotency token is no violation (models/deviations.json).
 */
export function validateInput(
  operation: Pick<CompiledOperation, 'input'>,
  input: Readonly<Record<string, unknown>>,
): readonly string[] {
  const violations: string[] = []
  if (operation.input !== undefined) {
    validateMembers(operation.input.members, input, undefined, violations)
  }
  return violations
}

/** AWS's wording for a list of violations, which must not be empty. */
export function toBadRequestMessage(violations: readonly string[]): string {
  const noun = violations.length === 1 ? 'error' : 'errors'
  return `${violations.length} validation ${noun} detected: ${violations.join('; ')}`
}

/**
 * The error that tells of `violations`: BadRequestException where the operation's model lists it,
 * else a front-door ValidationException (GetMessagingSessionEndpoint, IAM and STS do not list it).
 */
// evidence: inferred
export function invalidInput(
  operation: Pick<CompiledOperation, 'errors'>,
  violations: readonly string[],
): ApiError | FrontDoorError {
  const message = toBadRequestMessage(violations)
  return operation.errors.has(BAD_REQUEST)
    ? new InvalidInputError(message)
    : new FrontDoorError('ValidationException', 400, message)
}

function validateMembers(
  members: readonly Member[],
  source: Readonly<Record<string, unknown>>,
  parent: MemberPath | undefined,
  violations: string[],
): void {
  for (const { name, required, shape } of members) {
    const value = source[name]
    if (value === undefined) {
      if (required) report(violations, { parent, step: name }, 'Member must not be null')
    } else if (shape.type === 'string') {
      const fault = stringFault(shape, value)
      if (fault !== undefined) report(violations, { parent, step: name }, fault)
    } else {
      validateValue(shape, value, { parent, step: name }, violations)
    }
  }
}

function validateValue(shape: Shape, value: unknown, path: MemberPath, violations: string[]): void {
  if (violations.length >= VIOLATIONS_MAX) return
  const fault = faultOf(shape, value)
  if (fault !== undefined) return report(violations, path, fault)
  if (shape.type === 'structure') {
    validateMembers(shape.members, value as Record<string, unknown>, path, violations)
  } else if (shape.type === 'list') {
    for (const [step, item] of (value as readonly unknown[]).entries()) {
      validateValue(shape.member, item, { parent: path, step }, violations)
    }
  } else if (shape.type === 'map') {
    for (const [key, item] of Object.entries(value as Record<string, unknown>)) {
      const keyFault = stringFault(shape.key, key)
      const step = { parent: path, step: key }
      if (keyFault !== undefined) report(violations, step, `Map keys: ${keyFault}`)
      validateValue(shape.value, item, step, violations)
    }
  }
}

function faultOf(shape: Shape, value: unknown): string | undefined {
  switch (shape.type) {
    case 'string':
      return stringFault(shape, value)
    case 'integer':
      return integerFault(shape, value)
    case 'boolean':
      return typeof value === 'boolean' ? undefined : 'Member must be true or false'
    case 'timestamp':
      return value instanceof Date ? undefined : 'Member must be a date and time (RFC 3339)'
    case 'list':
      return Array.isArray(value) ? lengthFault(shape, value.length) : 'Member must be a list'
    case 'map':
      return isObject(value)
        ? lengthFault(shape, Object.keys(value).length)
        : 'Member must be an object'
    case 'structure':
      return isObject(value) ? undefined : 'Member must be an object'
    default:
      return assertNever(shape)
  }
}

function stringFault(shape: StringShape, value: unknown): string | undefined {
  if (typeof value !== 'string') return 'Member must be a string'
  if (shape.values !== undefined) {
    if (shape.values.has(value)) return undefined
    return `Member must satisfy enum value set: [${[...shape.values].join(', ')}]`
  }
  const fault = stringLengthFault(shape, value)
  if (fault !== undefined) return fault
  if (shape.expression !== undefined && !shape.expression.test(value)) {
    return `Member must satisfy regular expression pattern: ${shape.patternText}`
  }
  return value.includes(NULL_CHARACTER) ? NULL_CHARACTER_FAULT : undefined
}

function stringLengthFault(shape: StringShape, value: string): string | undefined {
  if (shape.lengthUnit === 'utf8-bytes') {
    // A UTF-16 unit takes one to three bytes.
    if (value.length * 3 <= shape.max && value.length >= shape.min) return undefined
    const fault = lengthFault(shape, Buffer.byteLength(value))
    return fault === undefined ? undefined : `${fault} (bytes in UTF-8)`
  }
  // A code point takes one or two UTF-16 units: most strings need no counting.
  const units = value.length
  if (units <= shape.max && units >= shape.min * 2) return undefined
  return lengthFault(shape, units > shape.max * 2 ? units : countCodePoints(value))
}

function countCodePoints(value: string): number {
  let count = 0
  for (let index = 0; index < value.length; index++) {
    if ((value.codePointAt(index) ?? 0) > 0xffff) index++
    count++
  }
  return count
}

function lengthFault(
  { min, max }: { readonly min: number; readonly max: number },
  length: number,
): string | undefined {
  if (length < min) return `Member must have length greater than or equal to ${min}`
  if (length > max) return `Member must have length less than or equal to ${max}`
  return undefined
}

function integerFault({ min, max }: IntegerShape, value: unknown): string | undefined {
  if (!Number.isSafeInteger(value)) return 'Member must be an integer'
  const number = value as number
  if (number < min) return `Member must have value greater than or equal to ${min}`
  if (number > max) return `Member must have value less than or equal to ${max}`
  return undefined
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function report(violations: string[], path: MemberPath, rule: string): void {
  if (violations.length >= VIOLATIONS_MAX) return
  violations.push(`Value at '${renderMemberPath(path)}' failed to satisfy constraint: ${rule}`)
}
