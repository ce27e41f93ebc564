// Channels and what people are to them, as the wire shows it: members, moderators, the banned.
// Answers and event payloads look the same, so both come from here.
import type {
  Channel,
  ChannelBan,
  ChannelMembership,
  ChannelMembershipPreferences,
  ChannelModerator,
  ChannelSummary,
  OwnMembership,
} from '../../domain/channel.ts'
import type { Identity } from '../../domain/identity.ts'
import { presentIdentity } from './identity-presenters.ts'
import { presentSubChannelId } from './message-presenters.ts'

/** LastMessageTimestamp is absent while there is no message. */
// evidence: field (behaviour 3.1)
export function presentChannelSummary({ channel, lastMessageAt }: ChannelSummary) {
  return {
    Name: channel.name,
    ChannelArn: channel.arn,
    Mode: channel.mode,
    Privacy: channel.privacy,
    Metadata: channel.metadata,
    LastMessageTimestamp: lastMessageAt === undefined ? undefined : new Date(lastMessageAt),
  }
}

export function presentChannel(summary: ChannelSummary) {
  const { channel } = summary
  return {
    ...presentChannelSummary(summary),
    CreatedBy: presentIdentity(channel.createdBy),
    CreatedTimestamp: new Date(channel.createdAt),
    LastUpdatedTimestamp: new Date(channel.lastUpdatedAt),
    ChannelFlowArn: channel.channelFlowArn,
    ExpirationSettings: presentChannelExpiration(channel),
  }
}

/** For those who may see it, beside `presentChannel`. */
export function presentElasticConfiguration({ elasticChannelConfiguration }: Channel) {
  return (
    elasticChannelConfiguration && {
      MaximumSubChannels: elasticChannelConfiguration.maximumSubChannels,
      TargetMembershipsPerSubChannel: elasticChannelConfiguration.targetMembershipsPerSubChannel,
      MinimumMembershipPercentage: elasticChannelConfiguration.minimumMembershipPercentage,
    }
  )
}

/** For streams, which are the operator's: all that there is of a channel. */
export function presentWholeChannel(summary: ChannelSummary) {
  return {
    ...presentChannel(summary),
    ElasticChannelConfiguration: presentElasticConfiguration(summary.channel),
  }
}

export function presentChannelExpiration({ expiration }: Channel) {
  return (
    expiration && { ExpirationDays: expiration.days, ExpirationCriterion: expiration.criterion }
  )
}

export function presentMembershipSummary(membership: Pick<ChannelMembership, 'member'>) {
  return { Member: presentIdentity(membership.member) }
}

export function presentMembership(membership: ChannelMembership) {
  return {
    ChannelArn: membership.channelArn,
    Member: presentIdentity(membership.member),
    Type: membership.type,
    InvitedBy: presentIdentity(membership.invitedBy),
    CreatedTimestamp: new Date(membership.createdAt),
    LastUpdatedTimestamp: new Date(membership.lastUpdatedAt),
    SubChannelId: presentSubChannelId(membership),
  }
}

/**
 * Memberships that one request created in one channel. `subChannelId` is empty where they are in
 * several sub-channels, too.
 */
// evidence: model BatchChannelMemberships, which has no instants, and one SubChannelId for all
export function presentMembershipBatch(
  batch: Pick<ChannelMembership, 'channelArn' | 'subChannelId' | 'type' | 'invitedBy'>,
  members: readonly Identity[],
) {
  return {
    ChannelArn: batch.channelArn,
    SubChannelId: presentSubChannelId(batch),
    Type: batch.type,
    InvitedBy: presentIdentity(batch.invitedBy),
    Members: members.map(presentIdentity),
  }
}

export function presentModeratorSummary(moderator: ChannelModerator) {
  return { Moderator: presentIdentity(moderator.moderator) }
}

export function presentModerator(moderator: ChannelModerator) {
  return {
    ...presentModeratorSummary(moderator),
    ChannelArn: moderator.channelArn,
    CreatedTimestamp: new Date(moderator.createdAt),
    CreatedBy: presentIdentity(moderator.createdBy),
  }
}

export function presentBanSummary(ban: ChannelBan) {
  return { Member: presentIdentity(ban.member) }
}

export function presentBan(ban: ChannelBan) {
  return {
    ...presentBanSummary(ban),
    ChannelArn: ban.channelArn,
    CreatedTimestamp: new Date(ban.createdAt),
    CreatedBy: presentIdentity(ban.createdBy),
  }
}

/** `isOwn`: whether the caller is the member, as nobody is told the read markers of others. */
// evidence: field (behaviour 3.4)
export function presentOwnMembership(membership: OwnMembership, isOwn: boolean) {
  const { readMarkerAt, subChannelId } = membership
  return {
    ChannelSummary: presentChannelSummary(membership),
    AppInstanceUserMembershipSummary: {
      Type: membership.type,
      ReadMarkerTimestamp: isOwn && readMarkerAt !== undefined ? new Date(readMarkerAt) : undefined,
      SubChannelId: subChannelId === '' ? undefined : subChannelId,
    },
  }
}

/** What was never put is the default: everything is pushed. */
// evidence: inferred (behaviour 3.3)
export function presentPreferences(preferences: ChannelMembershipPreferences | undefined) {
  return {
    PushNotifications: {
      AllowNotifications: preferences?.allowNotifications ?? 'ALL',
      FilterRule: preferences?.filterRule,
    },
  }
}
