// Lists the sub-channels of an elastic channel. There is none before the first membership, and
// nobody is placed in one yet.
import { requireAllowed } from '../../policies/decision.ts'
import { canListSubChannels } from '../../policies/sub-channel.ts'
import { channelArnOf } from '../../services/input-arns.ts'
import { requireElastic } from '../../services/messaging/elastic-channels.ts'
import { listPage } from '../../services/next-tokens.ts'
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
    const { items, NextToken } = await listPage(nextTokens, listing, input, () =>
      Promise.resolve({ items: [] as const }),
    )
    return { ChannelArn: channelArn, SubChannels: items, NextToken }
  },
})
