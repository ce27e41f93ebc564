// The operations of the identity API, each by its name. The generated types make the list
// complete: an operation without a line does not compile.
import type { Operations as IdentityOperations } from '../protocol/generated/identity-types.ts'
import { CreateAppInstance } from './identity/CreateAppInstance.ts'
import { CreateAppInstanceAdmin } from './identity/CreateAppInstanceAdmin.ts'
import { CreateAppInstanceBot } from './identity/CreateAppInstanceBot.ts'
import { CreateAppInstanceUser } from './identity/CreateAppInstanceUser.ts'
import { DeleteAppInstance } from './identity/DeleteAppInstance.ts'
import { DeleteAppInstanceAdmin } from './identity/DeleteAppInstanceAdmin.ts'
import { DeleteAppInstanceBot } from './identity/DeleteAppInstanceBot.ts'
import { DeleteAppInstanceUser } from './identity/DeleteAppInstanceUser.ts'
import { DeregisterAppInstanceUserEndpoint } from './identity/DeregisterAppInstanceUserEndpoint.ts'
import { DescribeAppInstance } from './identity/DescribeAppInstance.ts'
import { DescribeAppInstanceAdmin } from './identity/DescribeAppInstanceAdmin.ts'
import { DescribeAppInstanceBot } from './identity/DescribeAppInstanceBot.ts'
import { DescribeAppInstanceUser } from './identity/DescribeAppInstanceUser.ts'
import { DescribeAppInstanceUserEndpoint } from './identity/DescribeAppInstanceUserEndpoint.ts'
import { GetAppInstanceRetentionSettings } from './identity/GetAppInstanceRetentionSettings.ts'
import { ListAppInstanceAdmins } from './identity/ListAppInstanceAdmins.ts'
import { ListAppInstanceBots } from './identity/ListAppInstanceBots.ts'
import { ListAppInstanceUserEndpoints } from './identity/ListAppInstanceUserEndpoints.ts'
import { ListAppInstanceUsers } from './identity/ListAppInstanceUsers.ts'
import { ListAppInstances } from './identity/ListAppInstances.ts'
import { ListTagsForResource } from './identity/ListTagsForResource.ts'
import { PutAppInstanceRetentionSettings } from './identity/PutAppInstanceRetentionSettings.ts'
import { PutAppInstanceUserExpirationSettings } from './identity/PutAppInstanceUserExpirationSettings.ts'
import { RegisterAppInstanceUserEndpoint } from './identity/RegisterAppInstanceUserEndpoint.ts'
import { TagResource } from './identity/TagResource.ts'
import { UntagResource } from './identity/UntagResource.ts'
import { UpdateAppInstance } from './identity/UpdateAppInstance.ts'
import { UpdateAppInstanceBot } from './identity/UpdateAppInstanceBot.ts'
import { UpdateAppInstanceUser } from './identity/UpdateAppInstanceUser.ts'
import { UpdateAppInstanceUserEndpoint } from './identity/UpdateAppInstanceUserEndpoint.ts'
import type { EntriesFor } from './operation-entry.ts'

/** The 30 operations of the identity API. */
export const identityOperations = {
  CreateAppInstance,
  CreateAppInstanceAdmin,
  CreateAppInstanceBot,
  CreateAppInstanceUser,
  DeleteAppInstance,
  DeleteAppInstanceAdmin,
  DeleteAppInstanceBot,
  DeleteAppInstanceUser,
  DeregisterAppInstanceUserEndpoint,
  DescribeAppInstance,
  DescribeAppInstanceAdmin,
  DescribeAppInstanceBot,
  DescribeAppInstanceUser,
  DescribeAppInstanceUserEndpoint,
  GetAppInstanceRetentionSettings,
  ListAppInstanceAdmins,
  ListAppInstanceBots,
  ListAppInstanceUserEndpoints,
  ListAppInstanceUsers,
  ListAppInstances,
  ListTagsForResource,
  PutAppInstanceRetentionSettings,
  PutAppInstanceUserExpirationSettings,
  RegisterAppInstanceUserEndpoint,
  TagResource,
  UntagResource,
  UpdateAppInstance,
  UpdateAppInstanceBot,
  UpdateAppInstanceUser,
  UpdateAppInstanceUserEndpoint,
} satisfies EntriesFor<keyof IdentityOperations>
