// Shows one ban of a channel.
import { NotFoundException } from '../../domain/errors.ts'
import { canManageBans } from '../../policies/channel-ban.ts'
import { requireAllowed } from '../../policies/decision.ts'
import { channelArnOf, memberArnOf } from '../../services/input-arns.ts'
import { presentBan } from '../../services/presenters/channel-presenters.ts'
import { defineOperation, type OperationDependencies } from '../define-operation.ts'

export const DescribeChannelBan = defineOperation({
  name: 'DescribeChannelBan',
  access: 'bearer',
  async run({ input, caller }, { store }: Pick<OperationDependencies, 'store'>) {
    const channelArn = channelArnOf(input.ChannelArn, caller)
    const memberArn = memberArnOf(input.MemberArn, caller.appInstanceArn)
    const access = await store.read.channels.findAccess(channelArn, caller.identity.arn)
    requireAllowed(canManageBans(access))
    const ban = await store.read.bans.find(channelArn, memberArn)
    if (ban === undefined) throw new NotFoundException('MemberArn is not banned from the channel')
    return { ChannelBan: presentBan(ban) }
  },
})
