// Replaces name and metadata of a user. Later reads show the new name everywhere.
import { requireMetadataFits } from '../../domain/byte-limit.ts'
import { ForbiddenException } from '../../domain/errors.ts'
import { appInstanceUserArnOf } from '../../services/input-arns.ts'
import { defineOperation, type OperationDependencies } from '../define-operation.ts'

export const UpdateAppInstanceUser = defineOperation({
  name: 'UpdateAppInstanceUser',
  access: 'credential',
  async run({ input, now }, { store }: Pick<OperationDependencies, 'store'>) {
    const arn = appInstanceUserArnOf(input.AppInstanceUserArn)
    requireMetadataFits(input.Metadata)
    return store.transact(async (tx) => {
      const user = await tx.appInstanceUsers.find(arn)
      if (user === undefined) throw new ForbiddenException()
      tx.appInstanceUsers.replace({
        ...user,
        name: input.Name,
        metadata: input.Metadata,
        lastUpdatedAt: Math.max(now, user.lastUpdatedAt),
      })
      return { AppInstanceUserArn: arn }
    })
  },
})
