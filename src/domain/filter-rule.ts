// The filter rules of membership preferences: which messages, by their attributes, a member wants
// to be pushed. Their text is parsed and limited here, and rules are applied to messages; who is
// pushed to is decided elsewhere.
import { requireBytesWithin } from './byte-limit.ts'
import type { MessageAttributes } from './channel-message.ts'
import { BadRequestException } from './errors.ts'

/** Bytes of UTF-8 in the text of a rule. */
// evidence: docs PushNotificationPreferences, "2 KB" (behaviour 3.3)
export const FILTER_RULE_BYTES_MAX = 2048
/** Rules that one `$or` joins. */
// evidence: docs filter rules (behaviour 3.3)
export const ALTERNATIVES_MAX = 5
/** Names and values of a whole rule. */
// evidence: docs filter rules (behaviour 3.3)
export const COMPLEXITY_MAX = 20

/** What the API calls a rule, in the messages of errors. */
const MEMBER_NAME = 'Preferences.PushNotifications.FilterRule'

/** One element of an attribute's list. */
export type ValueConstraint =
  | { readonly kind: 'is'; readonly value: string }
  | { readonly kind: 'anything-but'; readonly values: readonly string[] }

/** What is asked of one attribute: any of `anyOf`, of which there is at least one. */
export interface AttributeConstraint {
  readonly attribute: string
  readonly anyOf: readonly ValueConstraint[]
}

/** A parsed rule: everything in `allOf`, and, if there are alternatives, one of them. */
export interface FilterRule {
  readonly allOf: readonly AttributeConstraint[]
  /** What `$or` joins; empty without one. */
  readonly alternatives: readonly (readonly AttributeConstraint[])[]
}

/**
 * The rule that `text` says. Throws BadRequestException, naming the member and what is wrong, for
 * text that is no rule or a rule beyond the limits.
 */
// evidence: docs filter rules; alternatives that hold an `$or` again are refused (inferred)
export function parseFilterRule(text: string): FilterRule {
  requireBytesWithin(FILTER_RULE_BYTES_MAX, text, MEMBER_NAME)
  const { $or, ...attributes } = objectOf(jsonOf(text), 'it')
  const rule = {
    allOf: attributeConstraintsOf(attributes),
    alternatives: $or === undefined ? [] : alternativesOf($or),
  }
  if (rule.allOf.length + rule.alternatives.length === 0) {
    throw invalid('it must name at least one attribute')
  }
  const complexity = complexityOf(rule)
  if (complexity > COMPLEXITY_MAX) {
    throw invalid(
      `it may have at most ${COMPLEXITY_MAX} names and values together, but has ${complexity}`,
    )
  }
  return rule
}

/** Names and values of a rule together; neither `$or` nor `anything-but` counts as a name. */
// evidence: docs filter rules, whose example of 4 does not count `anything-but` (behaviour 3.3)
export function complexityOf({ allOf, alternatives }: FilterRule): number {
  let complexity = 0
  for (const { anyOf } of [...allOf, ...alternatives.flat()]) {
    complexity += 1
    for (const constraint of anyOf) {
      complexity += constraint.kind === 'is' ? 1 : constraint.values.length
    }
  }
  return complexity
}

/**
 * Whether a message with these attributes fits the rule. An attribute that the message does not
 * have fits `anything-but` and nothing else.
 */
// evidence: docs filter rules; lists that mix both kinds and absent attributes inferred (3.3)
export function fitsFilterRule(
  { allOf, alternatives }: FilterRule,
  attributes: MessageAttributes | undefined,
): boolean {
  const fits = ({ attribute, anyOf }: AttributeConstraint) => {
    const values = valuesOf(attributes, attribute)
    return anyOf.some((constraint) =>
      constraint.kind === 'is'
        ? values.includes(constraint.value)
        : !constraint.values.some((value) => values.includes(value)),
    )
  }
  return (
    allOf.every(fits) &&
    (alternatives.length === 0 || alternatives.some((alternative) => alternative.every(fits)))
  )
}

/** Only the message's own members: an attribute may be called like one that every object has. */
function valuesOf(attributes: MessageAttributes | undefined, name: string): readonly string[] {
  return attributes !== undefined && Object.hasOwn(attributes, name) ? (attributes[name] ?? []) : []
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw invalid('it is not JSON')
  }
}

function objectOf(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalid(`${what} must be a JSON object`)
  }
  return value as Readonly<Record<string, unknown>>
}

function listOf(value: unknown, what: string): readonly unknown[] {
  if (!Array.isArray(value) || value.length === 0) {
    throw invalid(`${what} must be a list of at least one element`)
  }
  return value
}

function alternativesOf(value: unknown): FilterRule['alternatives'] {
  const alternatives = listOf(value, '$or')
  if (alternatives.length > ALTERNATIVES_MAX) {
    throw invalid(`$or may join at most ${ALTERNATIVES_MAX} rules, but has ${alternatives.length}`)
  }
  return alternatives.map((alternative) => {
    const constraints = attributeConstraintsOf(objectOf(alternative, 'each rule of $or'))
    if (constraints.length === 0) throw invalid('each rule of $or must name an attribute')
    return constraints
  })
}

function attributeConstraintsOf(
  members: Readonly<Record<string, unknown>>,
): readonly AttributeConstraint[] {
  return Object.entries(members).map(([attribute, list]) => {
    if (attribute.startsWith('$')) {
      throw invalid(`${attribute} is not an operator that may stand there`)
    }
    const anyOf = listOf(list, `the constraint of ${attribute}`)
    return { attribute, anyOf: anyOf.map((element) => valueConstraintOf(attribute, element)) }
  })
}

function valueConstraintOf(attribute: string, element: unknown): ValueConstraint {
  if (typeof element === 'string') return { kind: 'is', value: element }
  const what = `an element of ${attribute} that is no text`
  const { 'anything-but': values, ...others } = objectOf(element, what)
  if (values === undefined || Object.keys(others).length > 0) {
    throw invalid(`${what} must be {"anything-but": […]}`)
  }
  return {
    kind: 'anything-but',
    values: listOf(values, `anything-but of ${attribute}`).map((value) => {
      if (typeof value === 'string') return value
      throw invalid(`anything-but of ${attribute} may list only texts`)
    }),
  }
}

function invalid(reason: string): BadRequestException {
  return new BadRequestException(`${MEMBER_NAME} is not a filter rule: ${reason}`)
}
