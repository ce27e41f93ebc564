// The outbox as the store keeps it: what is to leave the server, until it has arrived.
import type { ChannelArn, MemberArn } from '../base/arn.ts'
import type {
  DeadLetter,
  OutboxContents,
  OutboxDestination,
  OutboxDraft,
  OutboxEntry,
  OutboxKind,
} from '../domain/outbox.ts'
import type { MembershipType } from '../domain/channel.ts'
import type { Identity, LexConfiguration, StreamingConfiguration } from '../domain/identity.ts'
import type { Page, PageRequest } from './paging.ts'

/** What waits to leave the server, and what was given up. */
export interface OutboxReader {
  /** Every destination that something waits for, in no order. */
  listDestinations(): Promise<readonly OutboxDestination[]>
  /** What waits for a destination, due or not, in the order of `entryId`; those above `after`. */
  listWaiting(
    destination: OutboxDestination,
    after: number,
    limit: number,
  ): Promise<readonly OutboxEntry[]>
  /** Those of `entryIds`, which are of one destination, that wait still; in the same order. */
  listWaitingByIds(
    destination: OutboxDestination,
    entryIds: readonly number[],
  ): Promise<readonly OutboxEntry[]>
  /** How many entries wait for a destination; counts no further than `limit`. */
  countWaiting(destination: OutboxDestination, limit: number): Promise<number>
  /** The ones that died last first. */
  listDead(kind: OutboxKind | undefined, page: PageRequest): Promise<Page<DeadLetter>>
}

/** The same within a transaction, and what it changes. */
export interface OutboxWriter extends OutboxReader {
  /** Waits from the commit on; `CommittedEvents.outboxAppended` is told after it. */
  append(draft: OutboxDraft): void
  /** Without effect for an entry that is not there. */
  remove(entryId: number): void
  /** The same for many, in few writes. */
  removeAll(entryIds: readonly number[]): void
  /** An attempt failed, and there will be another one. */
  defer(entryId: number, attemptsCount: number, dueAt: number, failure: string): void
  /** The last attempt failed: a dead letter from here on. */
  bury(entryId: number, attemptsCount: number, failure: string): void
  /** Goes on with other content, as if it had just been made. */
  replaceContent<Kind extends OutboxKind>(
    entry: OutboxEntry<Kind>,
    content: OutboxContents[Kind],
  ): void
  /**
   * Dead letters that wait again, as if they had just been made, but in their old place of the
   * order. Resolves with the destinations of those that are dead letters.
   */
  revive(entryIds: readonly number[]): Promise<readonly OutboxDestination[]>
  /** Dead letters that are gone for good; resolves with how many there were. */
  discard(entryIds: readonly number[]): Promise<number>
  /** Removes at most `limit` dead letters that died before `diedBefore`; how many it removed. */
  purgeDead(diedBefore: number, limit: number): Promise<number>
}

/** A bot that is a member of a channel. */
export interface ChannelBot {
  readonly bot: Identity
  readonly configuration: LexConfiguration
  readonly type: MembershipType
  /** Empty unless the channel is elastic. */
  readonly subChannelId: string
}

/** What is to leave the server because of what happens in a channel. */
export interface OutboundSettings {
  readonly streams: readonly StreamingConfiguration[]
  /** One for each membership; in no order. */
  readonly bots: readonly ChannelBot[]
}

/** What decides whether an event leaves the server. */
export interface OutboundSettingsReader {
  /** On the path of every message: from memory, until something that shows in it changes. */
  find(channelArn: ChannelArn): Promise<OutboundSettings>
  /** Whether any user of the app instance of `memberArn` has registered a device; likewise. */
  hasEndpoints(memberArn: MemberArn): Promise<boolean>
}
