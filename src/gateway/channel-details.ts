// What a new session with prefetch is shown of one channel: reads it and puts it as on the wire.
import type { MemberArn } from '../base/arn.ts'
import type { Limits } from '../domain/limits.ts'
import type { ConversationReference } from '../ports/conversation-reference.ts'
import type { StoreReader } from '../ports/store.ts'
import {
  presentChannelSummary,
  presentMembershipSummary,
} from '../services/presenters/channel-presenters.ts'
import { presentMessageSummary } from '../services/presenters/message-presenters.ts'

export interface ChannelDetailsOptions {
  readonly store: Pick<StoreReader, 'memberships' | 'messages' | 'ownMemberships'>
  readonly limits: Pick<Limits, 'prefetchedMessagesPerChannel' | 'prefetchedMembershipsPerChannel'>
}

/** The payload of CHANNEL_DETAILS, or undefined when `memberArn` is no member any more. */
// evidence: docs prefetch (behaviour 1.11); inferred: SubChannelId, no hidden members
export async function readChannelDetails(
  conversation: ConversationReference,
  memberArn: MemberArn,
  { store, limits }: ChannelDetailsOptions,
) {
  const own = await store.ownMemberships.find(conversation, memberArn)
  if (own === undefined) return undefined
  const [messages, memberships] = await Promise.all([
    store.messages.list(conversation, {
      order: 'DESCENDING',
      viewer: memberArn,
      limit: limits.prefetchedMessagesPerChannel,
    }),
    store.memberships.list(conversation, 'DEFAULT', {
      limit: limits.prefetchedMembershipsPerChannel,
    }),
  ])
  return {
    Channel: presentChannelSummary(own),
    // Without it, a moderator of several could not tell which of them this is.
    SubChannelId: conversation.subChannelId === '' ? undefined : conversation.subChannelId,
    ChannelMessages: messages.items.map(presentMessageSummary),
    ChannelMemberships: memberships.items.map(presentMembershipSummary),
    ReadMarkerTimestamp: own.readMarkerAt === undefined ? undefined : new Date(own.readMarkerAt),
    ChannelMessagesHasMore: messages.next !== undefined,
  }
}
