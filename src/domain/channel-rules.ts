// How a channel comes to be and changes, apart from who may do it.
import type { Channel, ChannelMembership, ChannelMode, ChannelPrivacy } from './channel.ts'
import type { Identity } from './identity.ts'

/** What a creator chooses; mode and privacy have defaults. */
export interface ChannelPlan extends Omit<Channel, 'mode' | 'privacy' | 'lastUpdatedAt'> {
  readonly mode?: ChannelMode | undefined
  readonly privacy?: ChannelPrivacy | undefined
}

/** The channel to create. What is omitted never publishes: it is restricted and private. */
// evidence: inferred (behaviour 3.1), AWS documents no defaults
export function planChannel(plan: ChannelPlan): Channel {
  return {
    arn: plan.arn,
    name: plan.name,
    mode: plan.mode ?? 'RESTRICTED',
    privacy: plan.privacy ?? 'PRIVATE',
    metadata: plan.metadata,
    createdBy: plan.createdBy,
    createdAt: plan.createdAt,
    lastUpdatedAt: plan.createdAt,
  }
}

/** What an update sets; absent members stay as they are, empty metadata is kept as empty. */
export interface ChannelChange {
  readonly name?: string | undefined
  readonly mode?: ChannelMode | undefined
  readonly metadata?: string | undefined
}

/** The channel after the change at `now`; its stamp moves ahead, whatever the clock did. */
// evidence: inferred (behaviour 3.1), omitted means unchanged
export function changeChannel(channel: Channel, change: ChannelChange, now: number): Channel {
  return {
    ...channel,
    name: change.name ?? channel.name,
    mode: change.mode ?? channel.mode,
    metadata: change.metadata ?? channel.metadata,
    lastUpdatedAt: Math.max(now, channel.lastUpdatedAt + 1),
  }
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
  }))
}
