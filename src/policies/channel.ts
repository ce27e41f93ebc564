// Who may see and change channels: behaviour 2.4 for the operations on the channel itself.
import { allow, deny, type Decision } from './decision.ts'
import type { ChannelAccess, ChannelPrivacy } from '../domain/channel.ts'
import { allowRoles, hasRole, isAdmin, isModerator, READERS } from './channel-role.ts'

// evidence: sdk sample chat app (note 1), members describe private channels, too
export const canDescribeChannel = allowRoles(READERS, 'the channel is private')

export const canUpdateChannel = allowRoles(
  [isAdmin, isModerator],
  'only admins and moderators may update a channel',
)

export const canDeleteChannel = allowRoles(
  [isAdmin, isModerator],
  'only admins and moderators may delete a channel',
)

// evidence: inferred (behaviour 2.4 note 12), as UpdateChannel
export const canPutChannelExpiration = allowRoles(
  [isAdmin, isModerator],
  'only admins and moderators may change when a channel expires',
)

/** Whether the caller may see how an elastic channel spreads its members. */
// evidence: inferred (behaviour 3.1), AWS's sample chat app does not see it as an ordinary member
export function canSeeElasticConfiguration(access: ChannelAccess): boolean {
  return hasRole(access, [isAdmin, isModerator])
}

/** Which channels a list may hold; absent privacy means both kinds. */
export interface ChannelListing {
  readonly privacy?: ChannelPrivacy | undefined
}

/** The listing that the caller may have: everyone public channels, admins all. */
// evidence: docs ListChannels; without privacy inferred (behaviour 3.9)
export function canListChannels(
  caller: { readonly isAdmin: boolean },
  privacy: ChannelPrivacy | undefined,
): Decision<ChannelListing> {
  if (caller.isAdmin) return allow({ privacy })
  return privacy === 'PRIVATE'
    ? deny('only admins may list private channels')
    : allow({ privacy: 'PUBLIC' })
}
