// Every operation that this server knows by name, and for those that exist, how to run them. The
// generated types make the list complete: an operation without a line does not compile.
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
import { UpdateAppInstance } from './identity/UpdateAppInstance.ts'
import { UpdateAppInstanceUser } from './identity/UpdateAppInstanceUser.ts'
import { BatchCreateChannelMembership } from './messaging/BatchCreateChannelMembership.ts'
import { CreateChannel } from './messaging/CreateChannel.ts'
import { CreateChannelMembership } from './messaging/CreateChannelMembership.ts'
import { DeleteChannel } from './messaging/DeleteChannel.ts'
import { DeleteChannelMembership } from './messaging/DeleteChannelMembership.ts'
import { DeleteChannelMessage } from './messaging/DeleteChannelMessage.ts'
import { DescribeChannel } from './messaging/DescribeChannel.ts'
import { DescribeChannelMembership } from './messaging/DescribeChannelMembership.ts'
import { GetChannelMessage } from './messaging/GetChannelMessage.ts'
import { GetMessagingSessionEndpoint } from './messaging/GetMessagingSessionEndpoint.ts'
import { ListChannelMemberships } from './messaging/ListChannelMemberships.ts'
import { ListChannelMembershipsForAppInstanceUser } from './messaging/ListChannelMembershipsForAppInstanceUser.ts'
import { ListChannelMessages } from './messaging/ListChannelMessages.ts'
import { ListChannels } from './messaging/ListChannels.ts'
import { RedactChannelMessage } from './messaging/RedactChannelMessage.ts'
import { SendChannelMessage } from './messaging/SendChannelMessage.ts'
import { UpdateChannel } from './messaging/UpdateChannel.ts'
import { UpdateChannelMessage } from './messaging/UpdateChannelMessage.ts'
import type { BearerCaller } from '../policies/caller.ts'
import type { Operations as IdentityOperations } from '../protocol/generated/identity-types.ts'
import type { Operations as MessagingOperations } from '../protocol/generated/messaging-types.ts'
import type {
  OperationAccess,
  OperationDefinition,
  OperationDependencies,
  OperationName,
} from './define-operation.ts'

/** An operation that later work brings: it is answered with the 501 NotImplementedException. */
export interface NotImplementedOperation {
  readonly run?: undefined
}

/** An operation as the request chain runs it, once input and caller fit its name and access. */
export interface ImplementedOperation {
  readonly name: OperationName
  readonly access: OperationAccess
  run(
    request: {
      readonly input: object
      readonly caller: BearerCaller | undefined
      readonly now: number
      readonly accountId: string
    },
    dependencies: OperationDependencies,
  ): Promise<object | undefined>
}

export type RegistryEntry = ImplementedOperation | NotImplementedOperation

type EntriesFor<Names extends OperationName> = {
  readonly [Name in Names]:
    | OperationDefinition<Name, 'bearer'>
    | OperationDefinition<Name, 'credential'>
    | NotImplementedOperation
}

const notImplemented: NotImplementedOperation = {}

/** The 51 operations of the messaging API. */
export const messagingOperations = {
  AssociateChannelFlow: notImplemented,
  BatchCreateChannelMembership,
  ChannelFlowCallback: notImplemented,
  CreateChannel,
  CreateChannelBan: notImplemented,
  CreateChannelFlow: notImplemented,
  CreateChannelMembership,
  CreateChannelModerator: notImplemented,
  DeleteChannel,
  DeleteChannelBan: notImplemented,
  DeleteChannelFlow: notImplemented,
  DeleteChannelMembership,
  DeleteChannelMessage,
  DeleteChannelModerator: notImplemented,
  DeleteMessagingStreamingConfigurations: notImplemented,
  DescribeChannel,
  DescribeChannelBan: notImplemented,
  DescribeChannelFlow: notImplemented,
  DescribeChannelMembership,
  DescribeChannelMembershipForAppInstanceUser: notImplemented,
  DescribeChannelModeratedByAppInstanceUser: notImplemented,
  DescribeChannelModerator: notImplemented,
  DisassociateChannelFlow: notImplemented,
  GetChannelMembershipPreferences: notImplemented,
  GetChannelMessage,
  GetChannelMessageStatus: notImplemented,
  GetMessagingSessionEndpoint,
  GetMessagingStreamingConfigurations: notImplemented,
  ListChannelBans: notImplemented,
  ListChannelFlows: notImplemented,
  ListChannelMemberships,
  ListChannelMembershipsForAppInstanceUser,
  ListChannelMessages,
  ListChannelModerators: notImplemented,
  ListChannels,
  ListChannelsAssociatedWithChannelFlow: notImplemented,
  ListChannelsModeratedByAppInstanceUser: notImplemented,
  ListSubChannels: notImplemented,
  ListTagsForResource: notImplemented,
  PutChannelExpirationSettings: notImplemented,
  PutChannelMembershipPreferences: notImplemented,
  PutMessagingStreamingConfigurations: notImplemented,
  RedactChannelMessage,
  SearchChannels: notImplemented,
  SendChannelMessage,
  TagResource: notImplemented,
  UntagResource: notImplemented,
  UpdateChannel,
  UpdateChannelFlow: notImplemented,
  UpdateChannelMessage,
  UpdateChannelReadMarker: notImplemented,
} satisfies EntriesFor<keyof MessagingOperations>

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
  ListTagsForResource: notImplemented,
  PutAppInstanceRetentionSettings: notImplemented,
  PutAppInstanceUserExpirationSettings: notImplemented,
  RegisterAppInstanceUserEndpoint: notImplemented,
  TagResource: notImplemented,
  UntagResource: notImplemented,
  UpdateAppInstance,
  UpdateAppInstanceBot: notImplemented,
  UpdateAppInstanceUser,
  UpdateAppInstanceUserEndpoint: notImplemented,
} satisfies EntriesFor<keyof IdentityOperations>

/** The 25 operations of IAM that this server is to serve; held against the model by a test. */
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
} as const

/** The 3 operations of STS that this server is to serve; held against the model by a test. */
export const stsOperations = {
  AssumeRole: notImplemented,
  AssumeRoleWithWebIdentity: notImplemented,
  GetCallerIdentity: notImplemented,
} as const

/** Every name of every API: no two of them share a name with different shapes. */
export const registry: Readonly<Record<string, RegistryEntry>> = Object.assign(
  // Without a prototype, so that no name of a request finds what objects inherit.
  Object.create(null) as Record<string, RegistryEntry>,
  messagingOperations,
  identityOperations,
  iamOperations,
  stsOperations,
)

/** Whether an entry can be run; the others are answered with 501. */
export function isImplemented(entry: RegistryEntry): entry is ImplementedOperation {
  return entry.run !== undefined
}
