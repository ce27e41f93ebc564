// Who may see how an elastic channel is divided, and into which of its sub-channels: behaviour 2.4
// and 4.3.
import type { ChannelAccess, ChannelRelation } from '../domain/channel.ts'
import { allow, deny, type Decision } from './decision.ts'
import { allowRoles, denyAccess, hasRole, isAdmin, isModerator } from './channel-role.ts'

// evidence: docs role table
export const canListSubChannels = allowRoles(
  [isAdmin, isModerator],
  'only admins and moderators may list sub-channels',
)

/** Whether someone is a member of this very sub-channel. */
export function isInSubChannel(
  relation: Pick<ChannelRelation, 'subChannelIds'>,
  subChannelId: string,
): boolean {
  return relation.subChannelIds.includes(subChannelId)
}

/**
 * Whether the caller may do in a sub-channel what only its members may, moderators and admins not
 * excepted. Nobody learns whether it exists.
 */
// evidence: docs elastic channels (behaviour 4.3)
export function canTakePartIn(access: ChannelAccess, subChannelId: string): Decision<string> {
  return isInSubChannel(access.caller, subChannelId)
    ? allow(subChannelId)
    : denyAccess(access, NO_OWN_SUB_CHANNEL)
}

/**
 * Whether the caller may see what is in a sub-channel: its members, and moderators and admins in
 * any. For these it remains to be seen whether it exists; nobody else learns that.
 */
// evidence: docs elastic channels; non-members of a public one inferred (behaviour 4.3)
export function canSeeSubChannel(access: ChannelAccess, subChannelId: string): Decision<string> {
  return isInSubChannel(access.caller, subChannelId) || hasRole(access, [isAdmin, isModerator])
    ? allow(subChannelId)
    : denyAccess(access, NO_OWN_SUB_CHANNEL)
}

const NO_OWN_SUB_CHANNEL = 'SubChannelId names no sub-channel that you are in'

/** What is said of a sub-channel that does not exist to those who may see all that do. */
export const noSuchSubChannel: Decision<never> = deny(
  'SubChannelId names no sub-channel of the channel',
)
