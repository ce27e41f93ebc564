// Shows for how long an app instance keeps its messages.
import { ForbiddenException } from '../../domain/errors.ts'
import { appInstanceArnOf } from '../../services/input-arns.ts'
import { presentRetention } from '../../services/presenters/identity-presenters.ts'
import { defineOperation, type OperationDependencies } from '../define-operation.ts'

export const GetAppInstanceRetentionSettings = defineOperation({
  name: 'GetAppInstanceRetentionSettings',
  access: 'credential',
  async run({ input }, { store }: Pick<OperationDependencies, 'store'>) {
    const arn = appInstanceArnOf(input.AppInstanceArn)
    if ((await store.read.appInstances.find(arn)) === undefined) throw new ForbiddenException()
    return presentRetention(await store.read.retention.find(arn))
  },
})
