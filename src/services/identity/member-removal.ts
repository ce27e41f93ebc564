// The end of what a removed user or bot was to its channels. Removing one hides everything at once;
// here its memberships end one by one and the other members hear of it, a bounded number at a time:
// someone who was in twenty thousand channels must not hold up everybody else.
import type { AppInstanceUserArn, MemberArn } from '../../base/arn.ts'
import { membershipEvent, type ChannelEvent } from '../../domain/channel-event.ts'
import type { ChannelMembership } from '../../domain/channel.ts'
import { DAY_MS } from '../../domain/expiration.ts'
import type { ConversationReference } from '../../ports/conversation-reference.ts'
import { StoreUnavailableError, type Store, type StoreTransaction } from '../../ports/store.ts'
import { presentMembership } from '../presenters/channel-presenters.ts'

/**
 * Memberships that end in one commit: some 5 ms of reading and publishing. Twenty thousand of them
 * end within half a second on SQLite, and hold up neither the event loop nor a send by more than
 * about 10 ms.
 */
// evidence: measured
const MEMBERSHIPS_PER_COMMIT = 200

/**
 * Ends all that removed members of this ARN left behind. To be called after the commit that removed
 * one; whatever a crash or a full disk leaves undone, background work finds by
 * `members.listWithRelationsLeft` and brings here again. Each event is published once. Resolves
 * with the sub-channels that have a regular member less, which are to be balanced.
 */
export async function endRelationsOfRemoved(
  store: Store,
  memberArn: MemberArn,
): Promise<readonly ConversationReference[]> {
  const left: ConversationReference[] = []
  for (;;) {
    const memberships = await store.transact(async (tx) => {
      const ended = await tx.members.endRelations(memberArn, MEMBERSHIPS_PER_COMMIT)
      for (const membership of ended ?? []) tx.publish(await endEventOf(tx, membership))
      return ended
    })
    if (memberships === undefined) return left
    for (const { channelArn, subChannelId, isOfModerator } of memberships) {
      if (subChannelId !== '' && !isOfModerator) left.push({ channelArn, subChannelId })
    }
  }
}

/** As `endRelationsOfRemoved`, but leaves it to background work when the store cannot write. */
export async function tryToEndRelations(
  store: Store,
  memberArn: MemberArn,
): Promise<readonly ConversationReference[]> {
  try {
    return await endRelationsOfRemoved(store, memberArn)
  } catch (error) {
    // The member is gone, and that is what was asked for.
    if (!(error instanceof StoreUnavailableError)) throw error
    return []
  }
}

/**
 * Removes the user if its expiration has passed at `now`: resolves with 1, or with 0 when it was
 * removed or prolonged since it was found.
 */
export async function removeExpiredUser(
  store: Store,
  userArn: AppInstanceUserArn,
  now: number,
): Promise<number> {
  const isRemoved = await store.transact(async (tx) => {
    const user = await tx.appInstanceUsers.find(userArn)
    if (user?.expirationDays === undefined) return false
    if (user.createdAt + user.expirationDays * DAY_MS > now) return false
    tx.appInstanceUsers.remove(userArn)
    tx.publishMemberRemoved(userArn)
    return true
  })
  if (!isRemoved) return 0
  await endRelationsOfRemoved(store, userArn)
  return 1
}

/**
 * The event names no change of who belongs to the channel: the sessions of a removed member have
 * ended, and a later holder of its ARN may have joined meanwhile.
 */
// evidence: inferred (behaviour 1.9 and 3.2), what the other members show stays true
async function endEventOf(
  tx: Pick<StoreTransaction, 'memberships'>,
  membership: ChannelMembership,
): Promise<ChannelEvent> {
  const { channelArn, type: membershipType } = membership
  return membershipEvent(
    'DELETE_CHANNEL_MEMBERSHIP',
    {
      channelArn,
      subChannelId: membership.subChannelId,
      membershipType,
      membershipChanges: [],
      moderatorMemberArns:
        membershipType === 'HIDDEN' ? await tx.memberships.listModeratorMemberArns(channelArn) : [],
    },
    presentMembership(membership),
  )
}
