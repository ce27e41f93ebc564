// Policy documents as IAM takes and gives them: checked and measured on the way in, percent-encoded
// on the way out.
import {
  LimitExceededException,
  MalformedPolicyDocumentException,
} from '../../domain/iam-errors.ts'
import { iamQuotaText, type Limits } from '../../domain/limits.ts'
import { compilePolicy, policyCharactersCount } from '../../policies/iam/compile-policy.ts'
import { MalformedPolicy } from '../../policies/iam/malformed-policy.ts'
import type { AccessReader, PolicyOwner } from '../../ports/store-access.ts'

/** What encodeURIComponent leaves and RFC 3986 reserves. */
const RESERVED_LEFT = /[!'()*]/g

/** Throws MalformedPolicyDocumentException for a text that this server could not evaluate. */
export function requirePolicy(text: string, kind: Parameters<typeof compilePolicy>[1]): void {
  try {
    compilePolicy(text, kind)
  } catch (error) {
    if (!(error instanceof MalformedPolicy)) throw error
    throw new MalformedPolicyDocumentException(error.message)
  }
}

/** Throws LimitExceededException unless the trust policy is small enough. */
export function requireTrustPolicyFits(text: string, limits: Limits): void {
  if (policyCharactersCount(text) <= limits.trustPolicyCharacters) return
  throw new LimitExceededException(iamQuotaText(limits, 'trustPolicyCharacters'))
}

/**
 * Throws LimitExceededException when the owner's inline policies together would be too long with
 * `document` in place of the one that now has its name.
 */
// evidence: docs IAM and AWS STS quotas (white space does not count) | field (the text)
export async function requirePoliciesFit(
  access: Pick<AccessReader, 'findPolicies'>,
  limits: Limits,
  owner: PolicyOwner,
  policy: { readonly policyName: string; readonly document: string },
): Promise<void> {
  const present = await access.findPolicies(owner)
  const others = present.filter(({ policyName }) => policyName !== policy.policyName)
  const [quota, name] =
    owner.kind === 'user'
      ? [limits.policyCharactersPerIamUser, owner.userName]
      : [limits.policyCharactersPerIamRole, owner.roleName]
  let count = policyCharactersCount(policy.document)
  for (const { document } of others) count += policyCharactersCount(document)
  if (count <= quota) return
  throw new LimitExceededException(
    `Maximum policy size of ${quota} bytes exceeded for ${owner.kind} ${name}`,
  )
}

/** As answers carry it. */
// evidence: docs GetUserPolicy (URL-encoded compliant with RFC 3986)
export function encodePolicyDocument(text: string): string {
  return encodeURIComponent(text).replaceAll(
    RESERVED_LEFT,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}
