// What is known of a request, by condition keys. Tags are Maps, so that no tag of any name meets
// what objects inherit.
// evidence: docs reference_policies_condition-keys
import type { Principal } from '../../domain/access.ts'
import type { Tags } from '../../domain/tags.ts'
import type { ConditionContext, ConditionKey } from './condition-keys.ts'
import { plainAddress } from './operators.ts'

export interface RequestFacts {
  /** Epoch milliseconds. */
  readonly now: number
  readonly remoteAddress: string
  readonly region: string
  /** Whether it came by TLS; undefined when that is not known. */
  readonly isSecure?: boolean | undefined
  /** Undefined while somebody assumes a role by a web identity. */
  readonly principal?: Principal | undefined
  /** Of a session: the ARN of its role, which is what `aws:PrincipalArn` says of it. */
  readonly roleArn?: string | undefined
  /** Tags that the request brings. */
  readonly requestTags?: Tags | undefined
  /** Keys of those, and of tags that it takes away. */
  readonly tagKeys?: readonly string[] | undefined
  readonly resourceTags?: Tags | undefined
  /** By `claimName`. */
  readonly claims?: ReadonlyMap<string, string | readonly string[]> | undefined
  readonly externalId?: string | undefined
  readonly roleSessionName?: string | undefined
  readonly sourceIdentity?: string | undefined
  readonly transitiveTagKeys?: readonly string[] | undefined
}

const MS_PER_S = 1_000
const PRINCIPAL_TYPES: Readonly<Record<Principal['kind'], string>> = {
  root: 'Account',
  user: 'User',
  'assumed-role': 'AssumedRole',
  anonymous: 'Anonymous',
}

/** The facts as policies ask for them. */
export function createRequestContext(facts: RequestFacts): ConditionContext {
  return { find: (key) => FACTS[key.family](facts, nameWithin(key)) }
}

/** Finds the value of a key; `name` is the key of the tag, or the name of the claim. */
type FindFact = (facts: RequestFacts, name: string) => string | readonly string[] | undefined

const FACTS: Readonly<Record<ConditionKey['family'], FindFact>> = {
  'aws:currenttime': ({ now }) => new Date(now).toISOString(),
  'aws:epochtime': ({ now }) => String(Math.floor(now / MS_PER_S)),
  'aws:principalaccount': ({ principal }) => principal?.accountId,
  'aws:principalarn': ({ principal, roleArn }) =>
    roleArn ?? (principal?.kind === 'anonymous' ? undefined : principal?.arn),
  // Services of AWS never call this server.
  'aws:principalisawsservice': () => 'false',
  'aws:viaawsservice': () => 'false',
  'aws:principaltag': ({ principal }, name) =>
    hasTags(principal) ? tagOf(principal.tags, name) : undefined,
  'aws:principaltype': ({ principal }) => principal && PRINCIPAL_TYPES[principal.kind],
  'aws:requestedregion': ({ region }) => region,
  'aws:requesttag': ({ requestTags }, name) => tagOf(requestTags, name),
  'aws:resourcetag': ({ resourceTags }, name) => tagOf(resourceTags, name),
  'aws:securetransport': ({ isSecure }) => (isSecure === undefined ? undefined : String(isSecure)),
  'aws:sourceip': ({ remoteAddress }) =>
    remoteAddress === '' ? undefined : plainAddress(remoteAddress),
  'aws:tagkeys': ({ tagKeys }) => tagKeys,
  'aws:userid': ({ principal }) => {
    if (principal?.kind === 'root') return principal.accountId
    return hasTags(principal) ? principal.userId : undefined
  },
  'aws:username': ({ principal }) => (principal?.kind === 'user' ? principal.userName : undefined),
  'sts:externalid': ({ externalId }) => externalId,
  'sts:rolesessionname': ({ roleSessionName }) => roleSessionName,
  'sts:sourceidentity': ({ sourceIdentity }) => sourceIdentity,
  'sts:transitivetagkeys': ({ transitiveTagKeys }) => transitiveTagKeys,
  claim: ({ claims }, name) => claims?.get(name),
}

function nameWithin(key: ConditionKey): string {
  if ('tagKey' in key) return key.tagKey
  return 'claim' in key ? key.claim : ''
}

function hasTags(
  principal: Principal | undefined,
): principal is Extract<Principal, { readonly tags: Tags }> {
  return principal?.kind === 'user' || principal?.kind === 'assumed-role'
}

/** Keys in policies are not case-sensitive; the one that is spelled the same comes first. */
function tagOf(tags: Tags | undefined, tagKey: string): string | undefined {
  if (tags === undefined) return undefined
  const value = tags.get(tagKey)
  if (value !== undefined) return value
  const lower = tagKey.toLowerCase()
  for (const [key, other] of tags) if (key.toLowerCase() === lower) return other
  return undefined
}
