// The facts about a request that a policy may ask for, by the names that AWS gives them. A key that
// this server can never know is refused when the policy is put: a Deny that never applies because
// of it would be worse than no policy.
// evidence: docs reference_policies_condition-keys, reference_policies_iam-condition-keys
import { MalformedPolicy } from './malformed-policy.ts'

/** Where a policy is attached decides what it may say. */
export type PolicyKind = 'identity' | 'trust' | 'session'

/** Keys that are themselves; names are not case-sensitive and kept in lower case. */
const SINGLE_KEYS = [
  'aws:currenttime',
  'aws:epochtime',
  'aws:principalaccount',
  'aws:principalarn',
  'aws:principalisawsservice',
  'aws:principaltype',
  'aws:requestedregion',
  'aws:securetransport',
  'aws:sourceip',
  'aws:userid',
  'aws:username',
  'aws:viaawsservice',
  'sts:externalid',
  'sts:rolesessionname',
  'sts:sourceidentity',
] as const
/** Keys with several values: they are compared by ForAllValues and ForAnyValue only. */
const LIST_KEYS = ['aws:tagkeys', 'sts:transitivetagkeys'] as const
/** Keys that go on with `/` and the key of a tag. */
const TAG_KEYS = ['aws:principaltag', 'aws:requesttag', 'aws:resourcetag'] as const

export type SingleKeyName = (typeof SINGLE_KEYS)[number]
export type ListKeyName = (typeof LIST_KEYS)[number]
export type TagKeyName = (typeof TAG_KEYS)[number]

export type ConditionKey =
  | { readonly family: SingleKeyName | ListKeyName }
  | { readonly family: TagKeyName; readonly tagKey: string }
  /** Of a web identity's token, as `provider:claim` in lower case. */
  | { readonly family: 'claim'; readonly claim: string }

/** What is known of the request. */
export interface ConditionContext {
  /** Undefined when the request has no such thing. */
  find(key: ConditionKey): string | readonly string[] | undefined
}

/** All that a policy may ask for, for texts and documents. */
export const SUPPORTED_KEYS: readonly string[] = [
  'aws:CurrentTime',
  'aws:EpochTime',
  'aws:PrincipalAccount',
  'aws:PrincipalArn',
  'aws:PrincipalIsAWSService',
  'aws:PrincipalTag/…',
  'aws:PrincipalType',
  'aws:RequestTag/…',
  'aws:RequestedRegion',
  'aws:ResourceTag/…',
  'aws:SecureTransport',
  'aws:SourceIp',
  'aws:TagKeys',
  'aws:userid',
  'aws:username',
  'aws:ViaAWSService',
  'sts:ExternalId',
  'sts:RoleSessionName',
  'sts:SourceIdentity',
  'sts:TransitiveTagKeys',
]

/** Where the name of a web identity provider ends and that of a claim begins. */
const CLAIM = /^(.+):([^:/]+)$/s
/** Provider names are host names, with a port or a path: none of AWS's prefixes looks like that. */
const PROVIDER = /^(?:localhost|\[?[^/]*[.:][^/]*)(?:\/.*)?$/s

/** The key that `name` stands for. Throws MalformedPolicy when it can never be known. */
export function conditionKeyOf(name: string, kind: PolicyKind, place: string): ConditionKey {
  const lower = name.toLowerCase()
  const plain = [...SINGLE_KEYS, ...LIST_KEYS].find((known) => known === lower)
  if (plain !== undefined) return { family: plain }
  const slash = name.indexOf('/')
  const family = TAG_KEYS.find((known) => slash >= 0 && known === lower.slice(0, slash))
  if (family !== undefined && slash + 1 < name.length) {
    return { family, tagKey: name.slice(slash + 1) }
  }
  const [, provider = '', claim] = CLAIM.exec(lower) ?? []
  if (kind === 'trust' && claim !== undefined && PROVIDER.test(provider)) {
    return { family: 'claim', claim: lower }
  }
  throw new MalformedPolicy(
    place,
    `uses the condition key "${name}", which this server cannot know; it knows ` +
      `${SUPPORTED_KEYS.join(', ')}${kind === 'trust' ? ' and the claims of a provider' : ''}`,
  )
}

/** Whether it has several values at once. */
export function isListKey(key: ConditionKey): boolean {
  return LIST_KEYS.some((known) => known === key.family)
}

/** The name of a claim as a context gives it: `url` is the provider's, without the scheme. */
export function claimName(url: string, claim: string): string {
  return `${url}:${claim}`.toLowerCase()
}
