// Changes the name of an endpoint, and whether it gets messages. What is not given stays.
import { ForbiddenException } from '../../domain/errors.ts'
import { appInstanceUserArnOf } from '../../services/input-arns.ts'
import { defineOperation, type OperationDependencies } from '../define-operation.ts'

export const UpdateAppInstanceUserEndpoint = defineOperation({
  name: 'UpdateAppInstanceUserEndpoint',
  access: 'credential',
  async run({ input, now }, { store }: Pick<OperationDependencies, 'store'>) {
    const userArn = appInstanceUserArnOf(input.AppInstanceUserArn)
    return store.transact(async (tx) => {
      const endpoint = await tx.endpoints.find(userArn, input.EndpointId)
      // evidence: model lists no NotFoundException (behaviour 8.5)
      if (endpoint === undefined) throw new ForbiddenException()
      tx.endpoints.replace({
        ...endpoint,
        name: input.Name ?? endpoint.name,
        allowMessages: input.AllowMessages ?? endpoint.allowMessages,
        lastUpdatedAt: Math.max(now, endpoint.lastUpdatedAt),
      })
      return { AppInstanceUserArn: userArn, EndpointId: endpoint.endpointId }
    })
  },
})
