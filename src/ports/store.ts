// Everything that is kept: the contract of the database behind the server. Implementations live in
// storage/; test/contract/store.contract.ts holds what is written here against each of them.
import type { AppInstanceArn, AppInstanceUserArn, ChannelArn, MemberArn } from '../base/arn.ts'
import type { ChannelEvent } from '../domain/channel-event.ts'
import type { ChannelMessage, ChannelMessageDraft, MessageId } from '../domain/channel-message.ts'
import type {
  Channel,
  ChannelAccess,
  ChannelMembership,
  ChannelPrivacy,
  ChannelSummary,
  MembershipType,
  OwnMembership,
} from '../domain/channel.ts'
import type { OutboxDestination } from '../domain/outbox.ts'
import type { AppInstance, AppInstanceAdmin, AppInstanceUser } from '../domain/identity.ts'
import type { ConversationReference } from './conversation-reference.ts'
import type { AccessReader, AccessWriter } from './store-access.ts'
import type {
  ChannelFlowReader,
  ChannelFlowWriter,
  FlowCallbackReader,
  FlowCallbackWriter,
  StreamingConfigurationReader,
  StreamingConfigurationWriter,
} from './store-flows.ts'
import type {
  AppInstanceBotReader,
  AppInstanceBotWriter,
  EndpointReader,
  EndpointWriter,
  MemberReader,
  MemberWriter,
  RetentionReader,
  RetentionWriter,
} from './store-identity.ts'
import type {
  BanReader,
  BanWriter,
  ModeratorReader,
  ModeratorWriter,
  OwnMembershipReader,
  OwnMembershipWriter,
} from './store-moderation.ts'
import type {
  SubChannelMembershipReader,
  SubChannelMembershipWriter,
  SubChannelReader,
  SubChannelWriter,
} from './store-sub-channels.ts'
import type { TagReader, TagWriter } from './store-tags.ts'
import type { UpkeepReader, UpkeepWriter } from './store-upkeep.ts'
import type { OutboundSettingsReader, OutboxReader, OutboxWriter } from './store-outbox.ts'
import type { PushRecipientReader } from './store-push.ts'
import type { Page, PageRequest } from './paging.ts'

/** Which messages of a conversation are wanted. */
export interface MessageListRequest extends PageRequest {
  readonly order: 'ASCENDING' | 'DESCENDING'
  /** Both inclusive, epoch milliseconds. */
  readonly notBefore?: number | undefined
  readonly notAfter?: number | undefined
  /** Messages targeted at others are left out. */
  readonly viewer: MemberArn
}

/** The answer to a request that carried a client request token, kept to answer its repetition. */
export interface RecordedRequest {
  /** Hash of everything in the request that must be the same in a repetition. */
  readonly requestHash: string
  /** What the first request was answered, as JSON. */
  readonly response: string
}

/** A client request token within the space in which it must be unique (behaviour 3.7). */
export interface RequestTokenReference {
  /** Names the operation, the bearer and, where there is one, the channel. */
  readonly scope: string
  readonly token: string
}

/** A quota on something that the store counts. */
export type CountedThing =
  | { readonly kind: 'app-instances' | 'iam-users' | 'iam-roles' | 'openid-connect-providers' }
  | {
      readonly kind: 'users' | 'bots' | 'admins' | 'channels' | 'elastic-channels' | 'channel-flows'
      readonly of: AppInstanceArn
    }
  | { readonly kind: 'endpoints'; readonly of: AppInstanceUserArn }
  | { readonly kind: 'memberships-of-channel' | 'moderators'; readonly of: ChannelArn }
  | { readonly kind: 'memberships-of-member'; readonly of: MemberArn }
  /** Regular memberships only. */
  | { readonly kind: 'memberships-of-sub-channel'; readonly of: ConversationReference }

/**
 * Reads. Outside a transaction each call sees everything that was acknowledged before it began.
 * What was removed, and whatever belongs to a removed app instance or channel, is not found.
 */
