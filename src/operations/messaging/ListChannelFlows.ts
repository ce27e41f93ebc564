// Lists the channel flows of an app instance, oldest first.
import { ForbiddenException } from '../../domain/errors.ts'
import { appInstanceArnOf } from '../../services/input-arns.ts'
import { presentChannelFlowSummary } from '../../services/messaging/channel-flow-mapping.ts'
import { listPage } from '../../services/next-tokens.ts'
import { defineOperation, type OperationDependencies } from '../define-operation.ts'

export const ListChannelFlows = defineOperation({
  name: 'ListChannelFlows',
  access: 'credential',
  async run({ input }, { store, nextTokens }: Pick<OperationDependencies, 'store' | 'nextTokens'>) {
    const arn = appInstanceArnOf(input.AppInstanceArn)
    if ((await store.read.appInstances.find(arn)) === undefined) throw new ForbiddenException()
    const listing = ['ListChannelFlows', arn]
    const { items, NextToken } = await listPage(nextTokens, listing, input, (page) =>
      store.read.channelFlows.list(arn, page),
    )
    return { ChannelFlows: items.map(presentChannelFlowSummary), NextToken }
  },
})
