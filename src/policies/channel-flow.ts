// Who may put a channel flow before the messages of a channel: behaviour 2.4. Flows themselves are
// made and changed by developers, for whom only the policies of IAM count.
import { allowRoles, isAdmin, isModerator } from './channel-role.ts'

/** For associating and disassociating. */
// evidence: docs role table
export const canChangeChannelFlow = allowRoles(
  [isAdmin, isModerator],
  'only admins and moderators may change the flow of a channel',
)
