// What happened in a channel, as told to connected members: which event, to whom, and what it changes
// in who belongs to the channel. How it looks on a socket is the gateway's business.
import type { ChannelArn, MemberArn } from '../base/arn.ts'

export type ChannelEventType =
  | 'CREATE_CHANNEL_MESSAGE'
  | 'UPDATE_CHANNEL_MESSAGE'
  | 'REDACT_CHANNEL_MESSAGE'
  | 'DELETE_CHANNEL_MESSAGE'
  | 'UPDATE_CHANNEL'
  | 'DELETE_CHANNEL'
  | 'CREATE_CHANNEL_MEMBERSHIP'
  | 'BATCH_CREATE_CHANNEL_MEMBERSHIP'
  | 'DELETE_CHANNEL_MEMBERSHIP'

/** `STANDARD` and `CONTROL` are those of the channel message; everything else is `SYSTEM`. */
export type EventMessageType = 'STANDARD' | 'CONTROL' | 'SYSTEM'

/** Who receives an event: every connected member, or only those of them that are named. */
export type Audience = 'members' | ReadonlySet<MemberArn>

/** A change of who belongs to the channel that comes with an event. */
export interface MembershipChange {
  readonly memberArn: MemberArn
  readonly change: 'joined' | 'left'
}

export interface ChannelEvent {
  readonly type: ChannelEventType
  readonly messageType: EventMessageType
  readonly channelArn: ChannelArn
  /** Empty for an event of the whole channel. */
  readonly subChannelId: string
  readonly audience: Audience
  /**
   * The wire object, fields at the top level, instants as `Date` (JSON renders them as the ISO text
   * that clients expect), absent fields undefined. Not to be changed once published.
   */
  readonly payload: object
  /**
   * Whoever joined receives this event and those after it; whoever left receives this event and
   * none after it. The audience still has the last word about this event itself.
   */
  readonly membershipChanges: readonly MembershipChange[]
  /** The channel ceases to exist with this event: nobody belongs to it any more. */
  readonly endsChannel: boolean
}
