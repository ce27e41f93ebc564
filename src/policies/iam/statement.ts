// One statement of a policy: checked, then kept in the form in which requests are held against it.
// evidence: docs reference_policies_grammar, reference_policies_elements
import { arnMatcherOf, type ArnMatcher, type SplitArn } from './arn-template.ts'
import type { ConditionContext } from './condition-keys.ts'
import { parseConditions, type Condition, type DocumentRules } from './conditions.ts'
import { MalformedPolicy } from './malformed-policy.ts'
import { isJsonList, isJsonObject, type JsonObject, type JsonValue } from './policy-json.ts'
import { parsePrincipal, type PrincipalElement } from './principals.ts'
import { parseTemplate } from './template.ts'
import { Pattern, wildcardTokens } from './wildcard.ts'

export interface Statement {
  readonly effect: 'Allow' | 'Deny'
  /** Of trust policies only. */
  readonly principal: PrincipalElement | undefined
  readonly mentionsResourceTags: boolean
  /** Whether it is about any of `actions`, which are in lower case. */
  isAboutAction(actions: readonly string[]): boolean
  /** Whether it is about the resource; false as well when a variable of it has no value. */
  isAboutResource(resource: SplitArn, context: ConditionContext): boolean
  isInEffect(context: ConditionContext): boolean
}

const ELEMENTS: ReadonlySet<string> = new Set([
  'Sid',
  'Effect',
  'Action',
  'NotAction',
  'Resource',
  'NotResource',
  'Principal',
  'NotPrincipal',
  'Condition',
])
/** evidence: docs reference_policies_elements_sid */
const SID = /^[A-Za-z0-9]*$/
const ACTION = /^(?:\*|\*:\*|[a-z0-9-]+:[a-z0-9*?]+)$/i
const ANY_ACTION = /^\*(?::\*)?$/

/** Throws MalformedPolicy. */
export function parseStatement(element: JsonValue, rules: DocumentRules, place: string): Statement {
  if (!isJsonObject(element)) throw new MalformedPolicy(place, 'must be an object')
  for (const name of element.keys()) {
    if (!ELEMENTS.has(name)) throw new MalformedPolicy(`${place}.${name}`, 'is not an element')
  }
  const sid = element.get('Sid')
  if (sid !== undefined && !(typeof sid === 'string' && SID.test(sid))) {
    throw new MalformedPolicy(`${place}.Sid`, 'must be letters and digits')
  }
  const effect = element.get('Effect')
  if (effect !== 'Allow' && effect !== 'Deny') {
    throw new MalformedPolicy(`${place}.Effect`, 'must be "Allow" or "Deny"')
  }
  const conditions = parseConditions(element.get('Condition'), rules, `${place}.Condition`)
  const resource = parseResource(element, rules, place)
  return {
    effect,
    principal: parsePrincipalOf(element, effect, rules, place),
    mentionsResourceTags:
      (resource?.mentionsResourceTags ?? false) ||
      mentionsResourceTags(element.get('Condition')) ||
      conditions.some(({ key }) => key.family === 'aws:resourcetag'),
    isAboutAction: parseAction(element, rules, place),
    isAboutResource: resource?.isAbout ?? (() => true),
    isInEffect: (context) => conditionsHold(conditions, context),
  }
}

/** One that cannot be decided keeps the statement out, as one that does not hold. */
function conditionsHold(conditions: readonly Condition[], context: ConditionContext): boolean {
  for (const condition of conditions) {
    if (condition.holds(context) !== true) return false
  }
  return true
}

/** The one of two elements that is there. */
function eitherOf(
  element: JsonObject,
  name: string,
  place: string,
): { readonly values: readonly string[]; readonly isNegated: boolean; readonly place: string } {
  const chosen = chooseElement(element, name, `Not${name}`, place)
  const list = isJsonList(chosen.value) ? chosen.value : [chosen.value]
  if (list.length === 0) throw new MalformedPolicy(chosen.place, 'must not be an empty list')
  const values = list.map((value) => {
    if (typeof value === 'string') return value
    throw new MalformedPolicy(chosen.place, 'must be a string or a list of strings')
  })
  return { values, isNegated: chosen.isNegated, place: chosen.place }
}

