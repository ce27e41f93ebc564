// Shows one moderator of a channel.
import { NotFoundException } from '../../domain/errors.ts'
import { canManageModerators } from '../../policies/channel-moderator.ts'
import { requireAllowed } from '../../policies/decision.ts'
import { channelArnOf, memberArnOf } from '../../services/input-arns.ts'
import { presentModerator } from '../../services/presenters/channel-presenters.ts'
import { defineOperation, type OperationDependencies } from '../define-operation.ts'

export const DescribeChannelModerator = defineOperation({
  name: 'DescribeChannelModerator',
  access: 'bearer',
  async run({ input, caller }, { store }: Pick<OperationDependencies, 'store'>) {
    const channelArn = channelArnOf(input.ChannelArn, caller)
    const moderatorArn = memberArnOf(input.ChannelModeratorArn, caller.appInstanceArn)
    const access = await store.read.channels.findAccess(channelArn, caller.identity.arn)
    requireAllowed(canManageModerators(access))
    const moderator = await store.read.moderators.find(channelArn, moderatorArn)
    if (moderator === undefined) {
      throw new NotFoundException('ChannelModeratorArn is not a moderator of the channel')
    }
    return { ChannelModerator: presentModerator(moderator) }
  },
})
