// Replaces name and metadata of an app instance.
import { requireMetadataFits } from '../../domain/byte-limit.ts'
import { ForbiddenException } from '../../domain/errors.ts'
import { appInstanceArnOf } from '../../services/input-arns.ts'
import { defineOperation, type OperationDependencies } from '../define-operation.ts'

export const UpdateAppInstance = defineOperation({
  name: 'UpdateAppInstance',
  access: 'credential',
  async run({ input, now }, { store }: Pick<OperationDependencies, 'store'>) {
    const arn = appInstanceArnOf(input.AppInstanceArn)
    requireMetadataFits(input.Metadata)
    return store.transact(async (tx) => {
      const appInstance = await tx.appInstances.find(arn)
      if (appInstance === undefined) throw new ForbiddenException()
      tx.appInstances.replace({
        ...appInstance,
        name: input.Name,
        metadata: input.Metadata,
        lastUpdatedAt: Math.max(now, appInstance.lastUpdatedAt),
      })
      return { AppInstanceArn: arn }
    })
  },
})
