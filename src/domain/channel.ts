// Channels and the relations that people have to them. All instants are epoch milliseconds.
import type { ChannelArn, MemberArn } from '../base/arn.ts'
import type { Identity } from './identity.ts'

export type ChannelPrivacy = 'PUBLIC' | 'PRIVATE'
export type ChannelMode = 'RESTRICTED' | 'UNRESTRICTED'
/** HIDDEN members observe: they receive and read, but cannot send and are not listed. */
export type MembershipType = 'DEFAULT' | 'HIDDEN'

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

export interface ChannelMembership {
  readonly channelArn: ChannelArn
  readonly member: Identity
  readonly type: MembershipType
  readonly invitedBy: Identity
  readonly createdAt: number
  readonly lastUpdatedAt: number
}

/** What one user or bot is to one channel. Roles add up: an admin may be a member, too. */
export interface ChannelRelation {
  readonly arn: MemberArn
  readonly isAdmin: boolean
  readonly isModerator: boolean
  /** Absent for someone who is not a member. */
  readonly membershipType?: MembershipType | undefined
  readonly isBanned: boolean
}

/** A channel together with what the caller is to it, read at one point in time. */
export interface ChannelAccess {
  readonly channel: Channel
  readonly caller: ChannelRelation
}
