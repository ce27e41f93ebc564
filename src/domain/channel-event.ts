// What happened in a channel, as told to connected members: which event, to whom, and what it
// changes in who belongs to the channel. How it looks on a socket is the gateway's business.
import type { ChannelArn, MemberArn } from '../base/arn.ts'
import { viewersOf, type ChannelMessage } from './channel-message.ts'
import type { ChannelMembership, MembershipType } from './channel.ts'

/** What can happen in a channel, by its name on the socket and in data streams. */
export type ChannelEventType =
  | 'CREATE_CHANNEL_MESSAGE'
  | 'UPDATE_CHANNEL_MESSAGE'
  | 'REDACT_CHANNEL_MESSAGE'
  | 'DELETE_CHANNEL_MESSAGE'
  | 'PENDING_CREATE_CHANNEL_MESSAGE'
  | 'PENDING_UPDATE_CHANNEL_MESSAGE'
  | 'FAILED_CREATE_CHANNEL_MESSAGE'
  | 'FAILED_UPDATE_CHANNEL_MESSAGE'
  | 'DENIED_CREATE_CHANNEL_MESSAGE'
  | 'DENIED_UPDATE_CHANNEL_MESSAGE'
  | 'CREATE_CHANNEL'
  | 'UPDATE_CHANNEL'
  | 'UPDATE_CHANNEL_EXPIRATION_SETTINGS'
  | 'DELETE_CHANNEL'
  | 'CREATE_CHANNEL_MEMBERSHIP'
  | 'BATCH_CREATE_CHANNEL_MEMBERSHIP'
  | 'UPDATE_CHANNEL_MEMBERSHIP'
  | 'DELETE_CHANNEL_MEMBERSHIP'
  | 'CREATE_CHANNEL_BAN'
  | 'DELETE_CHANNEL_BAN'
  | 'CREATE_CHANNEL_MODERATOR'
  | 'DELETE_CHANNEL_MODERATOR'
  | 'CREATE_SUB_CHANNEL'
  | 'DELETE_SUB_CHANNEL'

/** `STANDARD` and `CONTROL` are those of the channel message; everything else is `SYSTEM`. */
export type EventMessageType = 'STANDARD' | 'CONTROL' | 'SYSTEM'

/**
 * Who receives an event: every connected member, or only those of them that are named, or nobody:
 * some events are only for the streams.
 */
export type Audience = 'members' | 'nobody' | ReadonlySet<MemberArn>

/** A change of who belongs to the channel that comes with an event. */
export interface MembershipChange {
  readonly memberArn: MemberArn
  readonly change: 'joined' | 'left'
  /** Which conversation of the channel; empty unless the channel is elastic. */
  readonly subChannelId: string
}

/** Why something happened that nobody asked for. */
// evidence: docs elastic channels (behaviour 1.10, 4.2)
export type EventReason = 'subchannel_DELETED'

/** One thing that happened in a channel, for sessions, data streams, push and bots alike. */
export interface ChannelEvent {
  readonly type: ChannelEventType
  readonly messageType: EventMessageType
  readonly channelArn: ChannelArn
  /** Empty for an event of the whole channel, which the members of all sub-channels hear. */
  readonly subChannelId: string
  readonly audience: Audience
  /**
   * The wire object, fields at the top level, instants as `Date` (JSON renders them as the ISO text
   * that clients expect), absent fields undefined. Not to be changed once published.
   */
  readonly payload: object
  /** What streams are told instead of `payload`: also what not every member may see. */
  readonly streamPayload?: object | undefined
  /**
   * Whoever joined receives this event and those after it; whoever left receives this event and
   * none after it. The audience still has the last word about this event itself.
   */
  readonly membershipChanges: readonly MembershipChange[]
  /** The channel ceases to exist with this event: nobody belongs to it any more. */
  readonly endsChannel: boolean
  readonly reason?: EventReason | undefined
  /** Of members that join with the channel, which nobody can read yet: when it is made. */
  readonly channelCreatedAt?: number | undefined
  /** What an event of a channel message tells of, for whatever else is done with it. */
  readonly message?: ChannelMessage | undefined
}

/** A channel message was sent or changed: everyone hears of it, or sender and target alone. */
export function channelMessageEvent(
  type: Extract<ChannelEventType, `${string}_CHANNEL_MESSAGE`>,
  message: ChannelMessage,
  payload: object,
): ChannelEvent {
  return {
    type,
    // evidence: inferred (behaviour 1.8), every event of a message carries the type of the message
    messageType: message.type,
    channelArn: message.channelArn,
    subChannelId: message.subChannelId,
    audience: viewersOf(message) ?? 'members',
    payload,
    membershipChanges: [],
    endsChannel: false,
    message,
  }
}

/** What becomes of a message or its edit in a flow, which only its sender hears. */
// evidence: docs channel flows (behaviour 1.9)
export function flowEvent(
  type: Extract<ChannelEventType, `${'PENDING' | 'FAILED' | 'DENIED'}_${string}`>,
  message: ChannelMessage,
  payload: object,
): ChannelEvent {
  const event = channelMessageEvent(type, message, payload)
  return { ...event, audience: new Set([message.sender.arn]) }
}

