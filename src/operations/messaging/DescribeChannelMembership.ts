// Shows one membership of a channel.
import { NotFoundException } from '../../domain/errors.ts'
import { canDescribeMembership, canSeeMembership } from '../../policies/channel-membership.ts'
import { hasRole, READERS } from '../../policies/channel-role.ts'
import { requireAllowed } from '../../policies/decision.ts'
import { channelArnOf, memberArnOf } from '../../services/input-arns.ts'
import { seenConversationIn } from '../../services/messaging/conversation.ts'
import { presentMembership } from '../../services/presenters/channel-presenters.ts'
import { defineOperation, type OperationDependencies } from '../define-operation.ts'

export const DescribeChannelMembership = defineOperation({
  name: 'DescribeChannelMembership',
  access: 'bearer',
  async run({ input, caller }, { store }: Pick<OperationDependencies, 'store'>) {
    const channelArn = channelArnOf(input.ChannelArn, caller)
    const memberArn = memberArnOf(input.MemberArn, caller.appInstanceArn)
    const found = await store.read.channels.findAccess(channelArn, caller.identity.arn)
    // Before anything that depends on the channel: of one that it may not know of, a caller hears
    // the same as of one that does not exist.
    // evidence: inferred (behaviour 2.4 note 5, 8.5)
    const mayKnow = found !== undefined && hasRole(found, READERS)
    const noneError = () => noSuchMembership(input.SubChannelId)
    if (memberArn === caller.identity.arn && !mayKnow) throw noneError()
    const access = requireAllowed(canDescribeMembership(found, memberArn))
    const { read } = store
    const conversation = await seenConversationIn(read, access, input.SubChannelId, noneError)
    const membership = await read.memberships.find(conversation, memberArn)
    if (membership === undefined || !canSeeMembership(access, membership)) {
      throw noneError()
    }
    return { ChannelMembership: presentMembership(membership) }
  },
})

/** Someone who is in another sub-channel is a member of the channel nevertheless. */
function noSuchMembership(subChannelId: string | undefined): NotFoundException {
  const where = subChannelId === undefined ? 'channel' : 'sub-channel'
  return new NotFoundException(`MemberArn is not a member of the ${where}`)
}
