// Marks everything that is in a channel now as read by the caller.
import { canUseOwnMembership } from '../../policies/channel-membership.ts'
import { requireAllowed } from '../../policies/decision.ts'
import { channelArnOf } from '../../services/input-arns.ts'
import { refuseElastic } from '../../services/messaging/elastic-channels.ts'
import { defineOperation, type OperationDependencies } from '../define-operation.ts'

export const UpdateChannelReadMarker = defineOperation({
  name: 'UpdateChannelReadMarker',
  access: 'bearer',
  async run({ input, caller, now }, { store }: Pick<OperationDependencies, 'store'>) {
    const channelArn = channelArnOf(input.ChannelArn, caller)
    const memberArn = caller.identity.arn
    return store.transact(async (tx) => {
      const access = await tx.channels.findAccess(channelArn, memberArn)
      refuseElastic(access, 'Read markers are')
      requireAllowed(canUseOwnMembership(access, memberArn))
      // Instants of messages may be a little ahead of the clock; what is there already is read.
      const lastMessageAt = await tx.channels.findLastMessageAt(channelArn, memberArn)
      tx.ownMemberships.putReadMarker(channelArn, memberArn, Math.max(now, lastMessageAt ?? now))
      return { ChannelArn: channelArn }
    })
  },
})
