// Says which streams the events of an app instance go to; replaces what was said before.
import { NotFoundException } from '../../domain/errors.ts'
import { requireStreams } from '../../domain/streaming-rules.ts'
import { appInstanceArnOf } from '../../services/input-arns.ts'
import { defineOperation, type OperationDependencies } from '../define-operation.ts'

export const PutMessagingStreamingConfigurations = defineOperation({
  name: 'PutMessagingStreamingConfigurations',
  access: 'credential',
  async run({ input }, { store, arnScope }: Pick<OperationDependencies, 'store' | 'arnScope'>) {
    const { StreamingConfigurations } = input
    const configurations = StreamingConfigurations.map(({ DataType, ResourceArn }) => ({
      dataType: DataType,
      resourceArn: ResourceArn,
    }))
    requireStreams(configurations, arnScope)
    const arn = appInstanceArnOf(input.AppInstanceArn)
    return store.transact(async (tx) => {
      if ((await tx.appInstances.find(arn)) === undefined) {
        throw new NotFoundException('AppInstanceArn names no app instance')
      }
      tx.streamingConfigurations.put(arn, configurations)
      return { StreamingConfigurations }
    })
  },
})
