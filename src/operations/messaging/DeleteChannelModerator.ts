// Takes the role of moderator away, even from the last one; in an elastic channel its memberships
// go with it. Whoever is none is left as it is.
import { streamEvent } from '../../domain/channel-event.ts'
import { canManageModerators } from '../../policies/channel-moderator.ts'
import { requireAllowed } from '../../policies/decision.ts'
import { channelArnOf, memberArnOf } from '../../services/input-arns.ts'
import { endMemberships, listMembershipsIn } from '../../services/messaging/membership-ending.ts'
import { presentModerator } from '../../services/presenters/channel-presenters.ts'
import { defineOperation, type OperationDependencies } from '../define-operation.ts'

export const DeleteChannelModerator = defineOperation({
  name: 'DeleteChannelModerator',
  access: 'bearer',
  async run({ input, caller, now }, { store }: Pick<OperationDependencies, 'store'>) {
    const channelArn = channelArnOf(input.ChannelArn, caller)
    const moderatorArn = memberArnOf(input.ChannelModeratorArn, caller.appInstanceArn)
    return store.transact(async (tx) => {
      const access = await tx.channels.findAccess(channelArn, caller.identity.arn)
      const { channel } = requireAllowed(canManageModerators(access))
      // evidence: inferred (behaviour 3.5), NotFoundException is not listed
      const role = await tx.moderators.find(channelArn, moderatorArn)
      if (role === undefined) return undefined
      tx.moderators.remove(channelArn, moderatorArn)
      tx.publish(streamEvent('DELETE_CHANNEL_MODERATOR', role, presentModerator(role)))
      // evidence: docs elastic channels (behaviour 4.3)
      if (channel.elasticChannelConfiguration === undefined) return undefined
      const dismissed = await tx.channels.findAccess(channelArn, moderatorArn)
      if (dismissed === undefined) return undefined
      const memberships = await listMembershipsIn(tx, channel, dismissed.caller)
      await endMemberships(tx, channel, memberships, now)
      return undefined
    })
  },
})
