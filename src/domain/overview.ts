// What a server tells its operator of itself at one moment: the answer of `GET /overview`, which is
// no part of AWS's APIs. Counts, sizes and names of channels; never what anybody said.
import type { ChannelArn } from '../base/arn.ts'
import type { ElasticChannelConfiguration } from './channel.ts'
import type { OutboxOverview } from './outbox-overview.ts'

/** A channel to which sessions listen, or one that is elastic. */
export interface ChannelOverview {
  readonly channelArn: ChannelArn
  /** As given by a client: it may hold anything, control characters too. */
  readonly name: string
  /**
   * Sessions that hear the channel. One that is in several sub-channels, a moderator's, counts in
   * each.
   */
  readonly sessionsCount: number
}

/** An elastic channel with what is in all of its sub-channels together. */
export interface ElasticChannelOverview extends ChannelOverview {
  readonly configuration: ElasticChannelConfiguration
  readonly subChannelsCount: number
  /** Those that take a place: moderators' are not among them. */
  readonly regularMembershipsCount: number
}

/** One sub-channel of the channel that was asked for. */
export interface SubChannelOverview {
  readonly subChannelId: string
  readonly regularMembershipsCount: number
  readonly moderatorMembershipsCount: number
  readonly sessionsCount: number
}

/** The channel that was asked for, with one page of its sub-channels, oldest first. */
export interface ChosenChannelOverview {
  readonly channel: ChannelOverview | ElasticChannelOverview
  readonly subChannels: readonly SubChannelOverview[]
  /** Where the next page begins; absent on the last one. */
  readonly nextToken?: string | undefined
}

/** Since the server started; each of them only grows. */
export interface OverviewTotals {
  /** Requests of the APIs that were answered, whatever the answer. */
  readonly requests: number
  /** Those among them that were answered with an error. */
  readonly requestsFailed: number
  /** Messages that SendChannelMessage accepted. */
  readonly messagesSent: number
  /** Event frames that were handed to sockets. */
  readonly framesDelivered: number
  /** Messaging sessions that were opened. */
  readonly sessionsOpened: number
}

/** What waits, at this moment. */
export interface OverviewQueues {
  readonly requestsInFlight: number
  /** Transactions that wait for their commit. */
  readonly storeTransactions: number
  /** Event frames that wait for their turn to be delivered. */
  readonly hubBacklogBytes: number
  /** What sockets of slow readers have not taken yet. */
  readonly sessionQueuedBytes: number
}

/** How late the event loop was, since an overview was taken before. */
export interface EventLoopOverview {
  readonly p99Ms: number
  readonly maxMs: number
  readonly overMs: number
}

/** The whole answer. */
export interface ServerOverview {
  /** Of this form; a client refuses one that it does not know. */
  readonly version: 1
  readonly takenAt: number
  /** By a clock that only moves forward: the base of rates. Smaller after a restart. */
  readonly uptimeMs: number
  readonly isDraining: boolean
  /** Connected messaging sessions. */
  readonly sessionsCount: number
  readonly totals: OverviewTotals
  readonly queues: OverviewQueues
  readonly eventLoop: EventLoopOverview
  /** Processor time of the process since its start. */
  readonly cpuMs: number
  readonly memory: { readonly rssBytes: number; readonly heapUsedBytes: number }
  /** What is to leave the server; absent from servers before there was such a thing. */
  readonly outbox?: OutboxOverview | undefined
  /** Those with the most sessions, then others; at most ELASTIC_CHANNELS_LISTED_MAX. */
  readonly elasticChannels: readonly ElasticChannelOverview[]
  readonly hasMoreElasticChannels: boolean
  /** Those that are not elastic, with the most sessions; at most PLAIN_CHANNELS_LISTED_MAX. */
  readonly plainChannels: readonly ChannelOverview[]
  /** Absent when none was asked for, or there is none of that ARN. */
  readonly chosen?: ChosenChannelOverview | undefined
}

/** The version of this form. */
export const OVERVIEW_VERSION = 1
/** Where it is served. */
export const OVERVIEW_PATH = '/overview'
/** Our choice: what a person takes in at a glance, and a server reads in a millisecond or two. */
export const ELASTIC_CHANNELS_LISTED_MAX = 20
/** Our choice, likewise. */
export const PLAIN_CHANNELS_LISTED_MAX = 10
/** Sub-channels in one answer: all of a channel of a million members. */
export const SUB_CHANNELS_LISTED_MAX = 1_000
