// Who may send, read and change messages: behaviour 2.4 for the operations on channel messages. A
// message that is targeted at others does not exist for the caller (note 13).
import { isSentBy, isVisibleTo, type ChannelMessage } from '../domain/channel-message.ts'
import type { ChannelAccess, ChannelRelation } from '../domain/channel.ts'
import { allow, deny, type Decision } from './decision.ts'
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

/** A message that the caller may act on, and the channel that it is in. */
export interface MessageAccess extends ChannelAccess {
  readonly message: ChannelMessage
}

export const canSendMessage = allowRoles(
  [isDefaultMember],
  'only members that are not hidden may send messages',
)

/** Whether a message may be targeted at someone: any member, hidden ones and the sender, too. */
// evidence: docs Target (behaviour 3.6)
export function canBeTarget(target: ChannelRelation | undefined): Decision<ChannelRelation> {
  return target?.membershipType === undefined
    ? deny('Target must be a member of the channel')
    : allow(target)
}

/** For getting one and for listing many; targeted messages are left out afterwards. */
export const canReadMessages = allowRoles(READERS, 'the channel is private')

/** Only the sender may edit, as long as it could send. */
// evidence: docs UpdateChannelMessage; membership inferred (behaviour 12b)
export function canUpdateMessage(
  access: ChannelAccess | undefined,
  message: ChannelMessage | undefined,
): Decision<MessageAccess> {
  if (access === undefined) return deny()
  if (!isDefaultMember(access)) {
    return denyAccess(access, 'only members that are not hidden may update messages')
  }
  return isOwn(access, message)
    ? allow({ ...access, message })
    : deny('only the sender may update a message')
}

/**
 * Admins and moderators redact what they can see; everyone else its own, even after leaving, but
 * neither while hidden nor while banned.
 */
// evidence: docs role table; who has left inferred (behaviour 12b)
export function canRedactMessage(
  access: ChannelAccess | undefined,
  message: ChannelMessage | undefined,
): Decision<MessageAccess> {
  if (access === undefined) return deny()
  const { caller } = access
  if (hasRole(access, [isAdmin, isModerator])) {
    return message !== undefined && isVisibleTo(message, caller.arn)
      ? allow({ ...access, message })
      : deny()
  }
  return isOwn(access, message) && !isHiddenMember(access) && !caller.isBanned
    ? allow({ ...access, message })
    : denyAccess(access, 'only the sender, moderators and admins may redact a message')
}

/** Admins, even a message that they cannot see; but only one that was sent. */
// evidence: docs DeleteChannelMessage (note 9)
export function canDeleteMessage(
  access: ChannelAccess | undefined,
  message: ChannelMessage | undefined,
): Decision<MessageAccess> {
  if (access === undefined) return deny()
  if (!isAdmin(access)) return denyAccess(access, 'only admins may delete messages')
  return message?.status === 'SENT' ? allow({ ...access, message }) : deny()
}

/** Only the sender learns what became of its message, as long as it has a role in the channel. */
// evidence: docs role table
export function canGetMessageStatus(
  access: ChannelAccess | undefined,
  message: ChannelMessage | undefined,
): Decision<MessageAccess> {
  if (access === undefined) return deny()
  const hasAnyRole = hasRole(access, [isAdmin, isModerator, isDefaultMember, isHiddenMember])
  return hasAnyRole && isOwn(access, message)
    ? allow({ ...access, message })
    : denyAccess(access, 'only the sender may ask for the status of a message')
}

function isOwn(
  access: ChannelAccess,
  message: ChannelMessage | undefined,
): message is ChannelMessage {
  return message !== undefined && isSentBy(message, access.caller.arn)
}
