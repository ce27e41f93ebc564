// Lists the sub-channels of an elastic channel, oldest first. There is none before the first
// membership.
import { requireAllowed } from '../../policies/decision.ts'
import { canListSubChannels } from '../../policies/sub-channel.ts'
import { channelArnOf } from '../../services/input-arns.ts'
import { requireElastic } from '../../services/messaging/elastic-channels.ts'
import { listPage } from '../../services/next-tokens.ts'
import { presentSubChannelSummary } from '../../services/presenters/sub-channel-presenters.ts'
import { defineOperation, type OperationDependencies } from '../define-operation.ts'

export const ListSubChannels = defineOperation({
  name: 'ListSubChannels',
  access: 'bearer',
  async run(
    { input, caller },
    { store, nextTokens }: Pick<OperationDependencies, 'store' | 'nextTokens'>,
  ) {
    const channelArn = channelArnOf(input.ChannelArn, caller)
    const access = await store.read.channels.findAccess(channelArn, caller.identity.arn)
    const { channel } = requireAllowed(canListSubChannels(access))
    requireElastic(channel)
    const listing = ['ListSubChannels', caller.identity.arn, channelArn]
    const { items, NextToken } = await listPage(nextTokens, listing, input, (page) =>
      store.read.subChannels.list(channelArn, page),
    )
    return { ChannelArn: channelArn, SubChannels: items.map(presentSubChannelSummary), NextToken }
  },
})
