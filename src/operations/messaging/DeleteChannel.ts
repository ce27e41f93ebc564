// Deletes a channel with its memberships and messages: inaccessible at once, and not to be undone.
import { channelEvent } from '../../domain/channel-event.ts'
import { canDeleteChannel } from '../../policies/channel.ts'
import { requireAllowed } from '../../policies/decision.ts'
import { channelArnOf } from '../../services/input-arns.ts'
import { presentChannel } from '../../services/presenters.ts'
import { defineOperation, type OperationDependencies } from '../define-operation.ts'

export const DeleteChannel = defineOperation({
  name: 'DeleteChannel',
  access: 'bearer',
  async run({ input, caller }, { store }: Pick<OperationDependencies, 'store'>) {
    const channelArn = channelArnOf(input.ChannelArn, caller)
    return store.transact(async (tx) => {
      const access = await tx.channels.findAccess(channelArn, caller.identity.arn)
      const { channel } = requireAllowed(canDeleteChannel(access))
      const lastMessageAt = await tx.channels.findLastMessageAt(channelArn)
      tx.channels.remove(channelArn)
      // One event ends every membership; none tells of each.
      // evidence: inferred (behaviour 3.1)
      tx.publish(
        channelEvent('DELETE_CHANNEL', channelArn, presentChannel({ channel, lastMessageAt })),
      )
      return undefined
    })
  },
})
