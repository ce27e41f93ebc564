// Deletes a channel flow that no channel uses.
import { ConflictException, ForbiddenException } from '../../domain/errors.ts'
import { channelFlowArnOf } from '../../services/messaging/channel-flow-mapping.ts'
import { defineOperation, type OperationDependencies } from '../define-operation.ts'

export const DeleteChannelFlow = defineOperation({
  name: 'DeleteChannelFlow',
  access: 'credential',
  async run({ input }, { store }: Pick<OperationDependencies, 'store'>) {
    const arn = channelFlowArnOf(input.ChannelFlowArn)
    return store.transact(async (tx) => {
      if ((await tx.channelFlows.find(arn)) === undefined) throw new ForbiddenException()
      // evidence: docs DeleteChannelFlow
      if (await tx.channelFlows.isUsed(arn)) {
        throw new ConflictException('ChannelFlowArn is associated with a channel')
      }
      tx.channelFlows.remove(arn)
      return undefined
    })
  },
})
