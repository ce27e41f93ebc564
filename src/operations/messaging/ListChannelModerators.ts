// Lists the moderators of a channel, oldest first.
import { canManageModerators } from '../../policies/channel-moderator.ts'
import { requireAllowed } from '../../policies/decision.ts'
import { channelArnOf } from '../../services/input-arns.ts'
import { listPage } from '../../services/next-tokens.ts'
import { presentModeratorSummary } from '../../services/presenters/channel-presenters.ts'
import { defineOperation, type OperationDependencies } from '../define-operation.ts'

export const ListChannelModerators = defineOperation({
  name: 'ListChannelModerators',
  access: 'bearer',
  async run(
    { input, caller },
    { store, nextTokens }: Pick<OperationDependencies, 'store' | 'nextTokens'>,
  ) {
    const channelArn = channelArnOf(input.ChannelArn, caller)
    const access = await store.read.channels.findAccess(channelArn, caller.identity.arn)
    requireAllowed(canManageModerators(access))
    const listing = ['ListChannelModerators', caller.identity.arn, channelArn]
    const { items, NextToken } = await listPage(nextTokens, listing, input, (page) =>
      store.read.moderators.list(channelArn, page),
    )
    return {
      ChannelArn: channelArn,
      ChannelModerators: items.map(presentModeratorSummary),
      NextToken,
    }
  },
})
