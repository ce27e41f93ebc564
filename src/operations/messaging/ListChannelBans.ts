// Lists who is banned from a channel, oldest ban first.
import { canManageBans } from '../../policies/channel-ban.ts'
import { requireAllowed } from '../../policies/decision.ts'
import { channelArnOf } from '../../services/input-arns.ts'
import { listPage } from '../../services/next-tokens.ts'
import { presentBanSummary } from '../../services/presenters/channel-presenters.ts'
import { defineOperation, type OperationDependencies } from '../define-operation.ts'

export const ListChannelBans = defineOperation({
  name: 'ListChannelBans',
  access: 'bearer',
  async run(
    { input, caller },
    { store, nextTokens }: Pick<OperationDependencies, 'store' | 'nextTokens'>,
  ) {
    const channelArn = channelArnOf(input.ChannelArn, caller)
    const access = await store.read.channels.findAccess(channelArn, caller.identity.arn)
    requireAllowed(canManageBans(access))
    const listing = ['ListChannelBans', caller.identity.arn, channelArn]
    const { items, NextToken } = await listPage(nextTokens, listing, input, (page) =>
      store.read.bans.list(channelArn, page),
    )
    return { ChannelArn: channelArn, ChannelBans: items.map(presentBanSummary), NextToken }
  },
})
