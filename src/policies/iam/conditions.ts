// The Condition element: operators with their keys and values, and what lists and absent keys mean.
// evidence: docs reference_policies_elements_condition_operators,
//   reference_policies_condition-single-vs-multi-valued-context-keys
import {
  conditionKeyOf,
  isListKey,
  type ConditionContext,
  type ConditionKey,
  type PolicyKind,
} from './condition-keys.ts'
import { MalformedPolicy } from './malformed-policy.ts'
import { operators, type ValueTest } from './operators.ts'
import { isJsonList, isJsonObject, type JsonValue } from './policy-json.ts'
import { parseTemplate } from './template.ts'

export interface Condition {
  readonly key: ConditionKey
  /** Undefined when a variable has no value: the statement then does not apply. */
  holds(context: ConditionContext): boolean | undefined
}

/** How the name of an operator is put together. */
const OPERATOR = /^(?:(ForAllValues|ForAnyValue):)?([A-Za-z]+?)(IfExists)?$/i

type Quantifier = 'all' | 'any' | undefined

interface Comparison {
  readonly quantifier: Quantifier
  readonly mayBeAbsent: boolean
  readonly isNegated: boolean
  readonly tests: readonly ValueTest[]
}

/** Where a policy stands and what its version allows. */
export interface DocumentRules {
  readonly kind: PolicyKind
  readonly hasVariables: boolean
}

/** All of them must hold. Throws MalformedPolicy. */
export function parseConditions(
  element: JsonValue | undefined,
  rules: DocumentRules,
  place: string,
): readonly Condition[] {
  if (element === undefined) return []
  if (!isJsonObject(element)) throw new MalformedPolicy(place, 'must be an object')
  return [...element].flatMap(([operator, keys]) => {
    const operatorPlace = `${place}.${operator}`
    if (!isJsonObject(keys) || keys.size === 0) {
      throw new MalformedPolicy(operatorPlace, 'must be an object that names condition keys')
    }
    return [...keys].map(([key, values]) =>
      parseCondition(operator, key, values, rules, operatorPlace),
    )
  })
}

function parseCondition(
  operatorText: string,
  keyText: string,
  values: JsonValue,
  rules: DocumentRules,
  operatorPlace: string,
): Condition {
  const place = `${operatorPlace}.${keyText}`
  const [, quantifierText, name = '', ifExists] = OPERATOR.exec(operatorText) ?? []
  const key = conditionKeyOf(keyText, rules.kind, operatorPlace)
  const texts = valueTexts(values, place)
  if (name.toLowerCase() === 'null') {
    if (quantifierText !== undefined || ifExists !== undefined) {
      throw new MalformedPolicy(operatorPlace, 'uses Null with something else in its name')
    }
    return nullCondition(key, texts, place)
  }
  const operator = operators.get(name.toLowerCase())
  if (operator === undefined) {
    throw new MalformedPolicy(operatorPlace, `uses the unsupported operator "${operatorText}"`)
  }
  const quantifier = quantifierOf(quantifierText)
  if (quantifier === undefined && isListKey(key)) {
    const rule = `compares ${keyText}, which has several values, without ForAllValues or ForAnyValue`
    throw new MalformedPolicy(operatorPlace, rule)
  }
  const tests = texts.map((text) => {
    if (!operator.hasVariables && rules.hasVariables && text.includes('${')) {
      throw new MalformedPolicy(place, `uses a variable, which ${operator.name} does not know`)
    }
    const { hasWildcards, hasVariables } = operator
    const templateRules = {
      kind: rules.kind,
      hasWildcards,
      hasVariables: hasVariables && rules.hasVariables,
    }
    const test = operator.compile(parseTemplate(text, templateRules, place))
    if (test === undefined) throw new MalformedPolicy(place, `must be ${operator.valueRule}`)
    return test
  })
  const { isNegated } = operator
  const comparison = { quantifier, mayBeAbsent: ifExists !== undefined, isNegated, tests }
  return { key, holds: (context) => compare(context.find(key), comparison, context) }
}

function quantifierOf(text: string | undefined): Quantifier {
  if (text === undefined) return undefined
  return text.toLowerCase() === 'forallvalues' ? 'all' : 'any'
}

/** Values may be written as strings, numbers or booleans, alone or in a list. */
function valueTexts(values: JsonValue, place: string): readonly string[] {
  const list = isJsonList(values) ? values : [values]
  if (list.length === 0) throw new MalformedPolicy(place, 'must not be an empty list')
  return list.map((value) => {
    if (value === null || typeof value === 'object') {
      throw new MalformedPolicy(place, 'must be a string, a number, a boolean or a list of them')
    }
    return String(value)
  })
}

function nullCondition(key: ConditionKey, texts: readonly string[], place: string): Condition {
  const wanted = texts.map((text) => {
    const lower = text.toLowerCase()
    if (lower !== 'true' && lower !== 'false')
      throw new MalformedPolicy(place, 'must be true or false')
    return lower === 'true'
  })
  return {
    key,
    holds(context) {
      const isAbsent = isNothing(context.find(key))
      return wanted.some((wantsAbsent) => wantsAbsent === isAbsent)
    },
  }
}

function isNothing(found: string | readonly string[] | undefined): boolean {
  return found === undefined || (typeof found !== 'string' && found.length === 0)
}

function compare(
  found: string | readonly string[] | undefined,
  comparison: Comparison,
  context: ConditionContext,
): boolean | undefined {
  const { quantifier, mayBeAbsent, isNegated, tests } = comparison
  if (found === undefined || isNothing(found)) {
    // IfExists changes nothing for the two that speak of lists: there is no value to look at.
    // evidence: docs (absent keys) | field iam.cloudcopilot.io (ForAnyValue with IfExists)
    if (quantifier !== undefined) return quantifier === 'all'
    return mayBeAbsent || isNegated
  }
  const results = (typeof found === 'string' ? [found] : found).map((value) =>
    isAsWanted(value, tests, context),
  )
  if (results.includes(undefined)) return undefined
  if (quantifier === 'any') return results.some((result) => result !== isNegated)
  if (quantifier === 'all' || isNegated) return results.every((result) => result !== isNegated)
  // One value was asked for: several are not that one.
  return results.length === 1 && results[0] === true
}

/** Whether the value is as one of the tests wants it; undefined when one cannot be decided. */
function isAsWanted(
  value: string,
  tests: readonly ValueTest[],
  context: ConditionContext,
): boolean | undefined {
  let isAny = false
  for (const test of tests) {
    const result = test(value, context)
    if (result === undefined) return undefined
    isAny ||= result
  }
  return isAny
}
