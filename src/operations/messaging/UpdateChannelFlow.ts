// Replaces the name and the processors of a channel flow, for every channel that uses it.
import { requireProcessors } from '../../domain/channel-flow-rules.ts'
import { BadRequestException, ForbiddenException } from '../../domain/errors.ts'
import { quotaText } from '../../domain/limits.ts'
import {
  channelFlowArnOf,
  processorsOf,
  warnOfDeadEnds,
} from '../../services/messaging/channel-flow-mapping.ts'
import { defineOperation, type OperationDependencies } from '../define-operation.ts'

type Dependencies = Pick<
  OperationDependencies,
  'store' | 'limits' | 'arnScope' | 'outboundMapping' | 'logger'
>

export const UpdateChannelFlow = defineOperation({
  name: 'UpdateChannelFlow',
  access: 'credential',
  async run({ input, now }, { store, limits, arnScope, outboundMapping, logger }: Dependencies) {
    const processors = processorsOf(input.Processors)
    requireProcessors(processors, arnScope)
    const arn = channelFlowArnOf(input.ChannelFlowArn)
    const output = await store.transact(async (tx) => {
      const flow = await tx.channelFlows.find(arn)
      if (flow === undefined) throw new ForbiddenException()
      // evidence: model, ResourceLimitExceededException is not listed here
      if (processors.length > limits.processorsPerChannelFlow) {
        throw new BadRequestException(
          `Processors are too many: ${quotaText(limits, 'processorsPerChannelFlow')}`,
        )
      }
      const lastUpdatedAt = Math.max(now, flow.lastUpdatedAt + 1)
      tx.channelFlows.replace({ ...flow, name: input.Name, processors, lastUpdatedAt })
      return { ChannelFlowArn: arn }
    })
    warnOfDeadEnds(processors, outboundMapping, logger)
    return output
  },
})
