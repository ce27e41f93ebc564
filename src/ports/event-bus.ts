// The way of live events from whoever commits a change to every node that has a connected receiver.
import type { AppInstanceArn, ChannelArn, MemberArn } from '../base/arn.ts'
import type { ChannelEvent } from '../domain/channel-event.ts'
import type { ConversationReference } from './conversation-reference.ts'

/**
 * What a node must know about one user or bot, whatever channels it is in: it joined or left a
 * channel or sub-channel (its sessions begin or cease to receive its events), or it was deleted.
 */
export type MemberEvent =
  ({ readonly kind: 'joined' | 'left' } & ConversationReference) | { readonly kind: 'deleted' }

/** A running subscription. After `close()` returns, its listener is not called again. */
export interface Subscription {
  close(): void
}

/**
 * Delivery is at most once and only to listeners that were subscribed when the event was published.
 * Events that one node publishes arrive everywhere in the order of publishing, across subjects: a
 * `joined` published before a channel's event is heard before it. Publishing never fails and never
 * waits; where an implementation loses events it must say so to the gateway, which closes the
 * affected sessions, because the protocol has no way to resume.
 */
export interface EventBus {
  /** To the conversation of the event; one of a whole elastic channel has no sub-channel. */
  publishToConversation(event: ChannelEvent): void
  publishToMember(memberArn: MemberArn, event: MemberEvent): void
  /** The app instance is gone, and with it everybody in it: one event, however many they are. */
  publishAppInstanceRemoved(appInstanceArn: AppInstanceArn): void
  /** Listeners of one subject are called in the order of subscribing. A listener must not throw. */
  subscribeToConversation(
    conversation: ConversationReference,
    listener: (event: ChannelEvent) => void,
  ): Subscription
  /** One listener may serve many members: it is told whose event it is. */
  subscribeToMember(
    memberArn: MemberArn,
    listener: (event: MemberEvent, memberArn: MemberArn) => void,
  ): Subscription
  /**
   * Hears of every channel that ends, right after those who listen to the channel: for whoever was
   * about to.
   */
  subscribeToChannelRemovals(listener: (channelArn: ChannelArn) => void): Subscription
  subscribeToAppInstanceRemovals(listener: (appInstanceArn: AppInstanceArn) => void): Subscription
  start(): Promise<void>
  close(): Promise<void>
}
