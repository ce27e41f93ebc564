// Lists the channels that a user or bot moderates, newest activity first; the caller's by default.
import { ForbiddenException } from '../../domain/errors.ts'
import { canListMembershipsOf } from '../../policies/channel-membership.ts'
import { requireAllowed } from '../../policies/decision.ts'
import { memberArnOf } from '../../services/input-arns.ts'
import { listPage } from '../../services/next-tokens.ts'
import { presentChannelSummary } from '../../services/presenters/channel-presenters.ts'
import { defineOperation, type OperationDependencies } from '../define-operation.ts'

export const ListChannelsModeratedByAppInstanceUser = defineOperation({
  name: 'ListChannelsModeratedByAppInstanceUser',
  access: 'bearer',
  async run(
    { input, caller },
    { store, nextTokens }: Pick<OperationDependencies, 'store' | 'nextTokens'>,
  ) {
    const { appInstanceArn, identity } = caller
    const requestedArn = memberArnOf(input.AppInstanceUserArn ?? identity.arn, appInstanceArn)
    const admin = await store.read.appInstanceAdmins.find(appInstanceArn, identity.arn)
    const moderatorArn = requireAllowed(
      canListMembershipsOf({ arn: identity.arn, isAdmin: admin !== undefined }, requestedArn),
    )
    // evidence: model lists no NotFoundException (behaviour 8.5)
    if ((await store.read.members.findIdentity(moderatorArn)) === undefined) {
      throw new ForbiddenException()
    }
    const listing = ['ListChannelsModeratedByAppInstanceUser', identity.arn, moderatorArn]
    const { items, NextToken } = await listPage(nextTokens, listing, input, (page) =>
      store.read.moderators.listForMember(moderatorArn, page),
    )
    return {
      Channels: items.map((item) => ({ ChannelSummary: presentChannelSummary(item) })),
      NextToken,
    }
  },
})
