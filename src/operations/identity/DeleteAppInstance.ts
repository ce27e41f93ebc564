// Deletes an app instance with its users, channels and messages: inaccessible at once.
import { ForbiddenException } from '../../domain/errors.ts'
import { appInstanceArnOf } from '../../services/input-arns.ts'
import { defineOperation, type OperationDependencies } from '../define-operation.ts'

export const DeleteAppInstance = defineOperation({
  name: 'DeleteAppInstance',
  access: 'credential',
  async run({ input }, { store }: Pick<OperationDependencies, 'store'>) {
    const arn = appInstanceArnOf(input.AppInstanceArn)
    return store.transact(async (tx) => {
      if ((await tx.appInstances.find(arn)) === undefined) throw new ForbiddenException()
      tx.appInstances.remove(arn)
      // Channels end silently, as no one is left to tell. evidence: inferred (behaviour 7.2)
      tx.publishAppInstanceRemoved(arn)
      return undefined
    })
  },
})
