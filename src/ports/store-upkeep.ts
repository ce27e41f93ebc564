// What background work needs of the store: what is due, and purges in bounded batches. Nothing here
// changes what any other reader sees, apart from purged messages, which reads left out before.
import type { AppInstanceUserArn, ChannelArn } from '../base/arn.ts'
import type { Page, PageRequest } from './paging.ts'
import type { ConversationReference } from './conversation-reference.ts'

/** A conversation of an app instance that does not keep its messages for ever. */
export interface RetainedConversation extends ConversationReference {
  /** Messages created before this instant are to be purged, epoch milliseconds. */
  readonly purgeBefore: number
}

/** Pages may be short or empty and still have a `next`: a page looks at `limit` candidates. */
export interface UpkeepReader {
  /** Channels whose expiration passed before `now`. */
  listExpiredChannels(now: number, page: PageRequest): Promise<Page<ChannelArn>>
  /** When the newest message was created that anybody may see, targeted ones included. */
  findNewestMessageAt(channelArn: ChannelArn): Promise<number | undefined>
  /** Users whose expiration passed before `now`. */
  listExpiredUsers(now: number, page: PageRequest): Promise<Page<AppInstanceUserArn>>
  /** Conversations in which retention purges at `now`: the grace after the last change is over. */
  listRetainedConversations(now: number, page: PageRequest): Promise<Page<RetainedConversation>>
}

/** Each resolves with how many rows the commit purges, at most `limit`; 0: nothing is left. */
export interface UpkeepWriter extends UpkeepReader {
  /** What removed app instances, channels, sub-channels, users and bots left behind. */
  purgeRemoved(limit: number): Promise<number>
  /** Messages of one conversation, the oldest first. */
  purgeMessages(conversation: RetainedConversation, limit: number): Promise<number>
  /** What deleted messages left behind, once their request tokens may be forgotten. */
  purgeTombstones(now: number, limit: number): Promise<number>
  /** Request tokens that expired before `now`. */
  purgeRequestTokens(now: number, limit: number): Promise<number>
}
