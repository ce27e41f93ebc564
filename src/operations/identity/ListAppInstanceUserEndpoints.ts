// Lists the endpoints of a user, oldest first, without their devices.
import { ForbiddenException } from '../../domain/errors.ts'
import { appInstanceUserArnOf } from '../../services/input-arns.ts'
import { listPage } from '../../services/next-tokens.ts'
import { presentEndpointSummary } from '../../services/presenters/identity-presenters.ts'
import { defineOperation, type OperationDependencies } from '../define-operation.ts'

export const ListAppInstanceUserEndpoints = defineOperation({
  name: 'ListAppInstanceUserEndpoints',
  access: 'credential',
  async run(
    { input, accountId },
    { store, nextTokens }: Pick<OperationDependencies, 'store' | 'nextTokens'>,
  ) {
    const arn = appInstanceUserArnOf(input.AppInstanceUserArn)
    if ((await store.read.appInstanceUsers.find(arn)) === undefined) throw new ForbiddenException()
    const listing = ['ListAppInstanceUserEndpoints', accountId, arn]
    const { items, NextToken } = await listPage(nextTokens, listing, input, (page) =>
      store.read.endpoints.list(arn, page),
    )
    return { AppInstanceUserEndpoints: items.map(presentEndpointSummary), NextToken }
  },
})
