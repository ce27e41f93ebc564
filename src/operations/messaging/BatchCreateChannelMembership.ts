// Adds up to 100 members to a channel; those who cannot be added come back as errors.
import { membershipEvent, streamEvent } from '../../domain/channel-event.ts'
import type { Channel, ElasticChannelConfiguration, MembershipType } from '../../domain/channel.ts'
import type { Identity } from '../../domain/identity.ts'
import type { Limits } from '../../domain/limits.ts'
import type { PlacementState } from '../../domain/sub-channel-placement.ts'
import { canCreateMembership } from '../../policies/channel-membership.ts'
import { requireAllowed } from '../../policies/decision.ts'
import type { StoreTransaction } from '../../ports/store.ts'
import { channelArnOf, requestedMembers } from '../../services/input-arns.ts'
import { refuseHidden, requestedSubChannelId } from '../../services/messaging/elastic-channels.ts'
import { admitMembers, type MemberError } from '../../services/messaging/member-identities.ts'
import {
  findPlacementState,
  joinModerators,
  noRoomText,
  placeRegularMembers,
} from '../../services/messaging/sub-channel-joining.ts'
import {
  presentMembership,
  presentMembershipBatch,
} from '../../services/presenters/channel-presenters.ts'
import { requireQuota } from '../../services/quotas.ts'
import { defineOperation, type OperationDependencies } from '../define-operation.ts'

export const BatchCreateChannelMembership = defineOperation({
  name: 'BatchCreateChannelMembership',
  access: 'bearer',
  async run(
    { input, caller, now },
    { store, limits }: Pick<OperationDependencies, 'store' | 'limits'>,
  ) {
    const channelArn = channelArnOf(input.ChannelArn, caller)
    const type = input.Type ?? 'DEFAULT'
    const requested = requestedMembers(input.MemberArns, caller.appInstanceArn)
    const invitedBy = caller.identity
    return store.transact(async (tx) => {
      const access = await tx.channels.findAccess(channelArn, invitedBy.arn)
      const arns = requested.map(({ arn }) => arn)
      const { channel } = requireAllowed(canCreateMembership(access, type, arns))
      refuseHidden(channel, type)
      const subChannelId = requestedSubChannelId(channel, input.SubChannelId)
      const destination = { channel, subChannelId }
      const configuration = channel.elasticChannelConfiguration
      // Before the members are read, as it ends an attempt that is in vain.
      const places =
        configuration === undefined || subChannelId !== undefined
          ? undefined
          : await findPlacementState(tx, channelArn, configuration, requested.length)
      const admitted = await admitMembers(tx, limits, destination, requested)
      const batch = { channelArn, type, invitedBy, now }
      const joined =
        configuration === undefined
          ? await join(tx, limits, batch, admitted.members)
          : await joinElastic(
              tx,
              { ...batch, configuration },
              admitted.members,
              subChannelId,
              places,
            )
      const { members, errors, subChannelId: joinedSubChannelId } = joined
      const shown = { ...batch, subChannelId: joinedSubChannelId }
      return {
        BatchChannelMemberships: presentMembershipBatch(shown, members),
        Errors: [...admitted.errors, ...errors],
      }
    })
  },
})

interface Batch {
  readonly channelArn: Channel['arn']
  readonly type: MembershipType
  readonly invitedBy: Identity
  readonly now: number
}

interface Joined {
  readonly members: readonly Identity[]
  readonly errors: readonly MemberError[]
  /** Where all of them are; empty when they are in several sub-channels, or in none. */
  readonly subChannelId: string
}

/** All of them or none: the quota is the channel's. */
async function join(
  tx: StoreTransaction,
  limits: Limits,
  { now, ...batch }: Batch,
  members: readonly Identity[],
): Promise<Joined> {
  const joined = { members, errors: [], subChannelId: '' }
  if (members.length === 0) return joined
  const { channelArn, type: membershipType } = batch
  const counted = { kind: 'memberships-of-channel', of: channelArn } as const
  await requireQuota(tx, limits, counted, members.length)
  const common = { ...batch, subChannelId: '', isOfModerator: false }
  const stamps = { createdAt: now, lastUpdatedAt: now }
  const memberships = members.map((member) => ({ ...common, member, ...stamps }))
  tx.memberships.insertAll(memberships)
  const plan = {
    channelArn,
    subChannelId: '',
    membershipType,
    membershipChanges: members.map(({ arn }) => ({
      memberArn: arn,
      change: 'joined' as const,
      subChannelId: '',
    })),
    moderatorMemberArns:
      membershipType === 'HIDDEN' ? await tx.memberships.listModeratorMemberArns(channelArn) : [],
  }
  const payload = presentMembershipBatch(common, members)
  tx.publish(membershipEvent('BATCH_CREATE_CHANNEL_MEMBERSHIP', plan, payload))
  // evidence: inferred (behaviour 1.9), streams hear of each membership
  for (const membership of memberships) {
    tx.publish(streamEvent('CREATE_CHANNEL_MEMBERSHIP', batch, presentMembership(membership)))
  }
  return joined
}

/** Those for whom there is room; the others come back as errors. */
// evidence: docs elastic channels, one event for each; which ones fit inferred (behaviour 4.2, 4.4)
async function joinElastic(
  tx: StoreTransaction,
  batch: Batch & { readonly configuration: ElasticChannelConfiguration },
  admitted: readonly Identity[],
  subChannelId: string | undefined,
  places: PlacementState | undefined,
): Promise<Joined> {
  const memberships =
    subChannelId === undefined
      ? await placeRegularMembers(tx, batch, admitted, places)
      : await joinModerators(tx, batch, admitted, subChannelId)
  const [only, ...others] = new Set(memberships.map((membership) => membership.subChannelId))
  return {
    members: memberships.map(({ member }) => member),
    errors: admitted.slice(memberships.length).map(({ arn }) => ({
      MemberArn: arn,
      ErrorCode: 'ResourceLimitExceeded',
      ErrorMessage: noRoomText(batch.configuration),
    })),
    subChannelId: only === undefined || others.length > 0 ? '' : only,
  }
}
