// Bans a user or bot from a channel: it can neither be nor become a member until the ban is lifted.
import { streamEvent } from '../../domain/channel-event.ts'
import { ConflictException, ForbiddenException } from '../../domain/errors.ts'
import { canBeBanned, canManageBans } from '../../policies/channel-ban.ts'
import { requireAllowed } from '../../policies/decision.ts'
import { channelArnOf, INVALID_MEMBER_ARN_TEXT, memberArnOf } from '../../services/input-arns.ts'
import { endMemberships, listMembershipsIn } from '../../services/messaging/membership-ending.ts'
import { presentBan } from '../../services/presenters/channel-presenters.ts'
import { presentIdentity } from '../../services/presenters/identity-presenters.ts'
import { defineOperation, type OperationDependencies } from '../define-operation.ts'

export const CreateChannelBan = defineOperation({
  name: 'CreateChannelBan',
  access: 'bearer',
  async run({ input, caller, now }, { store }: Pick<OperationDependencies, 'store'>) {
    const channelArn = channelArnOf(input.ChannelArn, caller)
    const memberArn = memberArnOf(input.MemberArn, caller.appInstanceArn)
    return store.transact(async (tx) => {
      const found = await tx.channels.findAccess(channelArn, caller.identity.arn)
      const { channel } = requireAllowed(canManageBans(found))
      const member = await tx.members.findIdentity(memberArn)
      const target = await tx.channels.findAccess(channelArn, memberArn)
      // evidence: model lists no NotFoundException, field (behaviour 2.2, 8.5)
      if (member === undefined || target === undefined) {
        throw new ForbiddenException(INVALID_MEMBER_ARN_TEXT)
      }
      const { isBanned } = requireAllowed(canBeBanned(target.caller))
      if (isBanned) throw new ConflictException('MemberArn is banned from the channel already')
      const ban = { channelArn, member, createdBy: caller.identity, createdAt: now }
      tx.bans.insert(ban)
      tx.publish(streamEvent('CREATE_CHANNEL_BAN', ban, presentBan(ban)))
      // evidence: docs CreateChannelBan, a member is removed at once (behaviour 3.5)
      const memberships = await listMembershipsIn(tx, channel, target.caller)
      await endMemberships(tx, channel, memberships, now)
      return { ChannelArn: channelArn, Member: presentIdentity(member) }
    })
  },
})
