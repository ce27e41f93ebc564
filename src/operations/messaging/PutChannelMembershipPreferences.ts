// Sets which messages of a channel the caller wants to be pushed to its devices.
import type { ChannelMembershipPreferences } from '../../domain/channel.ts'
import { BadRequestException } from '../../domain/errors.ts'
import { parseFilterRule } from '../../domain/filter-rule.ts'
import { canUseOwnMembership } from '../../policies/channel-membership.ts'
import { requireAllowed } from '../../policies/decision.ts'
import type { PushNotificationPreferences } from '../../protocol/generated/messaging-types.ts'
import { channelArnOf, memberArnOf } from '../../services/input-arns.ts'
import { refuseElastic } from '../../services/messaging/elastic-channels.ts'
import { presentPreferences } from '../../services/presenters/channel-presenters.ts'
import { presentIdentity } from '../../services/presenters/identity-presenters.ts'
import { defineOperation, type OperationDependencies } from '../define-operation.ts'

export const PutChannelMembershipPreferences = defineOperation({
  name: 'PutChannelMembershipPreferences',
  access: 'bearer',
  async run({ input, caller }, { store }: Pick<OperationDependencies, 'store'>) {
    const channelArn = channelArnOf(input.ChannelArn, caller)
    const memberArn = memberArnOf(input.MemberArn, caller.appInstanceArn)
    const preferences = preferencesOf(input.Preferences.PushNotifications)
    return store.transact(async (tx) => {
      const access = await tx.channels.findAccess(channelArn, caller.identity.arn)
      refuseElastic(access, 'Membership preferences are')
      requireAllowed(canUseOwnMembership(access, memberArn))
      tx.ownMemberships.putPreferences(channelArn, memberArn, preferences)
      return {
        ChannelArn: channelArn,
        Member: presentIdentity(caller.identity),
        Preferences: presentPreferences(preferences),
      }
    })
  },
})

/** The preferences that are asked for; what is left out is the default. */
// evidence: inferred (behaviour 3.3), a rule belongs to FILTERED and FILTERED needs one
function preferencesOf(
  wanted: PushNotificationPreferences | undefined,
): ChannelMembershipPreferences {
  const allowNotifications = wanted?.AllowNotifications ?? 'ALL'
  const filterRule = wanted?.FilterRule
  if ((filterRule !== undefined) !== (allowNotifications === 'FILTERED')) {
    throw new BadRequestException(
      'Preferences.PushNotifications.FilterRule must be given exactly when AllowNotifications ' +
        'is FILTERED',
    )
  }
  if (filterRule !== undefined) parseFilterRule(filterRule)
  return { allowNotifications, filterRule }
}
