// Finds channels by their members, for example the conversation of two people.
import { canSearchChannels } from '../../policies/channel-membership.ts'
import { requireAllowed } from '../../policies/decision.ts'
import { memberArnOf } from '../../services/input-arns.ts'
import { listPage } from '../../services/next-tokens.ts'
import { presentChannelSummary } from '../../services/presenters/channel-presenters.ts'
import { defineOperation, type OperationDependencies } from '../define-operation.ts'

export const SearchChannels = defineOperation({
  name: 'SearchChannels',
  access: 'bearer',
  async run(
    { input, caller },
    { store, nextTokens }: Pick<OperationDependencies, 'store' | 'nextTokens'>,
  ) {
    const { appInstanceArn, identity } = caller
    const searches = input.Fields.map(({ Operator, Values }) => ({
      operator: Operator,
      memberArns: Values.map((text) => memberArnOf(text, appInstanceArn)),
    }))
    const admin = await store.read.appInstanceAdmins.find(appInstanceArn, identity.arn)
    const { memberOf } = requireAllowed(
      canSearchChannels({ arn: identity.arn, isAdmin: admin !== undefined }),
    )
    const filter = { memberOf, viewer: identity.arn }
    const listing = ['SearchChannels', identity.arn, JSON.stringify(searches)]
    const { items, NextToken } = await listPage(nextTokens, listing, input, (page) =>
      store.read.ownMemberships.search(appInstanceArn, searches, filter, page),
    )
    return { Channels: items.map(presentChannelSummary), NextToken }
  },
})
