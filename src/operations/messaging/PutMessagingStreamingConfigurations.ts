// Says which streams the events of an app instance go to; replaces what was said before.
import { NotFoundException } from '../../domain/errors.ts'
import { requireStreams } from '../../domain/streaming-rules.ts'
import { appInstanceArnOf } from '../../services/input-arns.ts'
import { defineOperation, type OperationDependencies } from '../define-operation.ts'

type Dependencies = Pick<OperationDependencies, 'store' | 'arnScope' | 'outboundMapping' | 'logger'>

const NOT_MAPPED_TEXT =
  'the stream leads nowhere, so nothing is streamed to it: see CARILLON_OUTBOUND'

export const PutMessagingStreamingConfigurations = defineOperation({
  name: 'PutMessagingStreamingConfigurations',
  access: 'credential',
  async run({ input }, dependencies: Dependencies) {
    const { store, arnScope, outboundMapping, logger } = dependencies
    const { StreamingConfigurations } = input
    const configurations = StreamingConfigurations.map(({ DataType, ResourceArn }) => ({
      dataType: DataType,
      resourceArn: ResourceArn,
    }))
    requireStreams(configurations, arnScope)
    const arn = appInstanceArnOf(input.AppInstanceArn)
    const output = await store.transact(async (tx) => {
      if ((await tx.appInstances.find(arn)) === undefined) {
        throw new NotFoundException('AppInstanceArn names no app instance')
      }
      tx.streamingConfigurations.put(arn, configurations)
      return { StreamingConfigurations }
    })
    for (const { resourceArn } of configurations) {
      if (outboundMapping.stream(resourceArn) !== undefined) continue
      logger.warn({ appInstanceArn: arn, streamArn: resourceArn }, NOT_MAPPED_TEXT)
    }
    return output
  },
})
