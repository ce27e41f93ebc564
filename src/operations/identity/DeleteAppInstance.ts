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
      // NOTE: No event tells its sessions: nothing can happen in its channels any more, so they
      // stay silent until they reconnect, which is refused.
      tx.appInstances.remove(arn)
      return undefined
    })
  },
})
