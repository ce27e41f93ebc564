// From rows of IAM's tables to what the domain speaks of, and the keys on which transactions and
// remembered results depend.
import type { AccessKey, IamRole, IamUser, OpenIdConnectProvider } from '../../../domain/access.ts'
import type { Tags } from '../../../domain/tags.ts'
import type { PolicyOwner } from '../../../ports/store-access.ts'
import type { OwnerPlace } from './access-statements.ts'

interface NamedRow {
  readonly name: string
  readonly path: string
  readonly arn: string
  readonly tags: string | null
  readonly created_at: number
}

/** Names are told apart without regard to case. */
export function nameKeyOf(name: string): string {
  return name.toLowerCase()
}

export function userKey(userName: string): string {
  return `iam user ${nameKeyOf(userName)}`
}

export function roleKey(roleName: string): string {
  return `iam role ${nameKeyOf(roleName)}`
}

/** Which access keys a user has. */
export function keysOfUserKey(userName: string): string {
  return `iam access keys of ${userName}`
}

export function accessKeyKey(accessKeyId: string): string {
  return `iam access key ${accessKeyId}`
}

/** Which policies an owner has, and what they say. */
export function policiesKey(owner: PolicyOwner): string {
  const { ownerKind, ownerName } = ownerPlaceOf(owner)
  return `iam policies of ${ownerKind} ${ownerName}`
}

export function providerKey(arn: string): string {
  return `openid connect provider ${arn}`
}

export const PROVIDERS_KEY = 'openid connect providers'

export function ownerPlaceOf(owner: PolicyOwner): OwnerPlace {
  return owner.kind === 'user'
    ? { ownerKind: 'user', ownerName: owner.userName }
    : { ownerKind: 'role', ownerName: owner.roleName }
}

export function userOf(row: NamedRow & { readonly user_id: string }): IamUser {
  return {
    userName: row.name,
    userId: row.user_id,
    arn: row.arn,
    path: row.path,
    tags: tagsOf(row.tags),
    createdAt: row.created_at,
  }
}

interface RoleRow extends NamedRow {
  readonly role_id: string
  readonly description: string | null
  readonly trust_policy: string
  readonly max_session_duration_s: number
}

export function roleOf(row: RoleRow): IamRole {
  return {
    roleName: row.name,
    roleId: row.role_id,
    arn: row.arn,
    path: row.path,
    description: row.description ?? undefined,
    trustPolicy: row.trust_policy,
    maxSessionDurationS: row.max_session_duration_s,
    tags: tagsOf(row.tags),
    createdAt: row.created_at,
  }
}

interface KeyRow {
  readonly access_key_id: string
  readonly user_name: string
  readonly sealed_secret: string
  readonly status: string
}

export function accessKeyOf(row: KeyRow, createdAt: number): AccessKey {
  return {
    accessKeyId: row.access_key_id,
    userName: row.user_name,
    sealedSecret: row.sealed_secret,
    status: row.status as AccessKey['status'],
    createdAt,
  }
}

interface ProviderRow {
  readonly arn: string
  readonly url: string
  readonly client_ids: string
  readonly thumbprints: string
  readonly tags: string | null
  readonly created_at: number
}

export function providerOf(row: ProviderRow): OpenIdConnectProvider {
  return {
    arn: row.arn,
    url: row.url,
    clientIds: JSON.parse(row.client_ids) as readonly string[],
    thumbprints: JSON.parse(row.thumbprints) as readonly string[],
    tags: tagsOf(row.tags),
    createdAt: row.created_at,
  }
}

export function tagsTextOf(tags: Tags): string | null {
  return tags.size === 0 ? null : JSON.stringify([...tags])
}

function tagsOf(text: string | null): Tags {
  return new Map(text === null ? [] : (JSON.parse(text) as readonly [string, string][]))
}