/** Someone joined or left a channel. Of members of one event, all have the same type. */
export interface MembershipEventPlan {
  readonly channelArn: ChannelArn
  /** Whose members hear of it; empty unless the channel is elastic. */
  readonly subChannelId: string
  readonly membershipType: MembershipType
  readonly membershipChanges: readonly MembershipChange[]
  /** Who hears of HIDDEN members beside these themselves: moderators that are members. */
  readonly moderatorMemberArns: readonly MemberArn[]
  readonly reason?: EventReason | undefined
}

/** The event of a membership that began or ended. */
// evidence: inferred (behaviour 1.9), nobody else learns of hidden members
export function membershipEvent(
  type: Extract<ChannelEventType, `${string}_CHANNEL_MEMBERSHIP`>,
  plan: MembershipEventPlan,
  payload: object,
): ChannelEvent {
  const concerned = plan.membershipChanges.map((change) => change.memberArn)
  return {
    type,
    messageType: 'SYSTEM',
    channelArn: plan.channelArn,
    subChannelId: plan.subChannelId,
    audience:
      plan.membershipType === 'HIDDEN'
        ? new Set([...concerned, ...plan.moderatorMemberArns])
        : 'members',
    payload,
    membershipChanges: plan.membershipChanges,
    endsChannel: false,
    reason: plan.reason,
  }
}

/** A membership ended: whoever left hears of it, too, and of nothing after it. */
export function membershipEndedEvent(
  { channelArn, subChannelId, member, type: membershipType }: ChannelMembership,
  payload: object,
  {
    moderatorMemberArns = [],
    reason,
  }: Partial<Pick<MembershipEventPlan, 'moderatorMemberArns' | 'reason'>> = {},
): ChannelEvent {
  const membershipChanges = [{ memberArn: member.arn, change: 'left' as const, subChannelId }]
  return membershipEvent(
    'DELETE_CHANNEL_MEMBERSHIP',
    {
      channelArn,
      subChannelId,
      membershipType,
      membershipChanges,
      moderatorMemberArns,
      reason,
    },
    payload,
  )
}

/**
 * Balancing moved a member to another sub-channel: it alone hears of it. `membership` is the moved
 * one, which has left the sub-channel `from`.
 */
// evidence: docs elastic channels (behaviour 4.4)
export function transferEvent(
  { channelArn, subChannelId, member }: ChannelMembership,
  from: string,
  payload: object,
): ChannelEvent {
  return {
    type: 'UPDATE_CHANNEL_MEMBERSHIP',
    messageType: 'SYSTEM',
    channelArn,
    subChannelId,
    audience: new Set([member.arn]),
    payload,
    membershipChanges: [
      { memberArn: member.arn, change: 'joined', subChannelId },
      { memberArn: member.arn, change: 'left', subChannelId: from },
    ],
    endsChannel: false,
  }
}

/** The channel itself changed, or ceased to exist with everything in it. */
export function channelEvent(
  type: 'UPDATE_CHANNEL' | 'DELETE_CHANNEL',
  channelArn: ChannelArn,
  payload: object,
  streamPayload?: object,
): ChannelEvent {
  return {
    type,
    messageType: 'SYSTEM',
    channelArn,
    subChannelId: '',
    audience: 'members',
    payload,
    streamPayload,
    membershipChanges: [],
    endsChannel: type === 'DELETE_CHANNEL',
  }
}

/**
 * The events of members that join one conversation together, one for each. All join with the first
 * event, so that each of them hears of all the others.
 */
export function jointMembershipEvents(
  memberships: readonly ChannelMembership[],
  present: (membership: ChannelMembership) => object,
): readonly ChannelEvent[] {
  const joining = memberships.map(({ member, subChannelId }): MembershipChange => {
    return { memberArn: member.arn, change: 'joined', subChannelId }
  })
  return memberships.map((membership, index) =>
    membershipEvent(
      'CREATE_CHANNEL_MEMBERSHIP',
      {
        channelArn: membership.channelArn,
        subChannelId: membership.subChannelId,
        membershipType: membership.type,
        membershipChanges: index === 0 ? joining : [],
        moderatorMemberArns: [],
      },
      present(membership),
    ),
  )
}

/** What only streams hear of: the socket has no such event. */
// evidence: docs data streaming (behaviour 1.9, 6)
export function streamEvent(
  type:
    | 'CREATE_CHANNEL'
    | 'UPDATE_CHANNEL_EXPIRATION_SETTINGS'
    | 'CREATE_CHANNEL_MEMBERSHIP'
    | `${'CREATE' | 'DELETE'}_${'CHANNEL_BAN' | 'CHANNEL_MODERATOR' | 'SUB_CHANNEL'}`,
  { channelArn, subChannelId = '' }: { channelArn: ChannelArn; subChannelId?: string },
  payload: object,
): ChannelEvent {
  return {
    type,
    messageType: 'SYSTEM',
    channelArn,
    subChannelId,
    audience: 'nobody',
    payload,
    membershipChanges: [],
    endsChannel: false,
  }
}
