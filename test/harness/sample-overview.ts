// An overview for tests of what is drawn from it: a quiet server unless a test says otherwise.
import type { ChannelArn } from '../../src/base/arn.ts'
import type {
  ElasticChannelOverview,
  ServerOverview,
  SubChannelOverview,
} from '../../src/domain/overview.ts'

export function sampleOverview(overview: Partial<ServerOverview> = {}): ServerOverview {
  return {
    version: 1,
    takenAt: Date.UTC(2026, 0, 1),
    uptimeMs: 60_000,
    isDraining: false,
    sessionsCount: 0,
    totals: {
      requests: 0,
      requestsFailed: 0,
      messagesSent: 0,
      framesDelivered: 0,
      sessionsOpened: 0,
    },
    queues: {
      requestsInFlight: 1,
      storeTransactions: 0,
      hubBacklogBytes: 0,
      sessionQueuedBytes: 0,
    },
    eventLoop: { p99Ms: 0.5, maxMs: 1, overMs: 1_000 },
    cpuMs: 1_000,
    memory: { rssBytes: 150_000_000, heapUsedBytes: 50_000_000 },
    elasticChannels: [],
    hasMoreElasticChannels: false,
    plainChannels: [],
    ...overview,
  }
}

export function sampleChannelArn(name: string): ChannelArn {
  return `arn:aws:chime:us-east-1:000000000000:app-instance/a/channel/${name}` as ChannelArn
}

/** An elastic channel with a target of 100, a minimum of 40 and at most 2,000 sub-channels. */
export function sampleElasticChannel(
  name: string,
  channel: Partial<ElasticChannelOverview> = {},
): ElasticChannelOverview {
  return {
    channelArn: sampleChannelArn(name),
    name,
    sessionsCount: 0,
    configuration: {
      maximumSubChannels: 2_000,
      targetMembershipsPerSubChannel: 100,
      minimumMembershipPercentage: 40,
    },
    subChannelsCount: 0,
    regularMembershipsCount: 0,
    ...channel,
  }
}

/** As many as there are counts, named in their order. */
export function sampleSubChannels(counts: readonly number[]): readonly SubChannelOverview[] {
  return counts.map((regularMembershipsCount, index) => ({
    subChannelId: String(index).padStart(8, '0'),
    regularMembershipsCount,
    moderatorMembershipsCount: 0,
    sessionsCount: 0,
  }))
}
