// Lists the bots of an app instance by id.
import { ForbiddenException } from '../../domain/errors.ts'
import { appInstanceArnOf } from '../../services/input-arns.ts'
import { listPage } from '../../services/next-tokens.ts'
import { presentAppInstanceBotSummary } from '../../services/presenters/identity-presenters.ts'
import { defineOperation, type OperationDependencies } from '../define-operation.ts'

export const ListAppInstanceBots = defineOperation({
  name: 'ListAppInstanceBots',
  access: 'credential',
  async run(
    { input, accountId },
    { store, nextTokens }: Pick<OperationDependencies, 'store' | 'nextTokens'>,
  ) {
    const arn = appInstanceArnOf(input.AppInstanceArn)
    if ((await store.read.appInstances.find(arn)) === undefined) throw new ForbiddenException()
    const listing = ['ListAppInstanceBots', accountId, arn]
    const { items, NextToken } = await listPage(nextTokens, listing, input, (page) =>
      store.read.appInstanceBots.list(arn, page),
    )
    return {
      AppInstanceArn: arn,
      AppInstanceBots: items.map(presentAppInstanceBotSummary),
      NextToken,
    }
  },
})
