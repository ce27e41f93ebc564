// What a web identity's claims mean to STS: session tags, the source identity, and the condition
// keys of trust policies. Whether the token is authentic was decided before.
import { IDPRejectedClaimException } from '../../domain/sts-errors.ts'
import { claimName } from '../../policies/iam/condition-keys.ts'
import type { WebIdentity } from '../../ports/web-identity-verifier.ts'

/** The claim that holds session tags, and the prefix of its flattened form. */
// evidence: docs IAM session tags (AssumeRoleWithWebIdentity, nested and flattened claims)
const TAGS_CLAIM = 'https://aws.amazon.com/tags'
const PRINCIPAL_TAG_PREFIX = `${TAGS_CLAIM}/principal_tags/`
const TRANSITIVE_KEYS_CLAIM = `${TAGS_CLAIM}/transitive_tag_keys`
// evidence: docs IAM source identity (OpenID Connect claim)
const SOURCE_IDENTITY_CLAIM = 'https://aws.amazon.com/source_identity'
/** evidence: model (tagKeyType, tagValueType, sourceIdentityType) */
const TAG_KEY = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,128}$/u
const TAG_VALUE = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]{0,256}$/u
const SOURCE_IDENTITY = /^[\w+=,.@-]{2,64}$/

/** As sessionTagsOf of role-session-grant.ts takes them. */
export interface ClaimedTags {
  readonly tags: readonly (readonly [string, string])[]
  readonly transitiveTagKeys: readonly string[]
}

/** Throws IDPRejectedClaimException when the claims are not as AWS describes them. */
export function claimedTagsOf({ claims }: WebIdentity): ClaimedTags {
  const nested = objectOf(claims[TAGS_CLAIM] ?? {}, TAGS_CLAIM)
  const nestedTags = objectOf(nested['principal_tags'] ?? {}, `${TAGS_CLAIM}: principal_tags`)
  const flatTags = Object.entries(claims).flatMap(([name, value]) =>
    name.startsWith(PRINCIPAL_TAG_PREFIX)
      ? [[name.slice(PRINCIPAL_TAG_PREFIX.length), value] as const]
      : [],
  )
  const tags = [...Object.entries(nestedTags), ...flatTags].map(
    ([key, value]) => [keyOf(key), valueOf(key, value)] as const,
  )
  const keys = [nested['transitive_tag_keys'] ?? [], claims[TRANSITIVE_KEYS_CLAIM] ?? []].flat()
  return { tags, transitiveTagKeys: keys.map((key: unknown) => keyOf(key)) }
}

/** Throws IDPRejectedClaimException. */
export function claimedSourceIdentityOf({ claims }: WebIdentity): string | undefined {
  const value = claims[SOURCE_IDENTITY_CLAIM]
  if (value === undefined) return undefined
  if (typeof value === 'string' && SOURCE_IDENTITY.test(value)) return value
  throw rejected(SOURCE_IDENTITY_CLAIM, 'must be 2 to 64 of the characters of a source identity')
}

/** The provider's condition keys; `url` without the scheme. */
// evidence: docs IAM condition keys (web identity federation: amr, aud, oaud, sub)
export function conditionClaimsOf(
  url: string,
  { subject, audience, claims }: WebIdentity,
): ReadonlyMap<string, string | readonly string[]> {
  const known = new Map<string, string | readonly string[]>([
    [claimName(url, 'sub'), subject],
    [claimName(url, 'aud'), audience],
  ])
  const methods = [claims['amr'] ?? []].flat().filter((method) => typeof method === 'string')
  if (methods.length > 0) known.set(claimName(url, 'amr'), methods)
  if (typeof claims['azp'] === 'string') {
    const original = [claims['aud'] ?? []].flat().filter((each) => typeof each === 'string')
    known.set(claimName(url, 'oaud'), original)
  }
  return known
}

function objectOf(value: unknown, claim: string): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as Readonly<Record<string, unknown>>
  }
  throw rejected(claim, 'must be an object')
}

function keyOf(key: unknown): string {
  if (typeof key === 'string' && TAG_KEY.test(key)) return key
  throw rejected(TAGS_CLAIM, 'has a key that no session tag can have')
}

/** A text, alone or in a list of one. */
function valueOf(key: string, value: unknown): string {
  const [only, ...others] = Array.isArray(value) ? (value as unknown[]) : [value]
  if (typeof only === 'string' && others.length === 0 && TAG_VALUE.test(only)) return only
  throw rejected(TAGS_CLAIM, `must have one value for ${key}, as a session tag has`)
}

function rejected(claim: string, rule: string): IDPRejectedClaimException {
  return new IDPRejectedClaimException(`The claim ${claim} of the ID Token ${rule}`)
}
