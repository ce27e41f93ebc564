// Lists the channels whose messages go through a flow, oldest first.
import { ForbiddenException } from '../../domain/errors.ts'
import { channelFlowArnOf } from '../../services/messaging/channel-flow-mapping.ts'
import { listPage } from '../../services/next-tokens.ts'
import { presentChannelSummary } from '../../services/presenters/channel-presenters.ts'
import { defineOperation, type OperationDependencies } from '../define-operation.ts'

export const ListChannelsAssociatedWithChannelFlow = defineOperation({
  name: 'ListChannelsAssociatedWithChannelFlow',
  access: 'credential',
  async run({ input }, { store, nextTokens }: Pick<OperationDependencies, 'store' | 'nextTokens'>) {
    const { channelFlows } = store.read
    const arn = channelFlowArnOf(input.ChannelFlowArn)
    if ((await channelFlows.find(arn)) === undefined) throw new ForbiddenException()
    const listing = ['ListChannelsAssociatedWithChannelFlow', arn]
    const { items, NextToken } = await listPage(nextTokens, listing, input, (page) =>
      channelFlows.listChannels(arn, page),
    )
    // evidence: model ChannelAssociatedWithFlowSummary, which has no instants
    return { Channels: items.map((channel) => presentChannelSummary({ channel })), NextToken }
  },
})
