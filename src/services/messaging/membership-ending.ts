// The end of memberships, whoever ends them, and what follows in an elastic channel: a sub-channel
// that is left with too few members is taken apart as soon as another can take all of them.
import type { ChannelArn, MemberArn } from '../../base/arn.ts'
import { membershipEndedEvent, streamEvent, transferEvent } from '../../domain/channel-event.ts'
import type {
  Channel,
  ChannelMembership,
  ChannelRelation,
  ElasticChannelConfiguration,
  SubChannel,
} from '../../domain/channel.ts'
import {
  minimumMembershipsOf,
  planScaleIn,
  SCALE_IN_AGE_MS,
  type ScaleInPlan,
} from '../../domain/sub-channel-placement.ts'
import type { ConversationReference } from '../../ports/conversation-reference.ts'
import { StoreUnavailableError, type Store, type StoreTransaction } from '../../ports/store.ts'
import { presentMembership } from '../presenters/channel-presenters.ts'
import { presentSubChannelReference } from '../presenters/sub-channel-presenters.ts'

type EndingTransaction = Pick<
  StoreTransaction,
  'channels' | 'memberships' | 'subChannels' | 'fitsQuota' | 'keepsAtLeast' | 'publish'
>

/** What of a channel matters here. */
type EndingChannel = Pick<Channel, 'arn' | 'elasticChannelConfiguration'>

/** Everything that someone is a member of in the channel: at most one, unless it is elastic. */
export async function listMembershipsIn(
  tx: Pick<StoreTransaction, 'memberships'>,
  { arn: channelArn, elasticChannelConfiguration }: EndingChannel,
  { arn: memberArn, subChannelIds }: ChannelRelation,
): Promise<readonly ChannelMembership[]> {
  const found: ChannelMembership[] = []
  for (const subChannelId of elasticChannelConfiguration === undefined ? [''] : subChannelIds) {
    const membership = await tx.memberships.find({ channelArn, subChannelId }, memberArn)
    if (membership !== undefined) found.push(membership)
  }
  return found
}

/**
 * Ends memberships of one member, which were read in this transaction: DELETE_CHANNEL_MEMBERSHIP
 * for each, to the one removed as well. Balances the sub-channel that it leaves.
 */
export async function endMemberships(
  tx: EndingTransaction,
  channel: EndingChannel,
  memberships: readonly ChannelMembership[],
  now: number,
): Promise<void> {
  const { elasticChannelConfiguration: configuration } = channel
  for (const membership of memberships) {
    await endMembership(tx, membership)
    // Moderators take no place, so nothing is missing where they leave.
    if (configuration === undefined || membership.isOfModerator) continue
    await balanceAfter(tx, membership, configuration, now)
  }
}

async function endMembership(
  tx: Pick<StoreTransaction, 'memberships' | 'publish'>,
  membership: ChannelMembership,
): Promise<void> {
  tx.memberships.remove(membership)
  const moderatorMemberArns =
    membership.type === 'HIDDEN'
      ? await tx.memberships.listModeratorMemberArns(membership.channelArn)
      : []
  tx.publish(
    membershipEndedEvent(membership, presentMembership(membership), { moderatorMemberArns }),
  )
}

/** Looks at the sub-channel that the membership was in, which this transaction ends. */
async function balanceAfter(
  tx: EndingTransaction,
  left: ChannelMembership,
  configuration: ElasticChannelConfiguration,
  now: number,
): Promise<void> {
  const counted = { kind: 'memberships-of-sub-channel', of: left } as const
  // Most leaves end here, and do not get into each other's way.
  if (await tx.keepsAtLeast(counted, 1, minimumMembershipsOf(configuration))) return
  const subChannel = await tx.subChannels.find(left)
  if (subChannel === undefined) return
  // Reads do not see that the member has left.
  const regularMembershipsCount = subChannel.regularMembershipsCount - 1
  const remaining = { ...subChannel, regularMembershipsCount }
  if (await scaleIn(tx, configuration, remaining, now, left.member.arn)) return
  // Empty, and the only one.
  if (regularMembershipsCount === 0) return
  // It stays as it is for now, but not if others that leave at this moment empty it.
  if (await tx.keepsAtLeast(counted, 1, 1)) return
  // Others have left since it was read: looks again.
  return balanceAfter(tx, left, configuration, now)
}

/**
 * Takes the emptiest sub-channel apart that has too few members, if one is to be: resolves with 1,
 * or with 0 when the channel is balanced or no longer there.
 */
