// Makes a user or bot a moderator of a channel, member or not. In an elastic channel it ceases to
// be a member: moderators join sub-channels in another way.
import { streamEvent } from '../../domain/channel-event.ts'
import { ConflictException, ForbiddenException } from '../../domain/errors.ts'
import { canBecomeModerator, canManageModerators } from '../../policies/channel-moderator.ts'
import { requireAllowed } from '../../policies/decision.ts'
import { channelArnOf, INVALID_MEMBER_ARN_TEXT, memberArnOf } from '../../services/input-arns.ts'
import { endMemberships, listMembershipsIn } from '../../services/messaging/membership-ending.ts'
import { presentModerator } from '../../services/presenters/channel-presenters.ts'
import { presentIdentity } from '../../services/presenters/identity-presenters.ts'
import { requireQuota } from '../../services/quotas.ts'
import { defineOperation, type OperationDependencies } from '../define-operation.ts'

export const CreateChannelModerator = defineOperation({
  name: 'CreateChannelModerator',
  access: 'bearer',
  async run(
    { input, caller, now },
    { store, limits }: Pick<OperationDependencies, 'store' | 'limits'>,
  ) {
    const channelArn = channelArnOf(input.ChannelArn, caller)
    const moderatorArn = memberArnOf(input.ChannelModeratorArn, caller.appInstanceArn)
    return store.transact(async (tx) => {
      const found = await tx.channels.findAccess(channelArn, caller.identity.arn)
      const { channel } = requireAllowed(canManageModerators(found))
      const moderator = await tx.members.findIdentity(moderatorArn)
      const target = await tx.channels.findAccess(channelArn, moderatorArn)
      // evidence: model lists no NotFoundException, field (behaviour 2.2, 8.5)
      if (moderator === undefined || target === undefined) {
        throw new ForbiddenException(INVALID_MEMBER_ARN_TEXT)
      }
      const { isModerator } = requireAllowed(canBecomeModerator(target.caller))
      if (isModerator) {
        throw new ConflictException('ChannelModeratorArn is a moderator of the channel already')
      }
      await requireQuota(tx, limits, { kind: 'moderators', of: channelArn })
      const role = { channelArn, moderator, createdBy: caller.identity, createdAt: now }
      tx.moderators.insert(role)
      tx.publish(streamEvent('CREATE_CHANNEL_MODERATOR', role, presentModerator(role)))
      // evidence: docs elastic channels (behaviour 4.3)
      if (channel.elasticChannelConfiguration !== undefined) {
        const memberships = await listMembershipsIn(tx, channel, target.caller)
        await endMemberships(tx, channel, memberships, now)
      }
      return { ChannelArn: channelArn, ChannelModerator: presentIdentity(moderator) }
    })
  },
})
