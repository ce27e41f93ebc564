// The operations of the messaging API, each by its name. The generated types make the list
// complete: an operation without a line does not compile.
import { AssociateChannelFlow } from './messaging/AssociateChannelFlow.ts'
import { BatchCreateChannelMembership } from './messaging/BatchCreateChannelMembership.ts'
import { ChannelFlowCallback } from './messaging/ChannelFlowCallback.ts'
import { CreateChannel } from './messaging/CreateChannel.ts'
import { CreateChannelFlow } from './messaging/CreateChannelFlow.ts'
import { CreateChannelMembership } from './messaging/CreateChannelMembership.ts'
import { DeleteChannel } from './messaging/DeleteChannel.ts'
import { DeleteChannelFlow } from './messaging/DeleteChannelFlow.ts'
import { DeleteChannelMembership } from './messaging/DeleteChannelMembership.ts'
import { DeleteChannelMessage } from './messaging/DeleteChannelMessage.ts'
import { DeleteMessagingStreamingConfigurations } from './messaging/DeleteMessagingStreamingConfigurations.ts'
import { DescribeChannel } from './messaging/DescribeChannel.ts'
import { DescribeChannelFlow } from './messaging/DescribeChannelFlow.ts'
import { DescribeChannelMembership } from './messaging/DescribeChannelMembership.ts'
import { DisassociateChannelFlow } from './messaging/DisassociateChannelFlow.ts'
import { GetChannelMessage } from './messaging/GetChannelMessage.ts'
import { GetMessagingSessionEndpoint } from './messaging/GetMessagingSessionEndpoint.ts'
import { GetMessagingStreamingConfigurations } from './messaging/GetMessagingStreamingConfigurations.ts'
import { ListChannelFlows } from './messaging/ListChannelFlows.ts'
import { ListChannelMemberships } from './messaging/ListChannelMemberships.ts'
import { ListChannelMembershipsForAppInstanceUser } from './messaging/ListChannelMembershipsForAppInstanceUser.ts'
import { ListChannelMessages } from './messaging/ListChannelMessages.ts'
import { ListChannels } from './messaging/ListChannels.ts'
import { ListChannelsAssociatedWithChannelFlow } from './messaging/ListChannelsAssociatedWithChannelFlow.ts'
import { ListTagsForResource } from './messaging/ListTagsForResource.ts'
import { PutChannelExpirationSettings } from './messaging/PutChannelExpirationSettings.ts'
import { PutMessagingStreamingConfigurations } from './messaging/PutMessagingStreamingConfigurations.ts'
import { RedactChannelMessage } from './messaging/RedactChannelMessage.ts'
import { SendChannelMessage } from './messaging/SendChannelMessage.ts'
import { TagResource } from './messaging/TagResource.ts'
import { UntagResource } from './messaging/UntagResource.ts'
import { UpdateChannel } from './messaging/UpdateChannel.ts'
import { UpdateChannelFlow } from './messaging/UpdateChannelFlow.ts'
import { UpdateChannelMessage } from './messaging/UpdateChannelMessage.ts'
import type { Operations as MessagingOperations } from '../protocol/generated/messaging-types.ts'
import { notImplemented, type EntriesFor } from './operation-entry.ts'

/** The 51 operations of the messaging API. */
export const messagingOperations = {
  AssociateChannelFlow,
  BatchCreateChannelMembership,
  ChannelFlowCallback,
  CreateChannel,
  CreateChannelBan: notImplemented,
  CreateChannelFlow,
  CreateChannelMembership,
  CreateChannelModerator: notImplemented,
  DeleteChannel,
  DeleteChannelBan: notImplemented,
  DeleteChannelFlow,
  DeleteChannelMembership,
  DeleteChannelMessage,
  DeleteChannelModerator: notImplemented,
  DeleteMessagingStreamingConfigurations,
  DescribeChannel,
  DescribeChannelBan: notImplemented,
  DescribeChannelFlow,
  DescribeChannelMembership,
  DescribeChannelMembershipForAppInstanceUser: notImplemented,
  DescribeChannelModeratedByAppInstanceUser: notImplemented,
  DescribeChannelModerator: notImplemented,
  DisassociateChannelFlow,
  GetChannelMembershipPreferences: notImplemented,
  GetChannelMessage,
  GetChannelMessageStatus: notImplemented,
  GetMessagingSessionEndpoint,
  GetMessagingStreamingConfigurations,
  ListChannelBans: notImplemented,
  ListChannelFlows,
  ListChannelMemberships,
  ListChannelMembershipsForAppInstanceUser,
  ListChannelMessages,
  ListChannelModerators: notImplemented,
  ListChannels,
  ListChannelsAssociatedWithChannelFlow,
  ListChannelsModeratedByAppInstanceUser: notImplemented,
  ListSubChannels: notImplemented,
  ListTagsForResource,
  PutChannelExpirationSettings,
  PutChannelMembershipPreferences: notImplemented,
  PutMessagingStreamingConfigurations,
  RedactChannelMessage,
  SearchChannels: notImplemented,
  SendChannelMessage,
  TagResource,
  UntagResource,
  UpdateChannel,
  UpdateChannelFlow,
  UpdateChannelMessage,
  UpdateChannelReadMarker: notImplemented,
} satisfies EntriesFor<keyof MessagingOperations>
