// Texts of policies with wildcards and variables in them. What a variable stands for is only known
// with a request, and is never itself read as a wildcard.
// evidence: docs reference_policies_variables
import {
  conditionKeyOf,
  isListKey,
  type ConditionContext,
  type ConditionKey,
  type PolicyKind,
} from './condition-keys.ts'
import { MalformedPolicy } from './malformed-policy.ts'
import { ANY_ONE, ANY_RUN, type PatternToken } from './wildcard.ts'

export interface Variable {
  readonly key: ConditionKey
  /** Stands in when the request has no such key. */
  readonly fallback: string | undefined
}

export type Template = readonly (PatternToken | Variable)[]

export interface TemplateRules {
  readonly kind: PolicyKind
  readonly hasWildcards: boolean
  /** Version 2012-10-17 only: in the older one `${` is text. */
  readonly hasVariables: boolean
}

/** So that no request builds megabytes of text. evidence: inferred (docs name no bound) */
const VARIABLES_MAX = 16

const FALLBACK = /^'([^']*)'$/s
const ESCAPES: ReadonlySet<string> = new Set(['*', '?', '$'])

/** Throws MalformedPolicy for a variable that is not closed or can never have one value. */
export function parseTemplate(text: string, rules: TemplateRules, place: string): Template {
  const tokens: (PatternToken | Variable)[] = []
  let literal = ''
  const push = (token: PatternToken | Variable): void => {
    if (literal !== '') tokens.push(literal)
    literal = ''
    tokens.push(token)
  }
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at] ?? ''
    if (rules.hasVariables && character === '$' && text[at + 1] === '{') {
      const end = text.indexOf('}', at)
      if (end < 0) throw new MalformedPolicy(place, 'holds a variable that is not closed')
      const name = text.slice(at + 2, end)
      if (ESCAPES.has(name)) literal += name
      else push(variableOf(name, rules.kind, place))
      at = end
    } else if (rules.hasWildcards && character === '*') push(ANY_RUN)
    else if (rules.hasWildcards && character === '?') push(ANY_ONE)
    else literal += character
  }
  if (literal !== '') tokens.push(literal)
  if (tokens.filter(isVariable).length > VARIABLES_MAX) {
    throw new MalformedPolicy(place, `holds more than ${VARIABLES_MAX} variables`)
  }
  return tokens
}

export function isVariable(token: PatternToken | Variable): token is Variable {
  return typeof token === 'object'
}

/** Whether it means the same for every request. */
export function isStatic(template: Template): template is readonly PatternToken[] {
  return !template.some(isVariable)
}

/** The template for one request; undefined when a variable of it has no value there. */
export function resolveTemplate(
  template: Template,
  context: ConditionContext,
): readonly PatternToken[] | undefined {
  const tokens: PatternToken[] = []
  for (const token of template) {
    if (!isVariable(token)) {
      tokens.push(token)
      continue
    }
    const value = context.find(token.key) ?? token.fallback
    if (typeof value !== 'string') return undefined
    tokens.push(value)
  }
  return tokens
}

function variableOf(text: string, kind: PolicyKind, place: string): Variable {
  const comma = text.indexOf(',')
  const name = (comma < 0 ? text : text.slice(0, comma)).trim()
  const fallback = comma < 0 ? undefined : FALLBACK.exec(text.slice(comma + 1).trim())?.[1]
  const isWhole = name !== '' && !name.includes("'") && (comma < 0 || fallback !== undefined)
  if (!isWhole) throw new MalformedPolicy(place, `holds the malformed variable "${text}"`)
  const key = conditionKeyOf(name, kind, place)
  if (isListKey(key)) {
    throw new MalformedPolicy(place, `holds the variable "${name}", which has several values`)
  }
  return { key, fallback }
}
