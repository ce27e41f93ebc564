// Channel messages as stored and delivered. All instants are epoch milliseconds.
import type { ChannelArn, MemberArn } from '../base/arn.ts'
import type { Identity } from './identity.ts'

declare const messageId: unique symbol

/** Sorts by creation time as text; unique in the whole deployment. */
export type MessageId = string & { readonly [messageId]: true }

/** CONTROL: for apps, not for people; short, and past all flows. */
export type ChannelMessageType = 'STANDARD' | 'CONTROL'
/** NON_PERSISTENT: for those who are connected, and not kept. */
export type ChannelMessagePersistence = 'PERSISTENT' | 'NON_PERSISTENT'
/** Where it is on its way through a channel flow; SENT without one. */
export type ChannelMessageStatus = 'SENT' | 'PENDING' | 'FAILED' | 'DENIED'
/** What filter rules and bots look at: values by name. */
export type MessageAttributes = Readonly<Record<string, readonly string[]>>

/** What the sender wants to stand on the screens of devices; one of the two texts is there. */
export interface PushNotification {
  readonly title?: string | undefined
  readonly body?: string | undefined
  readonly type: 'DEFAULT' | 'VOIP'
}

/** What a sender chooses. Absent members were not given and are not answered. */
export interface ChannelMessageDraft {
  readonly channelArn: ChannelArn
  /** Empty for a channel that is not elastic. */
  readonly subChannelId: string
  readonly sender: Identity
  readonly type: ChannelMessageType
  readonly persistence: ChannelMessagePersistence
  /** Absent once redacted. */
  readonly content?: string | undefined
  readonly metadata?: string | undefined
  readonly contentType?: string | undefined
  readonly messageAttributes?: MessageAttributes | undefined
  /** The one member, besides the sender, who may see it. */
  readonly target?: MemberArn | undefined
  /** Until the message is sent; never kept with it and never shown. */
  readonly pushNotification?: PushNotification | undefined
}

/** A message as it is kept. */
export interface ChannelMessage extends ChannelMessageDraft {
  readonly messageId: MessageId
  /** Strictly increasing within a channel and sub-channel, in the order of commits. */
  readonly createdAt: number
  readonly lastUpdatedAt: number
  /** Only when the sender edited it: clients print "edited" on its presence. */
  readonly lastEditedAt?: number | undefined
  readonly redacted: boolean
  readonly status: ChannelMessageStatus
  /** The sender was removed: whoever has its ARN now is somebody else. */
  readonly isSenderRemoved?: true | undefined
  /** Likewise for the target. */
  readonly isTargetRemoved?: true | undefined
}

/** Whether `member` sent the message, and not somebody removed who had the same ARN. */
export function isSentBy(
  message: Pick<ChannelMessage, 'sender' | 'isSenderRemoved'>,
  member: MemberArn,
): boolean {
  return message.sender.arn === member && message.isSenderRemoved !== true
}

/**
 * Whether `viewer` may know of the message: its sender always, everyone else once it is sent,
 * unless it is targeted at someone else.
 */
// evidence: docs GetChannelMessage and targeted messages (behaviour 2.4, 3.9)
export function isVisibleTo(
  message: Pick<
    ChannelMessage,
    'target' | 'isTargetRemoved' | 'sender' | 'isSenderRemoved' | 'status'
  >,
  viewer: MemberArn,
): boolean {
  if (isSentBy(message, viewer)) return true
  if (message.status !== 'SENT') return false
  return message.target === undefined || isTargetedAt(message, viewer)
}

/** Whether `member` is the target, and not somebody removed who had the same ARN. */
function isTargetedAt(
  message: Pick<ChannelMessage, 'target' | 'isTargetRemoved'>,
  member: MemberArn,
): boolean {
  return message.target === member && message.isTargetRemoved !== true
}

/** Who may see a targeted message; undefined for a message that is not targeted. */
export function viewersOf(
  message: Pick<ChannelMessage, 'target' | 'isTargetRemoved' | 'sender' | 'isSenderRemoved'>,
): ReadonlySet<MemberArn> | undefined {
  const { target, sender } = message
  if (target === undefined) return undefined
  const viewers = new Set<MemberArn>()
  if (isSentBy(message, sender.arn)) viewers.add(sender.arn)
  if (isTargetedAt(message, target)) viewers.add(target)
  return viewers
}
