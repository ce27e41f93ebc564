// IAM users, their keys, roles, inline policies and OpenID Connect providers, as the store keeps
// them. Names are unique without regard to case and found by their exact spelling only.
// evidence: docs IAM identifiers
import type {
  AccessKey,
  IamRole,
  IamUser,
  InlinePolicy,
  OpenIdConnectProvider,
} from '../domain/access.ts'
import type { Page, PageRequest } from './paging.ts'

/** Whom an inline policy belongs to. */
export type PolicyOwner =
  | { readonly kind: 'user'; readonly userName: string }
  | { readonly kind: 'role'; readonly roleName: string }

/** What is kept of access control; undefined for what does not exist. */
export interface AccessReader {
  findUser(userName: string): Promise<IamUser | undefined>
  /** Whether a user has this name in any spelling. */
  isUserNameTaken(userName: string): Promise<boolean>
  /** By name, those whose path begins with `pathPrefix`. */
  listUsers(pathPrefix: string, page: PageRequest): Promise<Page<IamUser>>
  /** The key with the user it belongs to. On the path of every request: remembered. */
  findAccessKey(
    accessKeyId: string,
  ): Promise<{ readonly key: AccessKey; readonly user: IamUser } | undefined>
  /** By id. */
  listAccessKeys(userName: string, page: PageRequest): Promise<Page<AccessKey>>
  /** On the path of every request of a role's session: remembered. */
  findRole(roleName: string): Promise<IamRole | undefined>
  /** Whether a role has this name in any spelling. */
  isRoleNameTaken(roleName: string): Promise<boolean>
  /** By name. */
  listRoles(pathPrefix: string, page: PageRequest): Promise<Page<IamRole>>
  findPolicy(owner: PolicyOwner, policyName: string): Promise<InlinePolicy | undefined>
  /** By name. */
  listPolicies(owner: PolicyOwner, page: PageRequest): Promise<Page<InlinePolicy>>
  /** All of them. On the path of every request: remembered, the same array until one changes. */
  findPolicies(owner: PolicyOwner): Promise<readonly InlinePolicy[]>
  findProvider(arn: string): Promise<OpenIdConnectProvider | undefined>
  listProviders(): Promise<readonly OpenIdConnectProvider[]>
  /** How many access keys a user has. */
  countAccessKeys(userName: string): Promise<number>
}

/** The same within a transaction, and what it changes. */
export interface AccessWriter extends AccessReader {
  insertUser(user: IamUser): void
  /** Whoever removes it has made sure that it has neither keys nor policies. */
  removeUser(userName: string): void
  insertAccessKey(key: AccessKey): void
  replaceAccessKey(key: AccessKey): void
  removeAccessKey(accessKeyId: string): void
  insertRole(role: IamRole): void
  /** Changes the trust policy. */
  replaceRole(role: IamRole): void
  /** Whoever removes it has made sure that it has no policies. */
  removeRole(roleName: string): void
  putPolicy(owner: PolicyOwner, policy: InlinePolicy): void
  removePolicy(owner: PolicyOwner, policyName: string): void
  insertProvider(provider: OpenIdConnectProvider): void
  removeProvider(arn: string): void
}
