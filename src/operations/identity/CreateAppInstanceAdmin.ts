// Makes a user or bot an administrator of its app instance.
import { ConflictException, ForbiddenException } from '../../domain/errors.ts'
import { appInstanceArnOf, memberArnOf } from '../../services/input-arns.ts'
import { presentIdentity } from '../../services/presenters/identity-presenters.ts'
import { requireQuota } from '../../services/quotas.ts'
import { defineOperation, type OperationDependencies } from '../define-operation.ts'

export const CreateAppInstanceAdmin = defineOperation({
  name: 'CreateAppInstanceAdmin',
  access: 'credential',
  async run({ input, now }, { store, limits }: Pick<OperationDependencies, 'store' | 'limits'>) {
    const appInstanceArn = appInstanceArnOf(input.AppInstanceArn)
    const adminArn = memberArnOf(input.AppInstanceAdminArn, appInstanceArn)
    return store.transact(async (tx) => {
      const admin = await tx.members.findIdentity(adminArn)
      // evidence: model lists no NotFoundException (behaviour 8.5)
      if (admin === undefined) throw new ForbiddenException()
      if ((await tx.appInstanceAdmins.find(appInstanceArn, adminArn)) !== undefined) {
        throw new ConflictException('AppInstanceAdminArn is an administrator already')
      }
      await requireQuota(tx, limits, { kind: 'admins', of: appInstanceArn })
      tx.appInstanceAdmins.insert({ appInstanceArn, admin, createdAt: now })
      return { AppInstanceAdmin: presentIdentity(admin), AppInstanceArn: appInstanceArn }
    })
  },
})
