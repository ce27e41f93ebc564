// The operators of conditions: what a value in a policy says about a value of a request.
// Not how lists and absent keys are treated: see conditions.ts.
// evidence: docs reference_policies_elements_condition_operators
import { BlockList, isIP } from 'node:net'
import { arnMatcherOf, splitArn } from './arn-template.ts'
import type { ConditionContext } from './condition-keys.ts'
import { isStatic, resolveTemplate, type Template } from './template.ts'
import { Pattern, type PatternToken } from './wildcard.ts'

/** Whether a request's value is as the policy wants it; undefined when a variable has no value. */
export type ValueTest = (value: string, context: ConditionContext) => boolean | undefined

export interface Operator {
  readonly name: string
  /** True when no value may be as the policy says. */
  readonly isNegated: boolean
  readonly hasWildcards: boolean
  /** Of strings and ARNs only. evidence: docs reference_policies_variables */
  readonly hasVariables: boolean
  /** What values must look like, for texts. */
  readonly valueRule: string
  /** Undefined when the policy's value is not one for this operator. */
  compile(value: Template): ValueTest | undefined
}

/** By name in lower case. */
export const operators: ReadonlyMap<string, Operator> = new Map(
  [
    ...withOpposite(
      'StringEquals',
      'StringNotEquals',
      text((wanted) => (given) => given === wanted),
    ),
    ...withOpposite(
      'StringEqualsIgnoreCase',
      'StringNotEqualsIgnoreCase',
      text((wanted) => {
        const lower = wanted.toLowerCase()
        return (given) => given.toLowerCase() === lower
      }),
    ),
    ...withOpposite('StringLike', 'StringNotLike', {
      hasWildcards: true,
      hasVariables: true,
      valueRule: 'text',
      compile: (value) => testOf(value, (tokens) => matcherOf(tokens)),
    }),
    ...withOpposite('ArnEquals', 'ArnNotEquals', arn()),
    ...withOpposite('ArnLike', 'ArnNotLike', arn()),
    ...withOpposite('IpAddress', 'NotIpAddress', {
      ...fixed('an IP address or a range such as 192.0.2.0/24', addressTest),
    }),
    ...ordered('Numeric', 'a number', numberOf),
    ...ordered('Date', 'a date such as 2026-01-31T00:00:00Z or an epoch time', instantOf),
    positive('Bool', fixed('true or false', booleanTest)),
  ].map((operator) => [operator.name.toLowerCase(), operator]),
)

type Meaning = Omit<Operator, 'name' | 'isNegated'>

function positive(name: string, meaning: Meaning): Operator {
  return { name, isNegated: false, ...meaning }
}

function withOpposite(name: string, opposite: string, meaning: Meaning): readonly Operator[] {
  return [positive(name, meaning), { ...positive(opposite, meaning), isNegated: true }]
}

function text(testFor: (wanted: string) => (given: string) => boolean): Meaning {
  return {
    hasWildcards: false,
    hasVariables: true,
    valueRule: 'text',
    compile: (value) => testOf(value, (tokens) => testFor(tokens.join(''))),
  }
}

function matcherOf(tokens: readonly PatternToken[]): (given: string) => boolean {
  const pattern = new Pattern(tokens)
  return (given) => pattern.matches(given)
}

/** A test that is made once, or for each request when a variable decides. */
function testOf(
  value: Template,
  testFor: (tokens: readonly PatternToken[]) => (given: string) => boolean,
): ValueTest {
  if (isStatic(value)) return testFor(value)
  return (given, context) => {
    const tokens = resolveTemplate(value, context)
    return tokens === undefined ? undefined : testFor(tokens)(given)
  }
}

/** ArnEquals and ArnLike mean the same. */
function arn(): Meaning {
  return {
    hasWildcards: true,
    hasVariables: true,
    valueRule: 'an ARN with six components, variables only in the last of them',
    compile(value) {
      const matcher = arnMatcherOf(value)
      return matcher && ((given, context) => matcher.matches(splitArn(given), context))
    },
  }
}

