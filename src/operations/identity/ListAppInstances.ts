// Lists the app instances, oldest first.
import { listPage } from '../../services/next-tokens.ts'
import { presentAppInstanceSummary } from '../../services/presenters/identity-presenters.ts'
import { defineOperation, type OperationDependencies } from '../define-operation.ts'

export const ListAppInstances = defineOperation({
  name: 'ListAppInstances',
  access: 'credential',
  async run(
    { input, accountId },
    { store, nextTokens }: Pick<OperationDependencies, 'store' | 'nextTokens'>,
  ) {
    const listing = ['ListAppInstances', accountId]
    const { items, NextToken } = await listPage(nextTokens, listing, input, (page) =>
      store.read.appInstances.list(page),
    )
    return { AppInstances: items.map(presentAppInstanceSummary), NextToken }
  },
})
