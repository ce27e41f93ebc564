// Shows one app instance.
import { ForbiddenException } from '../../domain/errors.ts'
import { appInstanceArnOf } from '../../services/input-arns.ts'
import { presentAppInstance } from '../../services/presenters/identity-presenters.ts'
import { defineOperation, type OperationDependencies } from '../define-operation.ts'

export const DescribeAppInstance = defineOperation({
  name: 'DescribeAppInstance',
  access: 'credential',
  async run({ input }, { store }: Pick<OperationDependencies, 'store'>) {
    const appInstance = await store.read.appInstances.find(appInstanceArnOf(input.AppInstanceArn))
    // evidence: model lists no NotFoundException (behaviour 8.5)
    if (appInstance === undefined) throw new ForbiddenException()
    return { AppInstance: presentAppInstance(appInstance) }
  },
})
