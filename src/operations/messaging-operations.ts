// The operations of the messaging API, each by its name. The generated types make the list
// complete: an operation without a line does not compile.
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
import { ListTagsForResource } from './messaging/ListTagsForResource.ts'
import { RedactChannelMessage } from './messaging/RedactChannelMessage.ts'
import { SendChannelMessage } from './messaging/SendChannelMessage.ts'
import { TagResource } from './messaging/TagResource.ts'
import { UntagResource } from './messaging/UntagResource.ts'
import { UpdateChannel } from './messaging/UpdateChannel.ts'
import { UpdateChannelMessage } from './messaging/UpdateChannelMessage.ts'
import type { Operations as MessagingOperations } from '../protocol/generated/messaging-types.ts'
import { notImplemented, type EntriesFor } from './operation-entry.ts'

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
  ListTagsForResource,
  PutChannelExpirationSettings: notImplemented,
  PutChannelMembershipPreferences: notImplemented,
  PutMessagingStreamingConfigurations: notImplemented,
  RedactChannelMessage,
  SearchChannels: notImplemented,
  SendChannelMessage,
  TagResource,
  UntagResource,
  UpdateChannel,
  UpdateChannelFlow: notImplemented,
  UpdateChannelMessage,
  UpdateChannelReadMarker: notImplemented,
} satisfies EntriesFor<keyof MessagingOperations>
