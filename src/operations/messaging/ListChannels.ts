// Lists the channels of the app instance that the caller may know of, newest activity first.
import { canListChannels } from '../../policies/channel.ts'
import { requireAllowed } from '../../policies/decision.ts'
import { ownAppInstanceArnOf } from '../../services/input-arns.ts'
import { listPage } from '../../services/next-tokens.ts'
import { presentChannelSummary } from '../../services/presenters/channel-presenters.ts'
import { defineOperation, type OperationDependencies } from '../define-operation.ts'

export const ListChannels = defineOperation({
  name: 'ListChannels',
  access: 'bearer',
  async run(
    { input, caller },
    { store, nextTokens }: Pick<OperationDependencies, 'store' | 'nextTokens'>,
  ) {
    const arn = ownAppInstanceArnOf(input.AppInstanceArn, caller)
    const viewer = caller.identity.arn
    const isAdmin = (await store.read.appInstanceAdmins.find(arn, viewer)) !== undefined
    const { privacy } = requireAllowed(canListChannels({ isAdmin }, input.Privacy))
    const listing = ['ListChannels', viewer, arn, input.Privacy]
    const { items, NextToken } = await listPage(nextTokens, listing, input, (page) =>
      store.read.channels.list(arn, { privacy, viewer }, page),
    )
    return { Channels: items.map(presentChannelSummary), NextToken }
  },
})
