// Shows one channel flow.
import { ForbiddenException } from '../../domain/errors.ts'
import {
  channelFlowArnOf,
  presentChannelFlow,
} from '../../services/messaging/channel-flow-mapping.ts'
import { defineOperation, type OperationDependencies } from '../define-operation.ts'

export const DescribeChannelFlow = defineOperation({
  name: 'DescribeChannelFlow',
  access: 'credential',
  async run({ input }, { store }: Pick<OperationDependencies, 'store'>) {
    const flow = await store.read.channelFlows.find(channelFlowArnOf(input.ChannelFlowArn))
    if (flow === undefined) throw new ForbiddenException()
    return { ChannelFlow: presentChannelFlow(flow) }
  },
})
