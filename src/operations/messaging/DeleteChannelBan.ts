// Lifts a ban; the membership that it ended stays ended. Whoever is not banned is left as it is.
import { streamEvent } from '../../domain/channel-event.ts'
import { canManageBans } from '../../policies/channel-ban.ts'
import { requireAllowed } from '../../policies/decision.ts'
import { channelArnOf, memberArnOf } from '../../services/input-arns.ts'
import { presentBan } from '../../services/presenters/channel-presenters.ts'
import { defineOperation, type OperationDependencies } from '../define-operation.ts'

export const DeleteChannelBan = defineOperation({
  name: 'DeleteChannelBan',
  access: 'bearer',
  async run({ input, caller }, { store }: Pick<OperationDependencies, 'store'>) {
    const channelArn = channelArnOf(input.ChannelArn, caller)
    const memberArn = memberArnOf(input.MemberArn, caller.appInstanceArn)
    return store.transact(async (tx) => {
      const access = await tx.channels.findAccess(channelArn, caller.identity.arn)
      requireAllowed(canManageBans(access))
      // evidence: inferred (behaviour 3.5), NotFoundException is not listed
      const ban = await tx.bans.find(channelArn, memberArn)
      if (ban === undefined) return undefined
      tx.bans.remove(channelArn, memberArn)
      tx.publish(streamEvent('DELETE_CHANNEL_BAN', ban, presentBan(ban)))
      return undefined
    })
  },
})
