// What several operations of IAM ask of their input and of what exists, with IAM's own texts.
import { FrontDoorError } from '../../base/api-error.ts'
import type { AccessKey, IamRole, IamUser, Principal } from '../../domain/access.ts'
import {
  InvalidInputException,
  LimitExceededException,
  NoSuchEntityException,
} from '../../domain/iam-errors.ts'
import { iamQuotaText, type Limits } from '../../domain/limits.ts'
import type { Tags } from '../../domain/tags.ts'
import type { AccessReader, PolicyOwner } from '../../ports/store-access.ts'
import type { CountedThing, StoreTransaction } from '../../ports/store.ts'

/** Tag keys that AWS keeps for itself. */
// evidence: docs Tags for IAM resources
const RESERVED_TAG_PREFIX = /^aws:/i

/**
 * The user whom an operation speaks of: the one named, or else the one who asks. Throws the front
 * door's ValidationException when nobody is named and the caller is no user.
 */
// evidence: docs GetUser | field (the text)
export function userNameOf(userName: string | undefined, principal: Principal): string {
  if (userName !== undefined) return userName
  if (principal.kind === 'user') return principal.userName
  throw new FrontDoorError(
    'ValidationException',
    400,
    'Must specify userName when calling with non-User credentials',
  )
}

export async function requireUser(
  access: Pick<AccessReader, 'findUser'>,
  userName: string,
): Promise<IamUser> {
  const user = await access.findUser(userName)
  if (user !== undefined) return user
  throw new NoSuchEntityException(`The user with name ${userName} cannot be found.`)
}

export async function requireRole(
  access: Pick<AccessReader, 'findRole'>,
  roleName: string,
): Promise<IamRole> {
  const role = await access.findRole(roleName)
  if (role !== undefined) return role
  throw new NoSuchEntityException(`The role with name ${roleName} cannot be found.`)
}

/** The user's own key of that id; a key of someone else does not exist for it. */
export async function requireAccessKey(
  access: Pick<AccessReader, 'findUser' | 'findAccessKey'>,
  userName: string,
  accessKeyId: string,
): Promise<AccessKey> {
  await requireUser(access, userName)
  const found = await access.findAccessKey(accessKeyId)
  if (found?.key.userName === userName) return found.key
  throw new NoSuchEntityException(`The Access Key with id ${accessKeyId} cannot be found.`)
}

/** The text of a policy that exists. */
export async function requirePolicyDocument(
  access: Pick<AccessReader, 'findPolicy'>,
  owner: PolicyOwner,
  policyName: string,
): Promise<string> {
  const policy = await access.findPolicy(owner, policyName)
  if (policy !== undefined) return policy.document
  throw new NoSuchEntityException(
    `The ${owner.kind} policy with name ${policyName} cannot be found.`,
  )
}

export function noSuchProvider(arn: string): NoSuchEntityException {
  return new NoSuchEntityException(`OpenIDConnect Provider not found for arn ${arn}`)
}

/** Tags of a request. Keys are told apart without regard to case, as IAM does. */
// evidence: docs Tags for IAM resources | field (the text)
export function requireIamTags(
  wireTags: readonly { readonly Key: string; readonly Value: string }[] | undefined,
): Tags {
  const tags = new Map<string, string>()
  const seen = new Set<string>()
  for (const { Key, Value } of wireTags ?? []) {
    if (RESERVED_TAG_PREFIX.test(Key)) {
      throw new InvalidInputException(
        'Tags: aws: prefixed tag keys are not allowed for external use.',
      )
    }
    if (seen.has(Key.toLowerCase())) {
      throw new InvalidInputException(
        'Duplicate tag keys found. Please note that Tag keys are case insensitive.',
      )
    }
    seen.add(Key.toLowerCase())
    tags.set(Key, Value)
  }
  return tags
}

/** Permissions boundaries are not evaluated here, and one that is ignored would allow too much. */
// evidence: inferred
export function refusePermissionsBoundary(input: {
  readonly PermissionsBoundary?: string | undefined
}): void {
  if (input.PermissionsBoundary === undefined) return
  throw new InvalidInputException('PermissionsBoundary is not supported by this server')
}

const LIMIT_OF = {
  'iam-users': 'iamUsersPerAccount',
  'iam-roles': 'iamRolesPerAccount',
  'openid-connect-providers': 'openIdConnectProvidersPerAccount',
} as const satisfies Partial<Record<CountedThing['kind'], keyof Limits>>

/** Throws LimitExceededException unless one more fits. */
export async function requireIamQuota(
  tx: Pick<StoreTransaction, 'fitsQuota'>,
  limits: Limits,
  kind: keyof typeof LIMIT_OF,
): Promise<void> {
  const quota = LIMIT_OF[kind]
  if (await tx.fitsQuota({ kind }, 1, limits[quota])) return
  throw new LimitExceededException(iamQuotaText(limits, quota))
}
