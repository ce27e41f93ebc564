// Lists the administrators of an app instance, oldest first.
import { ForbiddenException } from '../../domain/errors.ts'
import { appInstanceArnOf } from '../../services/input-arns.ts'
import { listPage } from '../../services/next-tokens.ts'
import { presentAppInstanceAdminSummary } from '../../services/presenters/identity-presenters.ts'
import { defineOperation, type OperationDependencies } from '../define-operation.ts'

export const ListAppInstanceAdmins = defineOperation({
  name: 'ListAppInstanceAdmins',
  access: 'credential',
  async run(
    { input, accountId },
    { store, nextTokens }: Pick<OperationDependencies, 'store' | 'nextTokens'>,
  ) {
    const arn = appInstanceArnOf(input.AppInstanceArn)
    if ((await store.read.appInstances.find(arn)) === undefined) throw new ForbiddenException()
    const listing = ['ListAppInstanceAdmins', accountId, arn]
    const { items, NextToken } = await listPage(nextTokens, listing, input, (page) =>
      store.read.appInstanceAdmins.list(arn, page),
    )
    return {
      AppInstanceArn: arn,
      AppInstanceAdmins: items.map(presentAppInstanceAdminSummary),
      NextToken,
    }
  },
})
