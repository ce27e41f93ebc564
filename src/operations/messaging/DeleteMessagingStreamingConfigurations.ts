// Ends that the events of an app instance go to streams.
import { ForbiddenException } from '../../domain/errors.ts'
import { appInstanceArnOf } from '../../services/input-arns.ts'
import { defineOperation, type OperationDependencies } from '../define-operation.ts'

export const DeleteMessagingStreamingConfigurations = defineOperation({
  name: 'DeleteMessagingStreamingConfigurations',
  access: 'credential',
  async run({ input }, { store }: Pick<OperationDependencies, 'store'>) {
    const arn = appInstanceArnOf(input.AppInstanceArn)
    return store.transact(async (tx) => {
      // evidence: model, NotFoundException is not listed here
      if ((await tx.appInstances.find(arn)) === undefined) throw new ForbiddenException()
      tx.streamingConfigurations.put(arn, [])
      return undefined
    })
  },
})
