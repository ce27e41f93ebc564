// Shows one channel to those who may read it.
import { canDescribeChannel, canSeeElasticConfiguration } from '../../policies/channel.ts'
import { requireAllowed } from '../../policies/decision.ts'
import { channelArnOf } from '../../services/input-arns.ts'
import {
  presentChannel,
  presentElasticConfiguration,
} from '../../services/presenters/channel-presenters.ts'
import { defineOperation, type OperationDependencies } from '../define-operation.ts'

export const DescribeChannel = defineOperation({
  name: 'DescribeChannel',
  access: 'bearer',
  async run({ input, caller }, { store }: Pick<OperationDependencies, 'store'>) {
    const { channels } = store.read
    const channelArn = channelArnOf(input.ChannelArn, caller)
    const callerArn = caller.identity.arn
    const access = await channels.findAccess(channelArn, callerArn)
    const allowed = requireAllowed(canDescribeChannel(access))
    const { channel } = allowed
    const lastMessageAt = await channels.findLastMessageAt(channelArn, callerArn)
    return {
      Channel: {
        ...presentChannel({ channel, lastMessageAt }),
        ElasticChannelConfiguration: canSeeElasticConfiguration(allowed)
          ? presentElasticConfiguration(channel)
          : undefined,
      },
    }
  },
})