export interface StoreReader {
  readonly appInstances: {
    find(arn: AppInstanceArn): Promise<AppInstance | undefined>
    /** Oldest first. */
    list(page: PageRequest): Promise<Page<AppInstance>>
  }
  readonly appInstanceUsers: {
    find(arn: AppInstanceUserArn): Promise<AppInstanceUser | undefined>
    /** By user id. */
    list(appInstanceArn: AppInstanceArn, page: PageRequest): Promise<Page<AppInstanceUser>>
  }
  readonly members: MemberReader
  readonly appInstanceAdmins: {
    find(appInstanceArn: AppInstanceArn, adminArn: MemberArn): Promise<AppInstanceAdmin | undefined>
    /** Oldest first. */
    list(appInstanceArn: AppInstanceArn, page: PageRequest): Promise<Page<AppInstanceAdmin>>
  }
  readonly channels: {
    find(channelArn: ChannelArn): Promise<Channel | undefined>
    /** The channel and what `memberArn` is to it, in one read. On the path of every message. */
    findAccess(channelArn: ChannelArn, memberArn: MemberArn): Promise<ChannelAccess | undefined>
    /**
     * Newest activity (last persistent message, else creation) first. A channel that becomes active
     * while a client pages through may come twice but is never left out.
     */
    list(
      appInstanceArn: AppInstanceArn,
      filter: { readonly privacy?: ChannelPrivacy | undefined; readonly viewer: MemberArn },
      page: PageRequest,
    ): Promise<Page<ChannelSummary>>
    /**
     * As in ChannelSummary; without a viewer, only messages that every member may see count: none
     * in an elastic channel.
     */
    findLastMessageAt(channelArn: ChannelArn, viewer?: MemberArn): Promise<number | undefined>
  }
  readonly memberships: SubChannelMembershipReader & {
    find(
      conversation: ConversationReference,
      memberArn: MemberArn,
    ): Promise<ChannelMembership | undefined>
    /** Those of one type, oldest first. */
    list(
      conversation: ConversationReference,
      type: MembershipType,
      page: PageRequest,
    ): Promise<Page<ChannelMembership>>
    /**
     * In the order of `channels.list`, with the same promise; `viewer` is `memberArn`. Of an
     * elastic channel, one for each sub-channel that it is a member of.
     */
    listForMember(memberArn: MemberArn, page: PageRequest): Promise<Page<OwnMembership>>
    /** Every conversation that `memberArn` takes part in, in no order: what its sessions hear. */
    listConversations(memberArn: MemberArn): Promise<readonly ConversationReference[]>
    /** The moderators of a channel that are members of it, too. */
    listModeratorMemberArns(channelArn: ChannelArn): Promise<readonly MemberArn[]>
  }
  readonly messages: {
    /** Persistent messages only; a deleted one is not found. */
    find(
      conversation: ConversationReference,
      messageId: MessageId,
    ): Promise<ChannelMessage | undefined>
    /** By (createdAt, messageId). Persistent messages only. */
    list(
      conversation: ConversationReference,
      request: MessageListRequest,
    ): Promise<Page<ChannelMessage>>
    /**
     * The message that was appended with this token within REQUEST_TOKEN_WINDOW_MS, whatever
     * became of it since, and the hash given then.
     */
    findByRequestToken(
      conversation: ConversationReference,
      senderArn: MemberArn,
      token: string,
    ): Promise<{ readonly message: ChannelMessage; readonly requestHash: string } | undefined>
  }
  readonly requestTokens: {
    find(reference: RequestTokenReference): Promise<RecordedRequest | undefined>
  }
  readonly subChannels: SubChannelReader
  readonly moderators: ModeratorReader
  readonly bans: BanReader
  readonly ownMemberships: OwnMembershipReader
  readonly channelFlows: ChannelFlowReader
  readonly flowCallbacks: FlowCallbackReader
  readonly streamingConfigurations: StreamingConfigurationReader
  readonly appInstanceBots: AppInstanceBotReader
  readonly endpoints: EndpointReader
  readonly retention: RetentionReader
  readonly tags: TagReader
  readonly access: AccessReader
  readonly upkeep: UpkeepReader
  readonly outbox: OutboxReader
  readonly outboundSettings: OutboundSettingsReader
  readonly pushRecipients: PushRecipientReader
}

/** How long a token of SendChannelMessage is remembered at least. */
// evidence: inferred (behaviour 3.7)
export const REQUEST_TOKEN_WINDOW_MS = 10 * 60 * 1000

/**
 * Reads and writes of one transaction. Reads see the state before the transaction, never its own
 * writes. Usable only until the callback of `transact` has settled; any later call throws.
 */
