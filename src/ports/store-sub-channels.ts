// The sub-channels of elastic channels as the store keeps them. Which one a member belongs to is
// decided by domain/sub-channel-placement.ts; here is what it is decided on, and what it changes.
import type { ChannelArn, MemberArn } from '../base/arn.ts'
import type { ChannelMembership, SubChannel } from '../domain/channel.ts'
import type { Identity } from '../domain/identity.ts'
import type { ConversationReference } from './conversation-reference.ts'
import type { Page, PageRequest } from './paging.ts'

/** Sub-channels, with how full they are. */
export interface SubChannelReader {
  /** Undefined where there is none, or none any more. A transaction depends on its existence. */
  find(subChannel: ConversationReference): Promise<SubChannel | undefined>
  /** Oldest first. */
  list(channelArn: ChannelArn, page: PageRequest): Promise<Page<SubChannel>>
  /**
   * At most `limit` of those with fewer than `belowCount` regular memberships, the fullest first.
   * In a transaction the counts include the joins whose commits are on their way, so that joins
   * that run at the same time rarely choose the same last place. Cost does not grow with how many
   * there are. What was chosen must be held by `fitsQuota` and `find`.
   */
  listWithRoom(
    channelArn: ChannelArn,
    belowCount: number,
    limit: number,
  ): Promise<readonly SubChannel[]>
  /** The one with the most regular memberships. */
  findFullest(channelArn: ChannelArn): Promise<SubChannel | undefined>
  /**
   * At most `limit` of those with fewer than `belowCount` regular memberships that were created
   * before `createdBefore` or are empty of them, the emptiest first.
   */
  listSparse(
    channelArn: ChannelArn,
    belowCount: number,
    createdBefore: number,
    limit: number,
  ): Promise<readonly SubChannel[]>
  /** How many there are. A transaction runs again when one came or went meanwhile. */
  count(channelArn: ChannelArn): Promise<number>
  /**
   * How many there are and how many regular memberships they hold, read at one point in time. Not
   * for transactions, which would miss the commits on their way.
   */
  measure(
    channelArn: ChannelArn,
  ): Promise<{ readonly subChannelsCount: number; readonly regularMembershipsCount: number }>
  /** The elastic channels of the server, in an order that means nothing but that pages keep. */
  listElasticChannelArns(page: PageRequest): Promise<Page<ChannelArn>>
}

/** The same within a transaction, and what it changes. */
export interface SubChannelWriter extends SubChannelReader {
  /** With no memberships yet; they may be inserted in the same transaction. */
  insert(subChannel: Pick<SubChannel, 'channelArn' | 'subChannelId' | 'createdAt'>): void
  /**
   * Gone for every reader at once, with its messages. Its memberships must be removed or
   * transferred in the same transaction, which must have read them by `memberships.listAll`. What
   * removed members left behind in it may stay until `members.endRelations`.
   */
  remove(subChannel: ConversationReference): void
}

/** Someone who is to become a member of a channel, and what it is to it already. */
export interface MemberCandidate {
  readonly identity: Identity
  readonly isModerator: boolean
  readonly isBanned: boolean
  /** Of the channel, or of any sub-channel of it. */
  readonly isMember: boolean
  /** How many memberships it has in all channels. Others may begin at this moment. */
  readonly membershipsCount: number
}

/** Memberships as placement looks at them. */
export interface SubChannelMembershipReader {
  /**
   * Those of `memberArns` that exist, in no order: with few reads, however many they are. A
   * transaction runs again when one of them came or went, or its role in the channel changed.
   */
  listCandidates(
    channelArn: ChannelArn,
    memberArns: readonly MemberArn[],
  ): Promise<readonly MemberCandidate[]>
  /**
   * Everybody in a sub-channel, moderators too. A transaction runs again when anybody joined or
   * left it meanwhile. As many as the target and the quota of moderators allow.
   */
  listAll(subChannel: ConversationReference): Promise<readonly ChannelMembership[]>
  /**
   * The regular memberships that are newest, newest first: those that lose least of a conversation
   * when they are moved. A transaction runs again when one of them changed meanwhile.
   */
  listNewestRegular(
    subChannel: ConversationReference,
    limit: number,
  ): Promise<readonly ChannelMembership[]>
}

/** The same within a transaction, and what it changes. */
export interface SubChannelMembershipWriter extends SubChannelMembershipReader {
  /**
   * Moves a regular membership, which was read in this transaction, to another sub-channel of its
   * channel; `createdAt` and `invitedBy` stay. The counts of both go with it.
   */
  transfer(membership: ChannelMembership, toSubChannelId: string, transferredAt: number): void
}