/** An operator whose values stand as they are. */
function fixed(
  valueRule: string,
  testFor: (wanted: string) => ((given: string) => boolean) | undefined,
): Meaning {
  return {
    hasWildcards: false,
    hasVariables: false,
    valueRule,
    compile: (value) => testFor(value.filter((token) => typeof token === 'string').join('')),
  }
}

/** The six comparisons of a kind of value that has an order. */
function ordered(
  prefix: string,
  valueRule: string,
  parse: (value: string) => number | undefined,
): readonly Operator[] {
  const comparing = (compare: (given: number, wanted: number) => boolean): Meaning =>
    fixed(valueRule, (wantedText) => {
      const wanted = parse(wantedText)
      if (wanted === undefined) return undefined
      return (givenText) => {
        const given = parse(givenText)
        return given !== undefined && compare(given, wanted)
      }
    })
  return [
    ...withOpposite(
      `${prefix}Equals`,
      `${prefix}NotEquals`,
      comparing((given, wanted) => given === wanted),
    ),
    positive(
      `${prefix}LessThan`,
      comparing((given, wanted) => given < wanted),
    ),
    positive(
      `${prefix}LessThanEquals`,
      comparing((given, wanted) => given <= wanted),
    ),
    positive(
      `${prefix}GreaterThan`,
      comparing((given, wanted) => given > wanted),
    ),
    positive(
      `${prefix}GreaterThanEquals`,
      comparing((given, wanted) => given >= wanted),
    ),
  ]
}

const NUMBER = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,3})?$/
/** The W3C's profile of ISO 8601. evidence: docs reference_policies_elements_condition_operators */
const DATE =
  /^\d{4}(?:-\d{2}(?:-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2}))?)?)?$/
/** More than four digits: a year has four. */
const EPOCH_SECONDS = /^\d{5,12}(?:\.\d{1,9})?$/
const MS_PER_S = 1_000

function numberOf(value: string): number | undefined {
  return NUMBER.test(value) ? Number(value) : undefined
}

/** Epoch milliseconds. */
function instantOf(value: string): number | undefined {
  if (EPOCH_SECONDS.test(value)) return Number(value) * MS_PER_S
  if (!DATE.test(value)) return undefined
  const instant = Date.parse(value)
  return Number.isNaN(instant) ? undefined : instant
}

function booleanTest(wantedText: string): ((given: string) => boolean) | undefined {
  const wanted = wantedText.toLowerCase()
  if (wanted !== 'true' && wanted !== 'false') return undefined
  return (given) => given.toLowerCase() === wanted
}

const MAPPED_V4 = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i
const BITS = { 4: 32, 6: 128 } as const

function addressTest(wantedText: string): ((given: string) => boolean) | undefined {
  const [address = '', bitsText, ...rest] = wantedText.split('/')
  const version = isIP(address)
  if (rest.length > 0 || (version !== 4 && version !== 6)) return undefined
  // Requests show such addresses as IPv4, so a range of them would never match.
  if (MAPPED_V4.test(address)) return undefined
  const bits = bitsText === undefined ? BITS[version] : Number(bitsText)
  if (bitsText !== undefined && !/^\d{1,3}$/.test(bitsText)) return undefined
  if (bits > BITS[version]) return undefined
  const range = new BlockList()
  range.addSubnet(address, bits, version === 4 ? 'ipv4' : 'ipv6')
  return (given) => {
    const plain = plainAddress(given)
    // Families do not meet: ::/0 is no IPv4 address.
    return isIP(plain) === version && range.check(plain, version === 4 ? 'ipv4' : 'ipv6')
  }
}

/** Without a zone, and as IPv4 where a socket for both families wrapped it. */
export function plainAddress(address: string): string {
  const [withoutZone = ''] = address.split('%')
  return MAPPED_V4.exec(withoutZone)?.[1] ?? withoutZone
}
