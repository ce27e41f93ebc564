// ARNs with wildcards and variables. Each of the six components is matched on its own, so that a
// `*` for the account does not reach into the resource.
// evidence: docs reference_policies_elements_condition_operators (ARN)
import type { ConditionContext } from './condition-keys.ts'
import { isStatic, isVariable, resolveTemplate, type Template } from './template.ts'
import { Pattern, type PatternToken } from './wildcard.ts'

/** arn, partition, service, region, account. */
const HEAD_COMPONENTS = 5

/** A text that may be an ARN, split once for all patterns that it is held against. */
export interface SplitArn {
  readonly text: string
  /** The first five components with their colons; undefined when the text is no ARN. */
  readonly head: string | undefined
  readonly resource: string
}

export function splitArn(text: string): SplitArn {
  let at = 0
  for (let component = 0; component < HEAD_COMPONENTS; component += 1) {
    at = text.indexOf(':', at) + 1
    if (at === 0) return { text, head: undefined, resource: '' }
  }
  return {
    text,
    head: text.startsWith('arn:') ? text.slice(0, at) : undefined,
    resource: text.slice(at),
  }
}

/** `undefined` from `matches` means that a variable has no value in this request. */
export interface ArnMatcher {
  matches(arn: SplitArn, context: ConditionContext): boolean | undefined
}

/**
 * What matches the ARNs that `template` describes, or undefined when it describes none: it has
 * fewer than six components, or a variable before the last (other than one that is all of it).
 */
export function arnMatcherOf(template: Template): ArnMatcher | undefined {
  const [only, ...others] = template
  if (only !== undefined && isVariable(only) && others.length === 0) {
    return {
      matches(arn, context) {
        const value = resolveTemplate(template, context)
        return value === undefined ? undefined : value[0] === arn.text
      },
    }
  }
  const components = splitTemplate(template)
  const head = components?.slice(0, HEAD_COMPONENTS)
  const resource = components?.[HEAD_COMPONENTS]
  if (head === undefined || resource === undefined) return undefined
  if (head[0]?.length !== 1 || head[0][0] !== 'arn') return undefined
  const matchesHead = headMatcherOf(head as readonly (readonly PatternToken[])[])
  if (isStatic(resource)) {
    const pattern = new Pattern(resource)
    return { matches: (arn) => matchesHead(arn) && pattern.matches(arn.resource) }
  }
  return {
    matches(arn, context) {
      const tokens = resolveTemplate(resource, context)
      if (tokens === undefined) return undefined
      return matchesHead(arn) && new Pattern(tokens).matches(arn.resource)
    },
  }
}

function headMatcherOf(
  components: readonly (readonly PatternToken[])[],
): (arn: SplitArn) => boolean {
  if (components.every((tokens) => tokens.every((token) => typeof token === 'string'))) {
    const wanted = components.map((tokens) => `${tokens.join('')}:`).join('')
    return ({ head }) => head === wanted
  }
  const patterns = components.map((tokens) => new Pattern(tokens))
  return ({ head }) => {
    if (head === undefined) return false
    const given = head.split(':')
    return patterns.every((pattern, index) => pattern.matches(given[index] ?? ''))
  }
}

/** Six templates, of which the first five have no variable; undefined when there are fewer. */
function splitTemplate(template: Template): readonly Template[] | undefined {
  const components: Template[number][][] = [[]]
  for (const token of template) {
    const current = components[components.length - 1]
    const isLast = components.length > HEAD_COMPONENTS
    if (current === undefined || (isVariable(token) && !isLast)) return undefined
    if (typeof token !== 'string' || isLast) {
      current.push(token)
      continue
    }
    let rest = token
    while (components.length <= HEAD_COMPONENTS && rest.includes(':')) {
      const colon = rest.indexOf(':')
      if (colon > 0) components[components.length - 1]?.push(rest.slice(0, colon))
      components.push([])
      rest = rest.slice(colon + 1)
    }
    if (rest !== '') components[components.length - 1]?.push(rest)
  }
  return components.length > HEAD_COMPONENTS ? components : undefined
}
