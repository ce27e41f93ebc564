// Says after how many days a user is deleted by itself, or that it stays. The deletion is
// background work.
import { ForbiddenException } from '../../domain/errors.ts'
import { appInstanceUserArnOf } from '../../services/input-arns.ts'
import { presentUserExpiration } from '../../services/presenters/identity-presenters.ts'
import { defineOperation, type OperationDependencies } from '../define-operation.ts'

export const PutAppInstanceUserExpirationSettings = defineOperation({
  name: 'PutAppInstanceUserExpirationSettings',
  access: 'credential',
  async run({ input, now }, { store }: Pick<OperationDependencies, 'store'>) {
    const arn = appInstanceUserArnOf(input.AppInstanceUserArn)
    // Without settings the user stays. evidence: docs (behaviour 3.11)
    const expirationDays = input.ExpirationSettings?.ExpirationDays
    return store.transact(async (tx) => {
      const user = await tx.appInstanceUsers.find(arn)
      if (user === undefined) throw new ForbiddenException()
      const lastUpdatedAt = Math.max(now, user.lastUpdatedAt)
      tx.appInstanceUsers.replace({ ...user, expirationDays, lastUpdatedAt })
      return {
        AppInstanceUserArn: arn,
        ExpirationSettings: presentUserExpiration({ expirationDays }),
      }
    })
  },
})
