// The words in which the rules about channels are written: roles, and lists of roles that suffice.
import type { ChannelAccess } from '../domain/channel.ts'
import { allow, deny, type Decision } from './decision.ts'

/** Something that the caller may be to the channel. Roles add up: one that suffices is enough. */
export type Role = (access: ChannelAccess) => boolean

export const isAdmin: Role = ({ caller }) => caller.isAdmin
export const isModerator: Role = ({ caller }) => caller.isModerator
export const isDefaultMember: Role = ({ caller }) => caller.membershipType === 'DEFAULT'
export const isHiddenMember: Role = ({ caller }) => caller.membershipType === 'HIDDEN'
/** Anyone in the app instance, banned or not, for a channel that is open to all. */
// evidence: inferred (behaviour 2.4 note 15), a ban does not take away reading
export const isInPublic: Role = ({ channel }) => channel.privacy === 'PUBLIC'

/** Those who may know that the channel exists and read what is in it. */
export const READERS: readonly Role[] = [
  isAdmin,
  isModerator,
  isDefaultMember,
  isHiddenMember,
  isInPublic,
]

export function hasRole(access: ChannelAccess, roles: readonly Role[]): boolean {
  return roles.some((role) => role(access))
}

/** A denial that gives its reason only to those who may know that the channel exists. */
export function denyAccess(access: ChannelAccess, reason: string): Decision<never> {
  return hasRole(access, READERS) ? deny(reason) : deny()
}

/** The rule that any of `roles` suffices. A channel that does not exist is like one not seen. */
// evidence: inferred (behaviour 8.5), unknown and forbidden look the same
export function allowRoles(
  roles: readonly Role[],
  reason: string,
): (access: ChannelAccess | undefined) => Decision<ChannelAccess> {
  return (access) => {
    if (access === undefined) return deny()
    return hasRole(access, roles) ? allow(access) : denyAccess(access, reason)
  }
}