export interface StoreTransaction extends StoreReader {
  readonly appInstances: StoreReader['appInstances'] & {
    insert(appInstance: AppInstance): void
    replace(appInstance: AppInstance): void
    /** It and all that belongs to it is gone for every reader at once. */
    remove(arn: AppInstanceArn): void
  }
  readonly appInstanceUsers: StoreReader['appInstanceUsers'] & {
    insert(user: AppInstanceUser): void
    replace(user: AppInstanceUser): void
    /**
     * Its memberships, moderator and admin roles, bans and endpoints are gone for every reader; its
     * messages stay, under its last name. The id may be used again by a later user, who inherits
     * nothing. Quotas of channels count its memberships and roles until `members.endRelations`.
     */
    remove(arn: AppInstanceUserArn): void
  }
  readonly members: MemberWriter
  readonly appInstanceAdmins: StoreReader['appInstanceAdmins'] & {
    insert(admin: AppInstanceAdmin): void
    remove(appInstanceArn: AppInstanceArn, adminArn: MemberArn): void
  }
  readonly channels: StoreReader['channels'] & {
    insert(channel: Channel): void
    /** Changes name, mode, metadata, expiration, channelFlowArn and lastUpdatedAt. */
    replace(channel: Channel): void
    /** It, its messages, memberships, moderators and bans are gone for every reader at once. */
    remove(arn: ChannelArn): void
  }
  readonly memberships: StoreReader['memberships'] &
    SubChannelMembershipWriter & {
      insert(membership: ChannelMembership): void
      /**
       * Memberships that differ in their members alone, no more than a request may name. In one
       * write if `listCandidates` told of them in this transaction, which has then seen what each
       * of them is to the channel.
       */
      insertAll(memberships: readonly ChannelMembership[]): void
      /** One that was read in this transaction. */
      remove(membership: ChannelMembership): void
    }
  readonly subChannels: SubChannelWriter
  readonly moderators: ModeratorWriter
  readonly bans: BanWriter
  readonly ownMemberships: OwnMembershipWriter
  readonly channelFlows: ChannelFlowWriter
  readonly flowCallbacks: FlowCallbackWriter
  readonly streamingConfigurations: StreamingConfigurationWriter
  readonly appInstanceBots: AppInstanceBotWriter
  readonly endpoints: EndpointWriter
  readonly retention: RetentionWriter
  readonly tags: TagWriter
  readonly access: AccessWriter
  readonly upkeep: UpkeepWriter
  readonly outbox: OutboxWriter
  readonly messages: StoreReader['messages'] & {
    /**
     * Gives the draft its id and instant, and keeps it if it is PERSISTENT. Instants are those of
     * the clock, moved ahead where needed to increase strictly per conversation; within a
     * conversation ids, instants and commits have one order. The token is remembered either way
     * (for a NON_PERSISTENT message perhaps not across a restart).
     */
    append(
      draft: ChannelMessageDraft,
      status: ChannelMessage['status'],
      request?: { readonly token: string; readonly requestHash: string },
    ): Promise<ChannelMessage>
    /** Replaces a message that was read in this transaction; its id and createdAt stay. */
    replace(message: ChannelMessage): void
    /**
     * Replaces a PENDING message that was read in this transaction by one that is SENT. It stays
     * where its createdAt puts it, but counts as activity from the commit on.
     */
    release(message: ChannelMessage): Promise<void>
    /** Gone for every reader, but still counted by `findLastMessageAt`. */
    remove(conversation: ConversationReference, messageId: MessageId): void
  }
  readonly requestTokens: StoreReader['requestTokens'] & {
    /** Remembered until `expiresAt`, epoch milliseconds. */
    record(reference: RequestTokenReference, request: RecordedRequest, expiresAt: number): void
  }
  /**
   * Whether `additional` more fit under `quota`. Exact: transactions that run at the same time
   * never exceed it together.
   */
  fitsQuota(counted: CountedThing, additional: number, quota: number): Promise<boolean>
  /**
   * Whether at least `floor` remain when there are `fewer` less. Exact in the same way:
   * transactions that run at the same time never go below it together, each believing that it does
   * not.
   */
  keepsAtLeast(counted: CountedThing, fewer: number, floor: number): Promise<boolean>
  /**
   * Published after the commit, in the order of commits and, within one, of these calls. What is to
   * leave the server because of it becomes part of the transaction (`OutboundRouting`).
   */
  publish(event: ChannelEvent): void
  /** Published likewise: the sessions of this user or bot are to end. */
  publishMemberRemoved(memberArn: MemberArn): void
  /** Published likewise: the sessions of everybody in the app instance are to end. */
  publishAppInstanceRemoved(appInstanceArn: AppInstanceArn): void
}

/** Thrown by `transact` when the database cannot take the write now; nothing of it was kept. */
export class StoreUnavailableError extends Error {
  override readonly name = 'StoreUnavailableError'
}

/** The database: reads of what is committed, and transactions. */
export interface Store {
  readonly read: StoreReader
  /**
   * Runs `work` as one serializable transaction and resolves with its result once the commit is
   * durable: what a later crash cannot take back. Concurrent transactions may share one commit.
   * `work` may run more than once (another transaction changed what it read), so it must have no
   * effect except through `tx`, and must wait for nothing but `tx`. When `work` throws, nothing is
   * kept and the error is passed on. Events are published before the promise resolves.
   */
  transact<Result>(work: (tx: StoreTransaction) => Promise<Result>): Promise<Result>
  /** Opens the database, migrates it, and refuses one whose schema is newer than this program. */
  start(): Promise<void>
  /** Waits for running transactions, then closes; a closed store refuses everything. */
  close(): Promise<void>
}

/** Where the store hands events over once they are durable; must not throw or wait. */
export interface CommittedEvents {
  channelEvent(event: ChannelEvent): void
  memberRemoved(memberArn: MemberArn): void
  appInstanceRemoved(appInstanceArn: AppInstanceArn): void
  /** Something waits for `destination`, as `OutboxSignal.appended` says it. */
  outboxAppended(destination: OutboxDestination, isRevived?: boolean): void
}
