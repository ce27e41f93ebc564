// What people are to channels beyond membership, as the store keeps it: moderators, bans, and what
// only a member itself sees of its membership.
import type { AppInstanceArn, ChannelArn, MemberArn } from '../base/arn.ts'
import type {
  ChannelBan,
  ChannelMembershipPreferences,
  ChannelModerator,
  ChannelSummary,
  OwnMembership,
} from '../domain/channel.ts'
import type { ConversationReference } from './conversation-reference.ts'
import type { Page, PageRequest } from './paging.ts'

/** Who moderates a channel. */
export interface ModeratorReader {
  find(channelArn: ChannelArn, moderatorArn: MemberArn): Promise<ChannelModerator | undefined>
  /** Oldest first. */
  list(channelArn: ChannelArn, page: PageRequest): Promise<Page<ChannelModerator>>
  /** The channels that `moderatorArn` moderates, as it sees them; ordered as `channels.list`. */
  listForMember(moderatorArn: MemberArn, page: PageRequest): Promise<Page<ChannelSummary>>
}

/** The same within a transaction, and what it changes. */
export interface ModeratorWriter extends ModeratorReader {
  insert(moderator: ChannelModerator): void
  /** Without effect when there is no such moderator. */
  remove(channelArn: ChannelArn, moderatorArn: MemberArn): void
}

/** Who is banned from a channel. */
export interface BanReader {
  find(channelArn: ChannelArn, memberArn: MemberArn): Promise<ChannelBan | undefined>
  /** Oldest first. */
  list(channelArn: ChannelArn, page: PageRequest): Promise<Page<ChannelBan>>
}

/** The same within a transaction, and what it changes. */
export interface BanWriter extends BanReader {
  insert(ban: ChannelBan): void
  /** Without effect when there is no such ban. */
  remove(channelArn: ChannelArn, memberArn: MemberArn): void
}

/** The members that a search asks for; several searches are joined by AND. */
// evidence: docs SearchChannels (behaviour 3.10)
export interface MemberSearch {
  /** EQUALS: the DEFAULT members are exactly these. INCLUDES: these are among them. */
  readonly operator: 'EQUALS' | 'INCLUDES'
  readonly memberArns: readonly MemberArn[]
}

/** A member's view of its own memberships. */
export interface OwnMembershipReader {
  find(
    conversation: ConversationReference,
    memberArn: MemberArn,
  ): Promise<OwnMembership | undefined>
  /** Absent when never put, or when there is no such membership. */
  findPreferences(
    channelArn: ChannelArn,
    memberArn: MemberArn,
  ): Promise<ChannelMembershipPreferences | undefined>
  /**
   * Channels of the app instance that fit every search, as `viewer` sees them. `memberOf` confines
   * them to the channels of that member. In no order that means anything, but one that pages keep.
   */
  search(
    appInstanceArn: AppInstanceArn,
    searches: readonly MemberSearch[],
    filter: { readonly memberOf?: MemberArn | undefined; readonly viewer: MemberArn },
    page: PageRequest,
  ): Promise<Page<ChannelSummary>>
  /**
   * At most `limit` conversations of `memberArn`, those that a new session wants first: `unread`
   * means those with a message behind the read marker, and then by the newest message that the
   * member may see; `last-message-timestamp` by that alone. Those without a message come last.
   */
  listForPrefetch(
    memberArn: MemberArn,
    order: PrefetchOrder,
    limit: number,
  ): Promise<readonly ConversationReference[]>
}

/** Which channels a session is shown first. */
export type PrefetchOrder = 'unread' | 'last-message-timestamp'

/** Both without effect when there is no such membership. */
export interface OwnMembershipWriter extends OwnMembershipReader {
  putPreferences(
    channelArn: ChannelArn,
    memberArn: MemberArn,
    preferences: ChannelMembershipPreferences,
  ): void
  /** Never moves back. */
  putReadMarker(channelArn: ChannelArn, memberArn: MemberArn, readMarkerAt: number): void
}
