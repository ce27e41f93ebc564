// Changes name, mode or metadata of a channel; what is omitted stays.
import { requireMetadataFits } from '../../domain/byte-limit.ts'
import { channelEvent } from '../../domain/channel-event.ts'
import { changeChannel } from '../../domain/channel-rules.ts'
import { canUpdateChannel } from '../../policies/channel.ts'
import { requireAllowed } from '../../policies/decision.ts'
import { channelArnOf } from '../../services/input-arns.ts'
import {
  presentChannel,
  presentWholeChannel,
} from '../../services/presenters/channel-presenters.ts'
import { defineOperation, type OperationDependencies } from '../define-operation.ts'

export const UpdateChannel = defineOperation({
  name: 'UpdateChannel',
  access: 'bearer',
  async run({ input, caller, now }, { store }: Pick<OperationDependencies, 'store'>) {
    requireMetadataFits(input.Metadata)
    const channelArn = channelArnOf(input.ChannelArn, caller)
    return store.transact(async (tx) => {
      const access = await tx.channels.findAccess(channelArn, caller.identity.arn)
      const { channel } = requireAllowed(canUpdateChannel(access))
      const changed = changeChannel(
        channel,
        { name: input.Name, mode: input.Mode, metadata: input.Metadata },
        now,
      )
      tx.channels.replace(changed)
      const lastMessageAt = await tx.channels.findLastMessageAt(channelArn)
      const shown = { channel: changed, lastMessageAt }
      // evidence: sdk sample chat app, which replaces its copy of the channel by the payload
      const payload = presentChannel(shown)
      tx.publish(channelEvent('UPDATE_CHANNEL', channelArn, payload, presentWholeChannel(shown)))
      return { ChannelArn: channelArn }
    })
  },
})
