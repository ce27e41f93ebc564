// The operations of IAM that this server serves, each by its name. The generated types make the list
// complete: an operation without a line does not compile.
import type { Operations as IamOperations } from '../protocol/generated/iam-types.ts'
import { notImplemented, type EntriesFor } from './operation-entry.ts'

/** The 25 operations of IAM that this server serves. */
export const iamOperations = {
  CreateAccessKey: notImplemented,
  CreateOpenIDConnectProvider: notImplemented,
  CreateRole: notImplemented,
  CreateUser: notImplemented,
  DeleteAccessKey: notImplemented,
  DeleteOpenIDConnectProvider: notImplemented,
  DeleteRole: notImplemented,
  DeleteRolePolicy: notImplemented,
  DeleteUser: notImplemented,
  DeleteUserPolicy: notImplemented,
  GetOpenIDConnectProvider: notImplemented,
  GetRole: notImplemented,
  GetRolePolicy: notImplemented,
  GetUser: notImplemented,
  GetUserPolicy: notImplemented,
  ListAccessKeys: notImplemented,
  ListOpenIDConnectProviders: notImplemented,
  ListRolePolicies: notImplemented,
  ListRoles: notImplemented,
  ListUserPolicies: notImplemented,
  ListUsers: notImplemented,
  PutRolePolicy: notImplemented,
  PutUserPolicy: notImplemented,
  UpdateAccessKey: notImplemented,
  UpdateAssumeRolePolicy: notImplemented,
} satisfies EntriesFor<keyof IamOperations>
