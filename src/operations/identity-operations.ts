// The operations of the identity API, each by its name. The generated types make the list
// complete: an operation without a line does not compile.
import { CreateAppInstance } from './identity/CreateAppInstance.ts'
import { CreateAppInstanceAdmin } from './identity/CreateAppInstanceAdmin.ts'
import { CreateAppInstanceUser } from './identity/CreateAppInstanceUser.ts'
import { DeleteAppInstance } from './identity/DeleteAppInstance.ts'
import { DeleteAppInstanceAdmin } from './identity/DeleteAppInstanceAdmin.ts'
import { DeleteAppInstanceUser } from './identity/DeleteAppInstanceUser.ts'
import { DescribeAppInstance } from './identity/DescribeAppInstance.ts'
import { DescribeAppInstanceAdmin } from './identity/DescribeAppInstanceAdmin.ts'
import { DescribeAppInstanceUser } from './identity/DescribeAppInstanceUser.ts'
import { ListAppInstanceAdmins } from './identity/ListAppInstanceAdmins.ts'
import { ListAppInstanceUsers } from './identity/ListAppInstanceUsers.ts'
import { ListAppInstances } from './identity/ListAppInstances.ts'
import { ListTagsForResource } from './identity/ListTagsForResource.ts'
import { TagResource } from './identity/TagResource.ts'
import { UntagResource } from './identity/UntagResource.ts'
import { UpdateAppInstance } from './identity/UpdateAppInstance.ts'
import { UpdateAppInstanceUser } from './identity/UpdateAppInstanceUser.ts'
import type { Operations as IdentityOperations } from '../protocol/generated/identity-types.ts'
import { notImplemented, type EntriesFor } from './operation-entry.ts'

/** The 30 operations of the identity API. */
export const identityOperations = {
  CreateAppInstance,
  CreateAppInstanceAdmin,
  CreateAppInstanceBot: notImplemented,
  CreateAppInstanceUser,
  DeleteAppInstance,
  DeleteAppInstanceAdmin,
  DeleteAppInstanceBot: notImplemented,
  DeleteAppInstanceUser,
  DeregisterAppInstanceUserEndpoint: notImplemented,
  DescribeAppInstance,
  DescribeAppInstanceAdmin,
  DescribeAppInstanceBot: notImplemented,
  DescribeAppInstanceUser,
  DescribeAppInstanceUserEndpoint: notImplemented,
  GetAppInstanceRetentionSettings: notImplemented,
  ListAppInstanceAdmins,
  ListAppInstanceBots: notImplemented,
  ListAppInstanceUserEndpoints: notImplemented,
  ListAppInstanceUsers,
  ListAppInstances,
  ListTagsForResource,
  PutAppInstanceRetentionSettings: notImplemented,
  PutAppInstanceUserExpirationSettings: notImplemented,
  RegisterAppInstanceUserEndpoint: notImplemented,
  TagResource,
  UntagResource,
  UpdateAppInstance,
  UpdateAppInstanceBot: notImplemented,
  UpdateAppInstanceUser,
  UpdateAppInstanceUserEndpoint: notImplemented,
} satisfies EntriesFor<keyof IdentityOperations>
