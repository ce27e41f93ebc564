// Bots, endpoints of users, and retention settings, as the store keeps them.
import type {
  AppInstanceArn,
  AppInstanceBotArn,
  AppInstanceUserArn,
  MemberArn,
} from '../base/arn.ts'
import type { ChannelMembership } from '../domain/channel.ts'
import type {
  AppInstanceBot,
  AppInstanceUserEndpoint,
  Identity,
  RetentionSettings,
} from '../domain/identity.ts'
import type { Page, PageRequest } from './paging.ts'

/** Users and bots alike, as what they have in common. */
export interface MemberReader {
  /** A user or bot that exists, in an app instance that exists. On the path of every request. */
  findIdentity(arn: MemberArn): Promise<Identity | undefined>
  /**
   * Whoever was removed and whose relations have not all ended, in the order of their creation.
   * Nobody sees these relations any more; only quotas still count them.
   */
  listWithRelationsLeft(page: PageRequest): Promise<Page<MemberArn>>
}

/** The same within a transaction, and what it changes. */
export interface MemberWriter extends MemberReader {
  /**
   * Ends at most `limit` each of the memberships, moderator roles and bans that removed users or
   * bots of this ARN left behind; undefined when none are left. Resolves with the memberships that
   * end with this transaction, except those of removed channels and sub-channels, and of
   * conversations that a later holder of the ARN is in. Until then they take their places in
   * sub-channels, but are neither moved nor listed.
   */
  endRelations(arn: MemberArn, limit: number): Promise<readonly ChannelMembership[] | undefined>
}

/** Bots with their configuration. */
export interface AppInstanceBotReader {
  find(arn: AppInstanceBotArn): Promise<AppInstanceBot | undefined>
  /** By bot id. */
  list(appInstanceArn: AppInstanceArn, page: PageRequest): Promise<Page<AppInstanceBot>>
}

/** The same within a transaction, and what it changes. */
export interface AppInstanceBotWriter extends AppInstanceBotReader {
  insert(bot: AppInstanceBot): void
  replace(bot: AppInstanceBot): void
  /** As `appInstanceUsers.remove`. */
  remove(arn: AppInstanceBotArn): void
}

/** Devices that users have registered. */
export interface EndpointReader {
  find(
    userArn: AppInstanceUserArn,
    endpointId: string,
  ): Promise<AppInstanceUserEndpoint | undefined>
  /** Oldest first. */
  list(userArn: AppInstanceUserArn, page: PageRequest): Promise<Page<AppInstanceUserEndpoint>>
  /** Who has registered this token with this type, within the app instance of `userArn`. */
  findByDeviceToken(
    userArn: AppInstanceUserArn,
    endpoint: Pick<AppInstanceUserEndpoint, 'type' | 'resourceArn' | 'deviceToken'>,
  ): Promise<AppInstanceUserEndpoint | undefined>
}

/** The same within a transaction, and what it changes. */
export interface EndpointWriter extends EndpointReader {
  insert(endpoint: AppInstanceUserEndpoint): void
  /** Changes name, allowMessages, status and lastUpdatedAt. */
  replace(endpoint: AppInstanceUserEndpoint): void
  /** Without effect when there is no such endpoint. */
  remove(userArn: AppInstanceUserArn, endpointId: string): void
}

/** For how long messages of an app instance are kept. */
export interface RetentionReader {
  /** Absent when never put, or when there is no such app instance. */
  find(appInstanceArn: AppInstanceArn): Promise<RetentionSettings | undefined>
}

/** The same within a transaction, and what it changes. */
export interface RetentionWriter extends RetentionReader {
  /** From the commit on, every read of messages leaves out what is past the period. */
  put(appInstanceArn: AppInstanceArn, settings: RetentionSettings): void
}
