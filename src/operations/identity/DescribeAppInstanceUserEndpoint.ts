// Shows one endpoint of a user, with its device.
import { ForbiddenException } from '../../domain/errors.ts'
import { appInstanceUserArnOf } from '../../services/input-arns.ts'
import { presentEndpoint } from '../../services/presenters/identity-presenters.ts'
import { defineOperation, type OperationDependencies } from '../define-operation.ts'

export const DescribeAppInstanceUserEndpoint = defineOperation({
  name: 'DescribeAppInstanceUserEndpoint',
  access: 'credential',
  async run({ input }, { store }: Pick<OperationDependencies, 'store'>) {
    const userArn = appInstanceUserArnOf(input.AppInstanceUserArn)
    const endpoint = await store.read.endpoints.find(userArn, input.EndpointId)
    // evidence: model lists no NotFoundException (behaviour 8.5)
    if (endpoint === undefined) throw new ForbiddenException()
    return { AppInstanceUserEndpoint: presentEndpoint(endpoint) }
  },
})