export async function scaleInEmptiest(
  tx: EndingTransaction,
  channelArn: ChannelArn,
  now: number,
): Promise<number> {
  const configuration = (await tx.channels.find(channelArn))?.elasticChannelConfiguration
  if (configuration === undefined) return 0
  const minimum = minimumMembershipsOf(configuration)
  const createdBefore = now - SCALE_IN_AGE_MS + 1
  // If not even the emptiest fits into another one, then none does.
  const [emptiest] = await tx.subChannels.listSparse(channelArn, minimum, createdBefore, 1)
  // Read again, so that a change of it meanwhile is noticed.
  const subChannel = emptiest && (await tx.subChannels.find(emptiest))
  if (subChannel === undefined) return 0
  return (await scaleIn(tx, configuration, subChannel, now)) ? 1 : 0
}

/**
 * Balances sub-channels whose members were removed from the app instance. What the store cannot
 * write now is left to background work.
 */
export async function tryToBalance(
  store: Store,
  subChannels: readonly ConversationReference[],
  now: number,
): Promise<void> {
  try {
    for (const reference of subChannels) {
      await store.transact(async (tx) => {
        const channel = await tx.channels.find(reference.channelArn)
        const configuration = channel?.elasticChannelConfiguration
        const subChannel = await tx.subChannels.find(reference)
        if (configuration === undefined || subChannel === undefined) return
        await scaleIn(tx, configuration, subChannel, now)
      })
    }
  } catch (error) {
    if (!(error instanceof StoreUnavailableError)) throw error
  }
}

/** Whether the sub-channel, with the count that is given, was taken apart. */
async function scaleIn(
  tx: EndingTransaction,
  configuration: ElasticChannelConfiguration,
  subChannel: SubChannel,
  now: number,
  leavingArn?: MemberArn,
): Promise<boolean> {
  const { channelArn, regularMembershipsCount } = subChannel
  const target = configuration.targetMembershipsPerSubChannel
  // The fullest that can take them, and another one in case the first is the one to be taken apart.
  const takers = await tx.subChannels.listWithRoom(
    channelArn,
    target - regularMembershipsCount + 1,
    2,
  )
  const plan = planScaleIn(configuration, subChannel, takers, now)
  if (plan === undefined) return false
  // Even if nobody goes there: of two that are empty, one must stay.
  const other = takers.find(({ subChannelId }) => subChannelId !== subChannel.subChannelId)
  if (other === undefined) return false
  if ((await tx.subChannels.find(other)) === undefined) {
    // Taken apart itself since it was listed: looks again, for there may be others.
    return scaleIn(tx, configuration, subChannel, now, leavingArn)
  }
  return takeApart(tx, { channelArn, ...plan }, target, now, leavingArn)
}

/**
 * Moves the regular members, ends what moderators had there, and removes the sub-channel with its
 * messages. False, with nothing done, when there is no longer room for all.
 */
// evidence: docs elastic channels (behaviour 4.2, 4.4)
async function takeApart(
  tx: EndingTransaction,
  { channelArn, removedSubChannelId, toSubChannelId }: ScaleInPlan & { channelArn: ChannelArn },
  target: number,
  now: number,
  leavingArn: MemberArn | undefined,
): Promise<boolean> {
  const removed = { channelArn, subChannelId: removedSubChannelId }
  const everybody = await tx.memberships.listAll(removed)
  const staying = everybody.filter(({ member }) => member.arn !== leavingArn)
  const regular = staying.filter(({ isOfModerator }) => !isOfModerator)
  if (regular.length > 0) {
    // Somebody has just joined one that was empty.
    if (toSubChannelId === undefined) return false
    const of = { channelArn, subChannelId: toSubChannelId }
    const counted = { kind: 'memberships-of-sub-channel', of } as const
    if (!(await tx.fitsQuota(counted, regular.length, target))) return false
    for (const membership of regular) {
      tx.memberships.transfer(membership, toSubChannelId, now)
      const moved = { ...membership, subChannelId: toSubChannelId, lastUpdatedAt: now }
      tx.publish(transferEvent(moved, removedSubChannelId, presentMembership(moved)))
    }
  }
  // Last, so that who was moved hears nothing of it.
  for (const membership of staying.filter(({ isOfModerator }) => isOfModerator)) {
    tx.memberships.remove(membership)
    const reason = 'subchannel_DELETED' as const
    tx.publish(membershipEndedEvent(membership, presentMembership(membership), { reason }))
  }
  tx.subChannels.remove(removed)
  tx.publish(streamEvent('DELETE_SUB_CHANNEL', removed, presentSubChannelReference(removed)))
  return true
}
