// The operations of IAM that this server serves, each by its name. The generated types make the
// list complete: an operation without a line does not compile.
import type { Operations as IamOperations } from '../protocol/generated/iam-types.ts'
import { CreateAccessKey } from './iam/CreateAccessKey.ts'
import { CreateOpenIDConnectProvider } from './iam/CreateOpenIDConnectProvider.ts'
import { CreateRole } from './iam/CreateRole.ts'
import { CreateUser } from './iam/CreateUser.ts'
import { DeleteAccessKey } from './iam/DeleteAccessKey.ts'
import { DeleteOpenIDConnectProvider } from './iam/DeleteOpenIDConnectProvider.ts'
import { DeleteRole } from './iam/DeleteRole.ts'
import { DeleteRolePolicy } from './iam/DeleteRolePolicy.ts'
import { DeleteUser } from './iam/DeleteUser.ts'
import { DeleteUserPolicy } from './iam/DeleteUserPolicy.ts'
import { GetOpenIDConnectProvider } from './iam/GetOpenIDConnectProvider.ts'
import { GetRole } from './iam/GetRole.ts'
import { GetRolePolicy } from './iam/GetRolePolicy.ts'
import { GetUser } from './iam/GetUser.ts'
import { GetUserPolicy } from './iam/GetUserPolicy.ts'
import { ListAccessKeys } from './iam/ListAccessKeys.ts'
import { ListOpenIDConnectProviders } from './iam/ListOpenIDConnectProviders.ts'
import { ListRolePolicies } from './iam/ListRolePolicies.ts'
import { ListRoles } from './iam/ListRoles.ts'
import { ListUserPolicies } from './iam/ListUserPolicies.ts'
import { ListUsers } from './iam/ListUsers.ts'
import { PutRolePolicy } from './iam/PutRolePolicy.ts'
import { PutUserPolicy } from './iam/PutUserPolicy.ts'
import { UpdateAccessKey } from './iam/UpdateAccessKey.ts'
import { UpdateAssumeRolePolicy } from './iam/UpdateAssumeRolePolicy.ts'
import type { EntriesFor } from './operation-entry.ts'

/** The 25 operations of IAM that this server serves. */
export const iamOperations = {
  CreateAccessKey,
  CreateOpenIDConnectProvider,
  CreateRole,
  CreateUser,
  DeleteAccessKey,
  DeleteOpenIDConnectProvider,
  DeleteRole,
  DeleteRolePolicy,
  DeleteUser,
  DeleteUserPolicy,
  GetOpenIDConnectProvider,
  GetRole,
  GetRolePolicy,
  GetUser,
  GetUserPolicy,
  ListAccessKeys,
  ListOpenIDConnectProviders,
  ListRolePolicies,
  ListRoles,
  ListUserPolicies,
  ListUsers,
  PutRolePolicy,
  PutUserPolicy,
  UpdateAccessKey,
  UpdateAssumeRolePolicy,
} satisfies EntriesFor<keyof IamOperations>
