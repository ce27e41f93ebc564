// Channels and the relations that people have to them. All instants are epoch milliseconds.
import type { ChannelArn, ChannelFlowArn, MemberArn } from '../base/arn.ts'
import type { Identity } from './identity.ts'

/** Whether those who are no members may find the channel and add themselves. */
export type ChannelPrivacy = 'PUBLIC' | 'PRIVATE'
/** Whether only moderators and administrators may add others, or every DEFAULT member. */
export type ChannelMode = 'RESTRICTED' | 'UNRESTRICTED'
/** HIDDEN members observe: they receive and read, but cannot send and are not listed. */
export type MembershipType = 'DEFAULT' | 'HIDDEN'

/** When a channel is deleted by itself. */
export interface ChannelExpiration {
  /** 1 to 5475, since what the criterion names. */
  readonly days: number
  readonly criterion: 'CREATED_TIMESTAMP' | 'LAST_MESSAGE_TIMESTAMP'
}

/** How an elastic channel spreads its members; never changes. */
export interface ElasticChannelConfiguration {
  readonly maximumSubChannels: number
  readonly targetMembershipsPerSubChannel: number
  /** 1 to 40. */
  readonly minimumMembershipPercentage: number
}

/** A channel with its settings. Who is what to it is kept apart from it. */
export interface Channel {
  readonly arn: ChannelArn
  readonly name: string
  readonly mode: ChannelMode
  readonly privacy: ChannelPrivacy
  /** Absent when never given; may be empty. */
  readonly metadata?: string | undefined
  readonly createdBy: Identity
  readonly createdAt: number
  readonly lastUpdatedAt: number
  /** Absent for a channel whose messages go through no flow. */
  readonly channelFlowArn?: ChannelFlowArn | undefined
  /** Absent for a channel that stays. */
  readonly expiration?: ChannelExpiration | undefined
  /** Present exactly for elastic channels. */
  readonly elasticChannelConfiguration?: ElasticChannelConfiguration | undefined
}

/** A channel in a list. */
export interface ChannelSummary {
  readonly channel: Channel
  /**
   * When the last persistent message that the viewer may see was created; absent while there is
   * none. Never moves back, not even when that message is redacted or deleted.
   */
  readonly lastMessageAt?: number | undefined
}

/** Someone who moderates a channel, member or not. */
export interface ChannelModerator {
  readonly channelArn: ChannelArn
  readonly moderator: Identity
  readonly createdBy: Identity
  readonly createdAt: number
}

/** Someone who may not become a member of a channel. */
export interface ChannelBan {
  readonly channelArn: ChannelArn
  readonly member: Identity
  readonly createdBy: Identity
  readonly createdAt: number
}

/** Which messages a member wants to be pushed. */
export interface ChannelMembershipPreferences {
  readonly allowNotifications: 'ALL' | 'NONE' | 'FILTERED'
  /** The text of a filter rule (domain/filter-rule.ts); present exactly for FILTERED. */
  readonly filterRule?: string | undefined
}

/** One's own membership: what only the member itself may see of it. */
export interface OwnMembership extends ChannelSummary {
  readonly type: MembershipType
  /** Empty unless the channel is elastic. */
  readonly subChannelId: string
  /** Absent until the member sets it for the first time. */
  readonly readMarkerAt?: number | undefined
}

/** That somebody belongs to a channel, in an elastic one to a sub-channel. */
export interface ChannelMembership {
  readonly channelArn: ChannelArn
  readonly member: Identity
  readonly type: MembershipType
  readonly invitedBy: Identity
  readonly createdAt: number
  readonly lastUpdatedAt: number
  /** Empty unless the channel is elastic. */
  readonly subChannelId: string
  /**
   * Whether a moderator holds it, which takes no place in its sub-channel: balancing never moves
   * it. False unless the channel is elastic.
   */
  readonly isOfModerator: boolean
}

/**
 * A part of an elastic channel: a conversation of its own, with its own members. Exists from its
 * first membership until balancing takes it apart.
 */
export interface SubChannel {
  readonly channelArn: ChannelArn
  readonly subChannelId: string
  readonly createdAt: number
  /** Memberships that take a place, moderators' not among them. Never above the target. */
  readonly regularMembershipsCount: number
  readonly moderatorMembershipsCount: number
}

/** What one user or bot is to one channel. Roles add up: an admin may be a member, too. */
export interface ChannelRelation {
  readonly arn: MemberArn
  readonly isAdmin: boolean
  readonly isModerator: boolean
  /** Absent for someone who is not a member. */
  readonly membershipType?: MembershipType | undefined
  /**
   * Where in an elastic channel it is a member: one for a regular member, any number for a
   * moderator. Empty in every other channel.
   */
  readonly subChannelIds: readonly string[]
  readonly isBanned: boolean
}

/** A channel together with what the caller is to it, read at one point in time. */
export interface ChannelAccess {
  readonly channel: Channel
  readonly caller: ChannelRelation
}
