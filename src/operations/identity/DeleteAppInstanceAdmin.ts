// Takes the administrator role away; the user stays. Whoever is none is left as it is.
import { ForbiddenException } from '../../domain/errors.ts'
import { appInstanceArnOf, memberArnOf } from '../../services/input-arns.ts'
import { defineOperation, type OperationDependencies } from '../define-operation.ts'

export const DeleteAppInstanceAdmin = defineOperation({
  name: 'DeleteAppInstanceAdmin',
  access: 'credential',
  async run({ input }, { store }: Pick<OperationDependencies, 'store'>) {
    const appInstanceArn = appInstanceArnOf(input.AppInstanceArn)
    const adminArn = memberArnOf(input.AppInstanceAdminArn, appInstanceArn)
    return store.transact(async (tx) => {
      if ((await tx.appInstances.find(appInstanceArn)) === undefined) throw new ForbiddenException()
      // evidence: inferred, as for memberships and bans that do not exist (behaviour 3.2, 3.5)
      if ((await tx.appInstanceAdmins.find(appInstanceArn, adminArn)) !== undefined) {
        tx.appInstanceAdmins.remove(appInstanceArn, adminArn)
      }
      return undefined
    })
  },
})
