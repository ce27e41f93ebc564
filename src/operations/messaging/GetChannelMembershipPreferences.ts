// Shows which messages of a channel the caller wants to be pushed to its devices.
import { canUseOwnMembership } from '../../policies/channel-membership.ts'
import { requireAllowed } from '../../policies/decision.ts'
import { channelArnOf, memberArnOf } from '../../services/input-arns.ts'
import { refuseElastic } from '../../services/messaging/elastic-channels.ts'
import { presentPreferences } from '../../services/presenters/channel-presenters.ts'
import { presentIdentity } from '../../services/presenters/identity-presenters.ts'
import { defineOperation, type OperationDependencies } from '../define-operation.ts'

export const GetChannelMembershipPreferences = defineOperation({
  name: 'GetChannelMembershipPreferences',
  access: 'bearer',
  async run({ input, caller }, { store }: Pick<OperationDependencies, 'store'>) {
    const channelArn = channelArnOf(input.ChannelArn, caller)
    const memberArn = memberArnOf(input.MemberArn, caller.appInstanceArn)
    const access = await store.read.channels.findAccess(channelArn, caller.identity.arn)
    refuseElastic(access, 'Membership preferences are')
    requireAllowed(canUseOwnMembership(access, memberArn))
    const preferences = await store.read.ownMemberships.findPreferences(channelArn, memberArn)
    return {
      ChannelArn: channelArn,
      Member: presentIdentity(caller.identity),
      Preferences: presentPreferences(preferences),
    }
  },
})
