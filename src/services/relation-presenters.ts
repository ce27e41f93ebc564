// What people are to channels, as the wire shows it: moderators, bans, and a member's own view of
// its membership. The objects themselves are in presenters.ts.
import type {
  ChannelBan,
  ChannelMembershipPreferences,
  ChannelModerator,
  OwnMembership,
} from '../domain/channel.ts'
import { presentChannelSummary, presentIdentity } from './presenters.ts'

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
