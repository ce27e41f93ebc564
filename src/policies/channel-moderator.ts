// Who may appoint, see and dismiss moderators, and who may become one: behaviour 2.4.
import type { ChannelRelation } from '../domain/channel.ts'
import { allow, deny, type Decision } from './decision.ts'
import { allowRoles, isAdmin, isModerator } from './channel-role.ts'

/** Appointing, dismissing, describing and listing; a moderator needs no membership for it. */
// evidence: docs role table; without membership inferred (note 10)
export const canManageModerators = allowRoles(
  [isAdmin, isModerator],
  'only admins and moderators may see and change the moderators of a channel',
)

/** Whether someone may become a moderator: not while banned, as a moderator cannot be banned. */
// evidence: inferred from docs bans (notes 4 and 11)
export function canBecomeModerator(appointed: ChannelRelation): Decision<ChannelRelation> {
  return appointed.isBanned
    ? deny('ChannelModeratorArn is banned from the channel; delete the ban first')
    : allow(appointed)
}
