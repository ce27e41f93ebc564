// Ends a membership: a member leaves, or is removed. Whoever is no member is left as it is.
import { canDeleteMembership } from '../../policies/channel-membership.ts'
import { requireAllowed } from '../../policies/decision.ts'
import { channelArnOf, memberArnOf } from '../../services/input-arns.ts'
import { refuseForeignSubChannel } from '../../services/messaging/conversation.ts'
import { endMembership } from '../../services/messaging/membership-ending.ts'
import { defineOperation, type OperationDependencies } from '../define-operation.ts'

export const DeleteChannelMembership = defineOperation({
  name: 'DeleteChannelMembership',
  access: 'bearer',
  async run({ input, caller }, { store }: Pick<OperationDependencies, 'store'>) {
    const channelArn = channelArnOf(input.ChannelArn, caller)
    const memberArn = memberArnOf(input.MemberArn, caller.appInstanceArn)
    return store.transact(async (tx) => {
      const access = await tx.channels.findAccess(channelArn, caller.identity.arn)
      const { channel } = requireAllowed(canDeleteMembership(access, memberArn))
      refuseForeignSubChannel(channel, input.SubChannelId)
      const membership = await tx.memberships.find({ channelArn, subChannelId: '' }, memberArn)
      // evidence: inferred (behaviour 3.2), NotFoundException is not listed
      if (membership === undefined) return undefined
      await endMembership(tx, membership)
      return undefined
    })
  },
})
