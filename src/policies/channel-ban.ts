// Who may ban, see and lift bans, and who may be banned: behaviour 2.4.
import type { ChannelRelation } from '../domain/channel.ts'
import { allow, deny, type Decision } from './decision.ts'
import { allowRoles, isAdmin, isModerator } from './channel-role.ts'

/** Banning, lifting, describing and listing. */
// evidence: docs role table
export const canManageBans = allowRoles(
  [isAdmin, isModerator],
  'only admins and moderators may see and change the bans of a channel',
)

/** Whether someone may be banned, whoever asks: no admin and no moderator of the channel. */
// evidence: docs CreateChannelBan (note 11)
export function canBeBanned(target: ChannelRelation): Decision<ChannelRelation> {
  if (target.isAdmin) return deny('MemberArn is an admin of the app instance, who cannot be banned')
  if (target.isModerator) return deny('MemberArn is a moderator of the channel: remove that first')
  return allow(target)
}
