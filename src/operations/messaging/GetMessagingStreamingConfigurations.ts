// Shows which streams the events of an app instance go to.
import { NotFoundException } from '../../domain/errors.ts'
import { appInstanceArnOf } from '../../services/input-arns.ts'
import { defineOperation, type OperationDependencies } from '../define-operation.ts'

export const GetMessagingStreamingConfigurations = defineOperation({
  name: 'GetMessagingStreamingConfigurations',
  access: 'credential',
  async run({ input }, { store }: Pick<OperationDependencies, 'store'>) {
    const arn = appInstanceArnOf(input.AppInstanceArn)
    const configurations = await store.read.streamingConfigurations.list(arn)
    // evidence: docs, the operation lists NotFoundException (behaviour 6)
    if (configurations.length === 0) {
      throw new NotFoundException('AppInstanceArn names no app instance with streams')
    }
    return {
      StreamingConfigurations: configurations.map(({ dataType, resourceArn }) => ({
        DataType: dataType,
        ResourceArn: resourceArn,
      })),
    }
  },
})
