// Takes a device away from a user: it gets no push notifications any more.
import { ForbiddenException } from '../../domain/errors.ts'
import { appInstanceUserArnOf } from '../../services/input-arns.ts'
import { defineOperation, type OperationDependencies } from '../define-operation.ts'

export const DeregisterAppInstanceUserEndpoint = defineOperation({
  name: 'DeregisterAppInstanceUserEndpoint',
  access: 'credential',
  async run({ input }, { store }: Pick<OperationDependencies, 'store'>) {
    const userArn = appInstanceUserArnOf(input.AppInstanceUserArn)
    return store.transact(async (tx) => {
      const endpoint = await tx.endpoints.find(userArn, input.EndpointId)
      // evidence: inferred (behaviour 8.5), as for a user that is deleted twice
      if (endpoint === undefined) throw new ForbiddenException()
      tx.endpoints.remove(userArn, endpoint.endpointId)
      return undefined
    })
  },
})
