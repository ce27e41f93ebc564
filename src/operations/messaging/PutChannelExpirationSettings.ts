// Says when a channel is deleted by itself, or, without settings, that it stays.
import { streamEvent } from '../../domain/channel-event.ts'
import { changeExpiration } from '../../domain/channel-rules.ts'
import { canPutChannelExpiration } from '../../policies/channel.ts'
import { requireAllowed } from '../../policies/decision.ts'
import { channelArnOf } from '../../services/input-arns.ts'
import { expirationOf } from '../../services/messaging/channel-settings.ts'
import {
  presentChannelExpiration,
  presentWholeChannel,
} from '../../services/presenters/channel-presenters.ts'
import { defineOperation, type OperationDependencies } from '../define-operation.ts'

export const PutChannelExpirationSettings = defineOperation({
  name: 'PutChannelExpirationSettings',
  access: 'bearer',
  async run({ input, caller, now }, { store }: Pick<OperationDependencies, 'store'>) {
    const channelArn = channelArnOf(input.ChannelArn, caller)
    return store.transact(async (tx) => {
      const access = await tx.channels.findAccess(channelArn, caller.identity.arn)
      const { channel } = requireAllowed(canPutChannelExpiration(access))
      const changed = changeExpiration(channel, expirationOf(input.ExpirationSettings), now)
      tx.channels.replace(changed)
      const lastMessageAt = await tx.channels.findLastMessageAt(channelArn)
      // evidence: docs data streaming, where alone this event is listed: sockets have none
      const payload = presentWholeChannel({ channel: changed, lastMessageAt })
      tx.publish(streamEvent('UPDATE_CHANNEL_EXPIRATION_SETTINGS', { channelArn }, payload))
      return { ChannelArn: channelArn, ExpirationSettings: presentChannelExpiration(changed) }
    })
  },
})
