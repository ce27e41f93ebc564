// Who may send, read and change messages: behaviour 2.4 for the operations on channel messages. A
// message that is targeted at others does not exist for the caller (note 13).
import { isSentBy, isVisibleTo, type ChannelMessage } from '../domain/channel-message.ts'
import type { ChannelAccess, ChannelRelation } from '../domain/channel.ts'
import { allow, deny, type Decision } from './decision.ts'
import { isInSubChannel } from './sub-channel.ts'
import {
  allowRoles,
  denyAccess,
  hasRole,
  isAdmin,
  isDefaultMember,
  isHiddenMember,
  isModerator,
  READERS,
} from './channel-role.ts'

export const canSendMessage = allowRoles(
  [isDefaultMember],
  'only members that are not hidden may send messages',
)

/**
 * Whether a message in a conversation may be targeted at someone: any member, hidden ones and the
 * sender, too; in an elastic channel, any of the same sub-channel.
 */
// evidence: docs Target (behaviour 3.6); of the same sub-channel inferred (behaviour 4.2)
export function canBeTarget(
  target: ChannelRelation | undefined,
  { subChannelId }: Pick<ChannelMessage, 'subChannelId'>,
): Decision<ChannelRelation> {
  if (target?.membershipType === undefined) return deny('Target must be a member of the channel')
  return subChannelId === '' || isInSubChannel(target, subChannelId)
    ? allow(target)
    : deny('Target must be a member of the sub-channel')
}

/** For getting one and for listing many; targeted messages are left out afterwards. */
export const canReadMessages = allowRoles(READERS, 'the channel is private')

/** Whether the caller may edit at all: as long as it could send. */
// evidence: docs UpdateChannelMessage; membership inferred (behaviour 12b)
export const canUpdateMessages = allowRoles(
  [isDefaultMember],
  'only members that are not hidden may update messages',
)

/** Only the sender may edit. */
// evidence: docs UpdateChannelMessage
export function canUpdateMessage(
  { caller }: ChannelAccess,
  message: ChannelMessage | undefined,
): Decision<ChannelMessage> {
  return message !== undefined && isSentBy(message, caller.arn)
    ? allow(message)
    : deny('only the sender may update a message')
}

const NOT_TO_REDACT = 'only the sender, moderators and admins may redact a message'

/**
 * Whether the caller may redact at all: admins, moderators and everyone who may have sent
 * something, even after leaving, but neither while hidden nor while banned. In an elastic channel
 * not after leaving.
 */
// evidence: docs role table, elastic channels; who has left inferred (behaviour 12b)
export function canRedactMessages(access: ChannelAccess | undefined): Decision<ChannelAccess> {
  if (access === undefined) return deny()
  if (hasRole(access, [isAdmin, isModerator])) return allow(access)
  const isElastic = access.channel.elasticChannelConfiguration !== undefined
  const mayBeSender =
    !isHiddenMember(access) && !access.caller.isBanned && (!isElastic || isDefaultMember(access))
  return mayBeSender ? allow(access) : denyAccess(access, NOT_TO_REDACT)
}

/** Admins and moderators redact what they can see; everyone else its own. */
// evidence: docs role table
export function canRedactMessage(
  access: ChannelAccess,
  message: ChannelMessage | undefined,
): Decision<ChannelMessage> {
  const { arn } = access.caller
  const isOfRole = hasRole(access, [isAdmin, isModerator])
  if (message !== undefined && (isOfRole ? isVisibleTo : isSentBy)(message, arn)) {
    return allow(message)
  }
  return isOfRole ? deny() : denyAccess(access, NOT_TO_REDACT)
}

export const canDeleteMessages = allowRoles([isAdmin], 'only admins may delete messages')

/** Even a message that the admin cannot see; but only one that was sent. */
// evidence: docs DeleteChannelMessage (note 9)
export function canDeleteMessage(message: ChannelMessage | undefined): Decision<ChannelMessage> {
  return message?.status === 'SENT' ? allow(message) : deny()
}

const NOT_THE_SENDER = 'only the sender may ask for the status of a message'

/** Whether the caller may ask what became of its messages: as long as it has a role. */
// evidence: docs role table
export const canGetMessageStatuses = allowRoles(
  [isAdmin, isModerator, isDefaultMember, isHiddenMember],
  NOT_THE_SENDER,
)

/** Only the sender learns what became of its message. */
// evidence: docs role table
export function canGetMessageStatus(
  { caller }: ChannelAccess,
  message: ChannelMessage | undefined,
): Decision<ChannelMessage> {
  return message !== undefined && isSentBy(message, caller.arn)
    ? allow(message)
    : deny(NOT_THE_SENDER)
}
