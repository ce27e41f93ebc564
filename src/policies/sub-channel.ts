// Who may see how an elastic channel is divided: behaviour 2.4.
import { allowRoles, isAdmin, isModerator } from './channel-role.ts'

// evidence: docs role table
export const canListSubChannels = allowRoles(
  [isAdmin, isModerator],
  'only admins and moderators may list sub-channels',
)
