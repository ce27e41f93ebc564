// Ends that the messages of a channel go through a flow.
import { changeChannelFlow } from '../../domain/channel-rules.ts'
import { NotFoundException } from '../../domain/errors.ts'
import { canChangeChannelFlow } from '../../policies/channel-flow.ts'
import { requireAllowed } from '../../policies/decision.ts'
import { channelArnOf } from '../../services/input-arns.ts'
import { ownChannelFlowArnOf } from '../../services/messaging/channel-flow-mapping.ts'
import { defineOperation, type OperationDependencies } from '../define-operation.ts'

export const DisassociateChannelFlow = defineOperation({
  name: 'DisassociateChannelFlow',
  access: 'bearer',
  async run({ input, caller, now }, { store }: Pick<OperationDependencies, 'store'>) {
    const channelArn = channelArnOf(input.ChannelArn, caller)
    return store.transact(async (tx) => {
      const access = await tx.channels.findAccess(channelArn, caller.identity.arn)
      const { channel } = requireAllowed(canChangeChannelFlow(access))
      // evidence: docs, it acts on the channel in the path alone (behaviour 5)
      if (channel.channelFlowArn !== ownChannelFlowArnOf(input.ChannelFlowArn, caller)) {
        throw new NotFoundException('ChannelFlowArn is not the flow of the channel')
      }
      tx.channels.replace(changeChannelFlow(channel, undefined, now))
      return undefined
    })
  },
})
