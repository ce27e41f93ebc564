// Makes the messages of a channel go through a flow from now on.
import { changeChannelFlow } from '../../domain/channel-rules.ts'
import { ConflictException } from '../../domain/errors.ts'
import { canChangeChannelFlow } from '../../policies/channel-flow.ts'
import { requireAllowed } from '../../policies/decision.ts'
import { channelArnOf } from '../../services/input-arns.ts'
import { noSuchFlow, ownChannelFlowArnOf } from '../../services/messaging/channel-flow-mapping.ts'
import { defineOperation, type OperationDependencies } from '../define-operation.ts'

export const AssociateChannelFlow = defineOperation({
  name: 'AssociateChannelFlow',
  access: 'bearer',
  async run({ input, caller, now }, { store }: Pick<OperationDependencies, 'store'>) {
    const channelArn = channelArnOf(input.ChannelArn, caller)
    return store.transact(async (tx) => {
      const access = await tx.channels.findAccess(channelArn, caller.identity.arn)
      const { channel } = requireAllowed(canChangeChannelFlow(access))
      const flowArn = ownChannelFlowArnOf(input.ChannelFlowArn, caller)
      if ((await tx.channelFlows.find(flowArn)) === undefined) throw noSuchFlow()
      // evidence: inferred (behaviour 5)
      if (channel.channelFlowArn === flowArn) return undefined
      if (channel.channelFlowArn !== undefined) {
        throw new ConflictException('The channel is associated with another channel flow')
      }
      tx.channels.replace(changeChannelFlow(channel, flowArn, now))
      return undefined
    })
  },
})
