// The Principal element of trust policies: who is meant. Identity policies have none, as they speak
// of whoever they are attached to.
// evidence: docs reference_policies_elements_principal
import type { Principal } from '../../domain/access.ts'
import { MalformedPolicy } from './malformed-policy.ts'
import { isJsonList, isJsonObject, type JsonValue } from './policy-json.ts'

/** Who asks to assume a role. */
export type TrustCaller =
  | Exclude<Principal, { readonly kind: 'anonymous' }>
  /** Someone whom an OpenID Connect provider vouches for; `url` without the scheme. */
  | { readonly kind: 'federated'; readonly providerArn: string; readonly url: string }

/** `self`: the caller is named, not only its account or everyone. */
export type PrincipalMatch = 'self' | 'account' | 'none'

export interface PrincipalElement {
  readonly isExcluded: boolean
  match(caller: TrustCaller): PrincipalMatch
}

const ACCOUNT_ID = /^\d{12}$/
const IAM_ARN = /^arn:[a-z-]+:iam::(\d{12}):(root|(user|role)\/(?:[\x21-\x7e]*\/)?([\w+=,.@-]+))$/
const SESSION_ARN = /^arn:[a-z-]+:sts::(\d{12}):assumed-role\/([\w+=,.@-]+)\/([\w+=,.@-]+)$/
const PROVIDER_ARN = /^arn:[a-z-]+:iam::\d{12}:(?:oidc|saml)-provider\/[\x21-\x7e]+$/
/** A host, and perhaps a port and a path. */
const PROVIDER_URL = /^[A-Za-z0-9.[\]:-]+(?:\/[\x21-\x7e]*)?$/
const SERVICE = /^[a-z0-9.-]+$/

type Matcher = (caller: TrustCaller) => PrincipalMatch

/** Throws MalformedPolicy. `isExcluded` for NotPrincipal. */
export function parsePrincipal(
  element: JsonValue,
  isExcluded: boolean,
  place: string,
): PrincipalElement {
  const matchers = element === '*' ? [matchEveryone] : parseMap(element, place)
  return { isExcluded, match: (caller) => strongest(matchers.map((matcher) => matcher(caller))) }
}

function parseMap(element: JsonValue, place: string): readonly Matcher[] {
  if (!isJsonObject(element) || element.size === 0) {
    throw new MalformedPolicy(place, 'must be "*" or an object with AWS, Federated or Service')
  }
  return [...element].flatMap(([kind, values]) => {
    const kindPlace = `${place}.${kind}`
    const parse = KINDS.get(kind)
    if (parse === undefined) {
      throw new MalformedPolicy(kindPlace, 'is not one of AWS, Federated and Service')
    }
    const list = isJsonList(values) ? values : [values]
    if (list.length === 0) throw new MalformedPolicy(kindPlace, 'must not be an empty list')
    return list.map((value) => {
      const matcher = typeof value === 'string' ? parse(value) : undefined
      if (matcher !== undefined) return matcher
      const shown = typeof value === 'string' ? value : JSON.stringify(value)
      throw new MalformedPolicy(kindPlace, `holds the invalid principal ${shown}`)
    })
  })
}

const KINDS: ReadonlyMap<string, (value: string) => Matcher | undefined> = new Map([
  ['AWS', parseAws],
  ['Federated', parseFederated],
  // Services of AWS never call this server.
  ['Service', (value: string) => (SERVICE.test(value) ? matchNobody : undefined)],
])

function parseAws(value: string): Matcher | undefined {
  if (value === '*') return matchEveryone
  if (ACCOUNT_ID.test(value)) return matchAccountOf(value)
  const [, accountId = '', resource, kind, name] = IAM_ARN.exec(value) ?? []
  if (resource === 'root') return matchAccountOf(accountId)
  if (kind === 'user') return (caller) => selfIf(caller.kind === 'user' && caller.arn === value)
  if (kind === 'role') {
    // The name alone: it is unique in an account, whatever path stands before it.
    return (caller) =>
      selfIf(
        caller.kind === 'assumed-role' &&
          caller.accountId === accountId &&
          caller.roleName === name,
      )
  }
  if (SESSION_ARN.test(value)) {
    return (caller) => selfIf(caller.kind === 'assumed-role' && caller.arn === value)
  }
  return undefined
}

function parseFederated(value: string): Matcher | undefined {
  if (PROVIDER_ARN.test(value)) {
    return (caller) => selfIf(caller.kind === 'federated' && caller.providerArn === value)
  }
  if (!PROVIDER_URL.test(value)) return undefined
  const url = value.toLowerCase()
  return (caller) => selfIf(caller.kind === 'federated' && caller.url.toLowerCase() === url)
}

function matchAccountOf(accountId: string): Matcher {
  return (caller) => {
    if (caller.kind === 'federated' || caller.accountId !== accountId) return 'none'
    return caller.kind === 'root' ? 'self' : 'account'
  }
}

/** "*" names nobody, so the policies of those who have some must allow it, too. */
function matchEveryone(caller: TrustCaller): PrincipalMatch {
  return caller.kind === 'root' || caller.kind === 'federated' ? 'self' : 'account'
}

function matchNobody(): PrincipalMatch {
  return 'none'
}

function selfIf(condition: boolean): PrincipalMatch {
  return condition ? 'self' : 'none'
}

function strongest(matches: readonly PrincipalMatch[]): PrincipalMatch {
  if (matches.includes('self')) return 'self'
  return matches.includes('account') ? 'account' : 'none'
}