function chooseElement(element: JsonObject, name: string, opposite: string, place: string) {
  const value = element.get(name)
  const otherValue = element.get(opposite)
  if (value !== undefined && otherValue !== undefined) {
    throw new MalformedPolicy(place, `has both ${name} and ${opposite}`)
  }
  const found = value ?? otherValue
  if (found === undefined) throw new MalformedPolicy(place, `needs ${name} or ${opposite}`)
  const isNegated = otherValue !== undefined
  return { value: found, isNegated, place: `${place}.${isNegated ? opposite : name}` }
}

function parseAction(
  element: JsonObject,
  { kind }: DocumentRules,
  place: string,
): (actions: readonly string[]) => boolean {
  const { values, isNegated, place: actionPlace } = eitherOf(element, 'Action', place)
  for (const value of values) {
    if (!ACTION.test(value)) {
      throw new MalformedPolicy(actionPlace, `holds "${value}", which is not service:Action`)
    }
    // evidence: docs (AssumeRole policy may only specify STS AssumeRole actions)
    if (kind === 'trust' && !value.toLowerCase().startsWith('sts:')) {
      throw new MalformedPolicy(actionPlace, `holds "${value}", which is not an action of sts`)
    }
  }
  if (values.some((value) => ANY_ACTION.test(value))) return () => !isNegated
  const patterns = values.map((value) => new Pattern(wildcardTokens(value.toLowerCase())))
  return (actions) => {
    for (const pattern of patterns) {
      for (const action of actions) if (pattern.matches(action)) return !isNegated
    }
    return isNegated
  }
}

function parseResource(element: JsonObject, rules: DocumentRules, place: string) {
  if (rules.kind === 'trust') {
    for (const name of ['Resource', 'NotResource']) {
      if (!element.has(name)) continue
      throw new MalformedPolicy(`${place}.${name}`, 'has no place in a trust policy')
    }
    return undefined
  }
  const { values, isNegated, place: resourcePlace } = eitherOf(element, 'Resource', place)
  const templateRules = { ...rules, hasWildcards: true }
  const isAny = values.includes('*')
  const templates = values
    .filter((value) => value !== '*')
    .map((value) => parseTemplate(value, templateRules, resourcePlace))
  const matchers = templates.map((template, index) => {
    const matcher =
      template.length > 1 || typeof template[0] === 'string' ? arnMatcherOf(template) : undefined
    if (matcher !== undefined) return matcher
    const shown = values.filter((value) => value !== '*')[index]
    const rule = 'which is neither "*" nor an ARN with six components, variables only in the last'
    throw new MalformedPolicy(resourcePlace, `holds "${shown}", ${rule}`)
  })
  return {
    mentionsResourceTags: templates.some((template) =>
      template.some((token) => typeof token === 'object' && token.key.family === 'aws:resourcetag'),
    ),
    isAbout: (resource: SplitArn, context: ConditionContext) => {
      const isListed = isAmong(matchers, isAny, resource, context)
      return isListed !== undefined && isListed !== isNegated
    },
  }
}

/** Undefined when a variable of any of them has no value. */
function isAmong(
  matchers: readonly ArnMatcher[],
  isAny: boolean,
  resource: SplitArn,
  context: ConditionContext,
): boolean | undefined {
  let isListed = isAny
  for (const matcher of matchers) {
    const matches = matcher.matches(resource, context)
    if (matches === undefined) return undefined
    isListed ||= matches
  }
  return isListed
}

function parsePrincipalOf(
  element: JsonObject,
  effect: 'Allow' | 'Deny',
  { kind }: DocumentRules,
  place: string,
): PrincipalElement | undefined {
  if (kind !== 'trust') {
    for (const name of ['Principal', 'NotPrincipal']) {
      if (!element.has(name)) continue
      throw new MalformedPolicy(`${place}.${name}`, 'has a place in trust policies only')
    }
    return undefined
  }
  const chosen = chooseElement(element, 'Principal', 'NotPrincipal', place)
  // evidence: docs reference_policies_elements_notprincipal
  if (chosen.isNegated && effect === 'Allow') {
    throw new MalformedPolicy(chosen.place, 'is possible with the Effect "Deny" only')
  }
  return parsePrincipal(chosen.value, chosen.isNegated, chosen.place)
}

/** Whether a variable in any value of the conditions asks for a tag of the resource. */
function mentionsResourceTags(condition: JsonValue | undefined): boolean {
  if (typeof condition === 'string') return /\$\{\s*aws:resourcetag\//i.test(condition)
  if (isJsonList(condition)) return condition.some(mentionsResourceTags)
  return isJsonObject(condition) && [...condition.values()].some(mentionsResourceTags)
}
