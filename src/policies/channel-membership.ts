// Who may see, begin and end memberships: behaviour 2.4 for the operations on members of a channel.
import type { MemberArn } from '../base/arn.ts'
import type { ChannelAccess, ChannelRelation, MembershipType } from '../domain/channel.ts'
import { allow, deny, type Decision } from './decision.ts'
import {
  allowRoles,
  denyAccess,
  hasRole,
  isAdmin,
  isDefaultMember,
  isHiddenMember,
  isInPublic,
  isModerator,
  READERS,
} from './channel-role.ts'

/**
 * Whether the caller may add these members. Beside admins and moderators: anyone itself to a public
 * channel unless banned, members others where the channel is UNRESTRICTED.
 */
// evidence: docs role table and concepts page, sdk sample chat app (note 3)
export function canCreateMembership(
  access: ChannelAccess | undefined,
  type: MembershipType,
  memberArns: readonly (MemberArn | undefined)[],
): Decision<ChannelAccess> {
  if (access === undefined) return deny()
  if (hasRole(access, [isAdmin, isModerator])) return allow(access)
  if (type === 'HIDDEN') {
    return denyAccess(access, 'only admins and moderators may add hidden members')
  }
  const { caller, channel } = access
  if (caller.isBanned) return denyAccess(access, 'you are banned from the channel')
  if (isHiddenMember(access)) return deny('hidden members may not add members')
  const isForItself = memberArns.every((memberArn) => memberArn === caller.arn)
  if (isDefaultMember(access)) {
    // One who is a member already hears of the conflict, not of a missing right.
    return channel.mode === 'UNRESTRICTED' || isForItself
      ? allow(access)
      : deny('members of a RESTRICTED channel may not add others')
  }
  return isInPublic(access) && isForItself
    ? allow(access)
    : denyAccess(access, 'who is not a member may only add itself')
}

/** Whether someone may become a member: nobody who is banned, whoever adds them. */
// evidence: docs bans (note 4)
export function canBecomeMember<Member extends Pick<ChannelRelation, 'isBanned'>>(
  member: Member,
): Decision<Member> {
  return member.isBanned ? deny('the member is banned from the channel') : allow(member)
}

/** Whether the caller may ask for the membership of `memberArn`; absence is told afterwards. */
// evidence: inferred (note 5), one may always ask for oneself
export function canDescribeMembership(
  access: ChannelAccess | undefined,
  memberArn: MemberArn,
): Decision<ChannelAccess> {
  if (access === undefined) return deny()
  const isOwn = memberArn === access.caller.arn
  if (isOwn || hasRole(access, [isAdmin, isModerator, isDefaultMember])) return allow(access)
  if (isHiddenMember(access)) return deny('hidden members may describe only their own membership')
  return isInPublic(access) ? allow(access) : deny()
}

/** Whether a membership of `type` may be shown to the caller: if hidden, to few. */
// evidence: docs hidden memberships; for DescribeChannelMembership inferred
export function canSeeMembership(
  access: ChannelAccess,
  membership: { readonly type: MembershipType; readonly member: { readonly arn: MemberArn } },
): boolean {
  return (
    membership.type === 'DEFAULT' ||
    membership.member.arn === access.caller.arn ||
    hasRole(access, [isAdmin, isModerator])
  )
}

const canListDefaultMembers = allowRoles(READERS, 'the channel is private')
// evidence: docs (note 6)
const canListHiddenMembers = allowRoles(
  [isAdmin, isModerator],
  'only admins and moderators may list hidden members',
)

export function canListMemberships(
  access: ChannelAccess | undefined,
  type: MembershipType,
): Decision<ChannelAccess> {
  return type === 'HIDDEN' ? canListHiddenMembers(access) : canListDefaultMembers(access)
}

/** Whether the caller may end the membership: members leave, admins and moderators remove. */
// evidence: docs CreateChannelMembership (note 7)
export function canDeleteMembership(
  access: ChannelAccess | undefined,
  memberArn: MemberArn,
): Decision<ChannelAccess> {
  if (access === undefined) return deny()
  if (hasRole(access, [isAdmin, isModerator])) return allow(access)
  const isOwn = memberArn === access.caller.arn
  return isOwn && hasRole(access, [isDefaultMember, isHiddenMember])
    ? allow(access)
    : denyAccess(access, 'only admins and moderators may remove others')
}

/** Whether the caller may list the channels of `memberArn`: its own, admins anyone's. */
export function canListMembershipsOf(
  caller: { readonly arn: MemberArn; readonly isAdmin: boolean },
  memberArn: MemberArn,
): Decision<MemberArn> {
  return caller.isAdmin || caller.arn === memberArn
    ? allow(memberArn)
    : deny('only admins may list the channels of others')
}

/**
 * Whether the caller may ask what `memberArn` is to the channel: itself always, admins and
 * moderators anyone. That there is nothing to tell is told afterwards.
 */
// evidence: docs role table, whose rows contradict each other (note 2, behaviour 12b)
export function canDescribeRelationOf(
  access: ChannelAccess | undefined,
  memberArn: MemberArn,
): Decision<ChannelAccess> {
  if (access === undefined) return deny()
  return memberArn === access.caller.arn || hasRole(access, [isAdmin, isModerator])
    ? allow(access)
    : denyAccess(access, 'only admins and moderators may ask for others')
}

/** Whether the caller may use what belongs to the membership of `memberArn` alone: if its own. */
// evidence: docs role table for preferences and read markers
export function canUseOwnMembership(
  access: ChannelAccess | undefined,
  memberArn: MemberArn,
): Decision<ChannelAccess> {
  if (access === undefined) return deny()
  if (!hasRole(access, [isDefaultMember, isHiddenMember])) {
    return denyAccess(access, 'you are not a member of the channel')
  }
  return memberArn === access.caller.arn ? allow(access) : deny('this belongs to each member alone')
}

/** The channels that a search may find. */
export interface ChannelSearchScope {
  /** Absent: all channels of the app instance. */
  readonly memberOf?: MemberArn | undefined
}

/** Everyone finds the channels that it is a member of, hidden or not; admins find all. */
// evidence: docs SearchChannels; that moderating is not enough inferred (behaviour 12b)
export function canSearchChannels(caller: {
  readonly arn: MemberArn
  readonly isAdmin: boolean
}): Decision<ChannelSearchScope> {
  return allow(caller.isAdmin ? {} : { memberOf: caller.arn })
}
