// The operations of the messaging API, each by its name. The generated types make the list
// complete: an operation without a line does not compile.
import type { Operations as MessagingOperations } from '../protocol/generated/messaging-types.ts'
import { AssociateChannelFlow } from './messaging/AssociateChannelFlow.ts'
import { BatchCreateChannelMembership } from './messaging/BatchCreateChannelMembership.ts'
import { ChannelFlowCallback } from './messaging/ChannelFlowCallback.ts'
import { CreateChannel } from './messaging/CreateChannel.ts'
import { CreateChannelBan } from './messaging/CreateChannelBan.ts'
import { CreateChannelFlow } from './messaging/CreateChannelFlow.ts'
import { CreateChannelMembership } from './messaging/CreateChannelMembership.ts'
import { CreateChannelModerator } from './messaging/CreateChannelModerator.ts'
import { DeleteChannel } from './messaging/DeleteChannel.ts'
import { DeleteChannelBan } from './messaging/DeleteChannelBan.ts'
import { DeleteChannelFlow } from './messaging/DeleteChannelFlow.ts'
import { DeleteChannelMembership } from './messaging/DeleteChannelMembership.ts'
import { DeleteChannelMessage } from './messaging/DeleteChannelMessage.ts'
import { DeleteChannelModerator } from './messaging/DeleteChannelModerator.ts'
import { DeleteMessagingStreamingConfigurations } from './messaging/DeleteMessagingStreamingConfigurations.ts'
import { DescribeChannel } from './messaging/DescribeChannel.ts'
import { DescribeChannelBan } from './messaging/DescribeChannelBan.ts'
import { DescribeChannelFlow } from './messaging/DescribeChannelFlow.ts'
import { DescribeChannelMembership } from './messaging/DescribeChannelMembership.ts'
import { DescribeChannelMembershipForAppInstanceUser } from './messaging/DescribeChannelMembershipForAppInstanceUser.ts'
import { DescribeChannelModeratedByAppInstanceUser } from './messaging/DescribeChannelModeratedByAppInstanceUser.ts'
import { DescribeChannelModerator } from './messaging/DescribeChannelModerator.ts'
import { DisassociateChannelFlow } from './messaging/DisassociateChannelFlow.ts'
import { GetChannelMembershipPreferences } from './messaging/GetChannelMembershipPreferences.ts'
import { GetChannelMessage } from './messaging/GetChannelMessage.ts'
import { GetChannelMessageStatus } from './messaging/GetChannelMessageStatus.ts'
import { GetMessagingSessionEndpoint } from './messaging/GetMessagingSessionEndpoint.ts'
import { GetMessagingStreamingConfigurations } from './messaging/GetMessagingStreamingConfigurations.ts'
import { ListChannelBans } from './messaging/ListChannelBans.ts'
import { ListChannelFlows } from './messaging/ListChannelFlows.ts'
import { ListChannelMemberships } from './messaging/ListChannelMemberships.ts'
import { ListChannelMembershipsForAppInstanceUser } from './messaging/ListChannelMembershipsForAppInstanceUser.ts'
import { ListChannelMessages } from './messaging/ListChannelMessages.ts'
import { ListChannelModerators } from './messaging/ListChannelModerators.ts'
import { ListChannels } from './messaging/ListChannels.ts'
import { ListChannelsAssociatedWithChannelFlow } from './messaging/ListChannelsAssociatedWithChannelFlow.ts'
import { ListChannelsModeratedByAppInstanceUser } from './messaging/ListChannelsModeratedByAppInstanceUser.ts'
import { ListSubChannels } from './messaging/ListSubChannels.ts'
import { ListTagsForResource } from './messaging/ListTagsForResource.ts'
import { PutChannelExpirationSettings } from './messaging/PutChannelExpirationSettings.ts'
import { PutChannelMembershipPreferences } from './messaging/PutChannelMembershipPreferences.ts'
import { PutMessagingStreamingConfigurations } from './messaging/PutMessagingStreamingConfigurations.ts'
import { RedactChannelMessage } from './messaging/RedactChannelMessage.ts'
import { SearchChannels } from './messaging/SearchChannels.ts'
import { SendChannelMessage } from './messaging/SendChannelMessage.ts'
import { TagResource } from './messaging/TagResource.ts'
import { UntagResource } from './messaging/UntagResource.ts'
import { UpdateChannel } from './messaging/UpdateChannel.ts'
import { UpdateChannelFlow } from './messaging/UpdateChannelFlow.ts'
import { UpdateChannelMessage } from './messaging/UpdateChannelMessage.ts'
import { UpdateChannelReadMarker } from './messaging/UpdateChannelReadMarker.ts'
import type { EntriesFor } from './operation-entry.ts'

/** The 51 operations of the messaging API. */
export const messagingOperations = {
  AssociateChannelFlow,
  BatchCreateChannelMembership,
  ChannelFlowCallback,
  CreateChannel,
  CreateChannelBan,
  CreateChannelFlow,
  CreateChannelMembership,
  CreateChannelModerator,
  DeleteChannel,
  DeleteChannelBan,
  DeleteChannelFlow,
  DeleteChannelMembership,
  DeleteChannelMessage,
  DeleteChannelModerator,
  DeleteMessagingStreamingConfigurations,
  DescribeChannel,
  DescribeChannelBan,
  DescribeChannelFlow,
  DescribeChannelMembership,
  DescribeChannelMembershipForAppInstanceUser,
  DescribeChannelModeratedByAppInstanceUser,
  DescribeChannelModerator,
  DisassociateChannelFlow,
  GetChannelMembershipPreferences,
  GetChannelMessage,
  GetChannelMessageStatus,
  GetMessagingSessionEndpoint,
  GetMessagingStreamingConfigurations,
  ListChannelBans,
  ListChannelFlows,
  ListChannelMemberships,
  ListChannelMembershipsForAppInstanceUser,
  ListChannelMessages,
  ListChannelModerators,
  ListChannels,
  ListChannelsAssociatedWithChannelFlow,
  ListChannelsModeratedByAppInstanceUser,
  ListSubChannels,
  ListTagsForResource,
  PutChannelExpirationSettings,
  PutChannelMembershipPreferences,
  PutMessagingStreamingConfigurations,
  RedactChannelMessage,
  SearchChannels,
  SendChannelMessage,
  TagResource,
  UntagResource,
  UpdateChannel,
  UpdateChannelFlow,
  UpdateChannelMessage,
  UpdateChannelReadMarker,
} satisfies EntriesFor<keyof MessagingOperations>
