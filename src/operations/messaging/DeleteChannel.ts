// Deletes a channel with its memberships and messages: inaccessible at once, and not to be undone.
import { canDeleteChannel } from '../../policies/channel.ts'
import { requireAllowed } from '../../policies/decision.ts'
import { channelArnOf } from '../../services/input-arns.ts'
import { removeChannel } from '../../services/messaging/channel-removal.ts'
import { defineOperation, type OperationDependencies } from '../define-operation.ts'

export const DeleteChannel = defineOperation({
  name: 'DeleteChannel',
  access: 'bearer',
  async run({ input, caller }, { store }: Pick<OperationDependencies, 'store'>) {
    const channelArn = channelArnOf(input.ChannelArn, caller)
    return store.transact(async (tx) => {
      const access = await tx.channels.findAccess(channelArn, caller.identity.arn)
      const { channel } = requireAllowed(canDeleteChannel(access))
      await removeChannel(tx, channel)
      return undefined
    })
  },
})
