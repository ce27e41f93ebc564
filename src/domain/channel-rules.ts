// How a channel comes to be and changes, apart from who may do it.
import type {
  Channel,
  ChannelExpiration,
  ChannelMembership,
  ChannelMode,
  ChannelPrivacy,
  ElasticChannelConfiguration,
} from './channel.ts'
import type { ChannelFlowArn } from '../base/arn.ts'
import { BadRequestException, ResourceLimitExceededException } from './errors.ts'
import type { Identity } from './identity.ts'
import { quotaText, type Limits } from './limits.ts'

/** What a creator chooses; mode and privacy have defaults. */
export interface ChannelPlan extends Omit<Channel, 'mode' | 'privacy' | 'lastUpdatedAt'> {
  readonly mode?: ChannelMode | undefined
  readonly privacy?: ChannelPrivacy | undefined
}

/**
 * The channel to create. What is omitted never publishes: it is restricted and private. Throws
 * BadRequestException for an elastic channel that is UNRESTRICTED.
 */
// evidence: inferred (behaviour 3.1), AWS documents no defaults
export function planChannel(plan: ChannelPlan): Channel {
  if (plan.elasticChannelConfiguration !== undefined) requireElasticMode(plan.mode)
  return {
    arn: plan.arn,
    name: plan.name,
    mode: plan.mode ?? 'RESTRICTED',
    privacy: plan.privacy ?? 'PRIVATE',
    metadata: plan.metadata,
    createdBy: plan.createdBy,
    createdAt: plan.createdAt,
    lastUpdatedAt: plan.createdAt,
    expiration: plan.expiration,
    elasticChannelConfiguration: plan.elasticChannelConfiguration,
  }
}

/** Throws ResourceLimitExceededException when the configuration goes beyond a quota. */
// evidence: docs elastic channels; which error inferred (behaviour 4.1)
export function requireElasticQuotas(
  { maximumSubChannels, targetMembershipsPerSubChannel }: ElasticChannelConfiguration,
  limits: Limits,
): void {
  const quotas = [
    ['subChannelsPerElasticChannel', maximumSubChannels],
    ['membershipsPerSubChannel', targetMembershipsPerSubChannel],
    ['membershipsPerElasticChannel', maximumSubChannels * targetMembershipsPerSubChannel],
  ] as const
  for (const [quota, wanted] of quotas) {
    if (wanted > limits[quota]) throw new ResourceLimitExceededException(quotaText(limits, quota))
  }
}

// evidence: docs elastic channels; the error inferred (behaviour 4.1)
function requireElasticMode(mode: ChannelMode | undefined): void {
  if (mode === 'UNRESTRICTED') {
    throw new BadRequestException('Mode of an elastic channel must be RESTRICTED')
  }
}

/** What an update sets; absent members stay as they are, empty metadata is kept as empty. */
export interface ChannelChange {
  readonly name?: string | undefined
  readonly mode?: ChannelMode | undefined
  readonly metadata?: string | undefined
}

/**
 * The channel after the change at `now`; its stamp moves ahead, whatever the clock did. Throws
 * BadRequestException when it would make an elastic channel UNRESTRICTED.
 */
// evidence: inferred (behaviour 3.1), omitted means unchanged
export function changeChannel(channel: Channel, change: ChannelChange, now: number): Channel {
  if (channel.elasticChannelConfiguration !== undefined) requireElasticMode(change.mode)
  return {
    ...channel,
    name: change.name ?? channel.name,
    mode: change.mode ?? channel.mode,
    metadata: change.metadata ?? channel.metadata,
    lastUpdatedAt: stampAfter(channel, now),
  }
}

/** The channel with this expiration, or with none, from `now` on. */
// evidence: docs UPDATE_CHANNEL_EXPIRATION_SETTINGS, whose LastUpdatedTimestamp has moved
export function changeExpiration(
  channel: Channel,
  expiration: ChannelExpiration | undefined,
  now: number,
): Channel {
  return { ...channel, expiration, lastUpdatedAt: stampAfter(channel, now) }
}

/** The channel whose messages go through this flow, or through none, from `now` on. */
// evidence: inferred, the flow is a part of the Channel that is described
export function changeChannelFlow(
  channel: Channel,
  channelFlowArn: ChannelFlowArn | undefined,
  now: number,
): Channel {
  return { ...channel, channelFlowArn, lastUpdatedAt: stampAfter(channel, now) }
}

function stampAfter(channel: Channel, now: number): number {
  return Math.max(now, channel.lastUpdatedAt + 1)
}

/** The memberships that begin with a channel; all are invited by its creator. */
// evidence: inferred (behaviour 3.1), members given at creation are DEFAULT
export function planFirstMemberships(
  channel: Channel,
  members: Iterable<Identity>,
): readonly ChannelMembership[] {
  return [...members].map((member) => ({
    channelArn: channel.arn,
    member,
    type: 'DEFAULT',
    invitedBy: channel.createdBy,
    createdAt: channel.createdAt,
    lastUpdatedAt: channel.createdAt,
    subChannelId: '',
    isOfModerator: false,
  }))
}
