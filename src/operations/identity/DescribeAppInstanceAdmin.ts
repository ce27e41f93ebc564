// Shows one administrator of an app instance.
import { ForbiddenException } from '../../domain/errors.ts'
import { appInstanceArnOf, memberArnOf } from '../../services/input-arns.ts'
import { presentAppInstanceAdmin } from '../../services/presenters/identity-presenters.ts'
import { defineOperation, type OperationDependencies } from '../define-operation.ts'

export const DescribeAppInstanceAdmin = defineOperation({
  name: 'DescribeAppInstanceAdmin',
  access: 'credential',
  async run({ input }, { store }: Pick<OperationDependencies, 'store'>) {
    const appInstanceArn = appInstanceArnOf(input.AppInstanceArn)
    const adminArn = memberArnOf(input.AppInstanceAdminArn, appInstanceArn)
    const admin = await store.read.appInstanceAdmins.find(appInstanceArn, adminArn)
    // evidence: model lists no NotFoundException (behaviour 7.2)
    if (admin === undefined) throw new ForbiddenException()
    return { AppInstanceAdmin: presentAppInstanceAdmin(admin) }
  },
})
