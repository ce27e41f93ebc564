// Tells the sender what became of a message.
import { canGetMessageStatus } from '../../policies/channel-message.ts'
import { requireAllowed } from '../../policies/decision.ts'
import { channelArnOf } from '../../services/input-arns.ts'
import { conversationIn, findMessage } from '../../services/messaging/conversation.ts'
import { presentMessageStatus } from '../../services/presenters/message-presenters.ts'
import { defineOperation, type OperationDependencies } from '../define-operation.ts'

export const GetChannelMessageStatus = defineOperation({
  name: 'GetChannelMessageStatus',
  access: 'bearer',
  async run({ input, caller }, { store }: Pick<OperationDependencies, 'store'>) {
    const channelArn = channelArnOf(input.ChannelArn, caller)
    const access = await store.read.channels.findAccess(channelArn, caller.identity.arn)
    const found = await findMessage(store.read, access, input)
    const { channel, message } = requireAllowed(canGetMessageStatus(access, found))
    conversationIn(channel, input.SubChannelId)
    return { Status: presentMessageStatus(message) }
  },
})
