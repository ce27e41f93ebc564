// Members join an elastic channel: regular ones where the plan of domain/sub-channel-placement.ts
// puts them, moderators where the request says. Who may join was decided before.
//
// Joins that run at the same time do not wait for each other: each holds its places by the count of
// the sub-channel, once for all that it puts there. Only those that open a sub-channel meet.
import type { ChannelArn } from '../../base/arn.ts'
import { newUuid } from '../../base/ids.ts'
import { jointMembershipEvents, streamEvent, transferEvent } from '../../domain/channel-event.ts'
import type { ChannelMembership, ElasticChannelConfiguration } from '../../domain/channel.ts'
import type { Identity } from '../../domain/identity.ts'
import {
  minimumMembershipsOf,
  planJoins,
  type JoinPlan,
  type PlacementState,
  type SubChannelFill,
  type Transfer,
} from '../../domain/sub-channel-placement.ts'
import { requireAllowed } from '../../policies/decision.ts'
import { noSuchSubChannel } from '../../policies/sub-channel.ts'
import { StoreUnavailableError, type StoreTransaction } from '../../ports/store.ts'
import { presentMembership } from '../presenters/channel-presenters.ts'
import { presentSubChannelReference } from '../presenters/sub-channel-presenters.ts'

/** Plans of one attempt: each that does not hold means that others have just joined. */
const PLANS_MAX = 100

type JoiningTransaction = Pick<
  StoreTransaction,
  'memberships' | 'subChannels' | 'fitsQuota' | 'keepsAtLeast' | 'publish'
>

/** Who asks members into which elastic channel, and when. */
export interface ElasticInvitation {
  readonly channelArn: ChannelArn
  readonly configuration: ElasticChannelConfiguration
  readonly invitedBy: Identity
  readonly now: number
}

/** What the members are told for whom there is no room. */
// evidence: inferred (behaviour 4.2)
export function noRoomText(configuration: ElasticChannelConfiguration): string {
  const { maximumSubChannels, targetMembershipsPerSubChannel } = configuration
  return (
    'There is no room for MemberArn: the channel has its MaximumSubChannels of ' +
    `${maximumSubChannels}, each with its TargetMembershipsPerSubChannel of ` +
    `${targetMembershipsPerSubChannel}`
  )
}

/**
 * Places regular members, with one event for each. Resolves with their memberships, in the order of
 * `newcomers`; when the channel is full, the last ones have none. `found` is what
 * `findPlacementState` found for them before, perhaps for more.
 */
// evidence: docs elastic channels (behaviour 4.2, 4.4)
export async function placeRegularMembers(
  tx: JoiningTransaction,
  invitation: ElasticInvitation,
  newcomers: readonly Identity[],
  found?: PlacementState,
): Promise<readonly ChannelMembership[]> {
  if (newcomers.length === 0) return []
  const { placements, transfer } = await planHeldJoins(tx, invitation, newcomers.length, found)
  for (const { subChannelId, isNew } of placements) {
    if (!isNew) continue
    const { channelArn, now: createdAt } = invitation
    const opened = { channelArn, subChannelId, createdAt }
    tx.subChannels.insert(opened)
    tx.publish(streamEvent('CREATE_SUB_CHANNEL', opened, presentSubChannelReference(opened)))
  }
  // First, so that who is moved hears of those that it gives company to.
  if (transfer !== undefined) await transferCompany(tx, invitation, transfer)
  const memberships: ChannelMembership[] = []
  for (const { subChannelId, newcomersCount } of placements) {
    const placed = newcomers.slice(memberships.length, memberships.length + newcomersCount)
    memberships.push(...join(tx, invitation, placed, { subChannelId, isOfModerator: false }))
  }
  return memberships
}

/**
 * Makes moderators members of one sub-channel, with one event for each. Throws ForbiddenException
 * when the channel has no such sub-channel.
 */
// evidence: docs elastic channels; the error inferred (behaviour 4.3)
export async function joinModerators(
  tx: JoiningTransaction,
  invitation: ElasticInvitation,
  moderators: readonly Identity[],
  subChannelId: string,
): Promise<readonly ChannelMembership[]> {
  if (moderators.length === 0) return []
  const { channelArn } = invitation
  if ((await tx.subChannels.find({ channelArn, subChannelId })) === undefined) {
    requireAllowed(noSuchSubChannel)
  }
  return join(tx, invitation, moderators, { subChannelId, isOfModerator: true })
}

/** A plan whose places nobody else can take. */
async function planHeldJoins(
  tx: JoiningTransaction,
  { channelArn, configuration }: ElasticInvitation,
  newcomersCount: number,
  found: PlacementState | undefined,
): Promise<JoinPlan> {
  const fills: FillsFound = new Map()
  for (let plansCount = 0; plansCount < PLANS_MAX; plansCount++) {
    const state =
      plansCount === 0 && found !== undefined
        ? found
        : await findPlacementState(tx, channelArn, configuration, newcomersCount, fills)
    const plan = planJoins(state, newcomersCount, newUuid)
    if (!(await holdsPlaces(tx, channelArn, configuration, plan, fills))) continue
    const { transfer } = plan
    if (transfer === undefined) return plan
    const mayLeave = await holdsCompany(tx, channelArn, configuration, transfer)
    return mayLeave ? plan : { ...plan, transfer: undefined }
  }
  throw new StoreUnavailableError('others kept taking the places that newcomers were to have')
}

/**
 * How full sub-channels were found to be that were not as empty as listed: a list looks ahead to
 * those who are about to leave, whose places are not to be had before they have left.
 */
type FillsFound = Map<string, number>

/**
 * As much as a plan for at most `newcomersCount` needs: what there is besides matters only when
 * another sub-channel is to be opened.
 */
export async function findPlacementState(
  { subChannels }: Pick<JoiningTransaction, 'subChannels'>,
  channelArn: ChannelArn,
  configuration: ElasticChannelConfiguration,
  newcomersCount: number,
  fills: FillsFound = new Map(),
): Promise<PlacementState> {
  const target = configuration.targetMembershipsPerSubChannel
  const listed = await subChannels.listWithRoom(channelArn, target, newcomersCount)
  const withRoom = fills.size === 0 ? listed : corrected(listed, fills)
  let roomCount = 0
  for (const { regularMembershipsCount } of withRoom) roomCount += target - regularMembershipsCount
  if (roomCount >= newcomersCount) {
    return { configuration, subChannelsCount: withRoom.length, withRoom }
  }
  const subChannelsCount = await subChannels.count(channelArn)
  const fullest = await subChannels.findFullest(channelArn)
  return { configuration, subChannelsCount, withRoom, fullest }
}

function corrected(
  listed: readonly SubChannelFill[],
  fills: FillsFound,
): readonly SubChannelFill[] {
  return listed
    .map(({ subChannelId, regularMembershipsCount: count }) => ({
      subChannelId,
      regularMembershipsCount: Math.max(count, fills.get(subChannelId) ?? 0),
    }))
    .toSorted((a, b) => b.regularMembershipsCount - a.regularMembershipsCount)
}

/** False when there are not as many places as was planned; `fills` says where. */
async function holdsPlaces(
  tx: JoiningTransaction,
  channelArn: ChannelArn,
  configuration: ElasticChannelConfiguration,
  { placements }: JoinPlan,
  fills: FillsFound,
): Promise<boolean> {
  const target = configuration.targetMembershipsPerSubChannel
  for (const { subChannelId, isNew, newcomersCount } of placements) {
    const of = { channelArn, subChannelId }
    const counted = { kind: 'memberships-of-sub-channel', of } as const
    if (isNew || (await tx.fitsQuota(counted, newcomersCount, target))) continue
    const found = await tx.subChannels.find(of)
    fills.set(subChannelId, found?.regularMembershipsCount ?? target)
    return false
  }
  return true
}

/** False when those who are to give company would leave too few behind. */
async function holdsCompany(
  tx: JoiningTransaction,
  channelArn: ChannelArn,
  configuration: ElasticChannelConfiguration,
  { fromSubChannelId, membershipsCount }: Transfer,
): Promise<boolean> {
  const of = { channelArn, subChannelId: fromSubChannelId }
  const counted = { kind: 'memberships-of-sub-channel', of } as const
  const minimum = minimumMembershipsOf(configuration)
  if (await tx.keepsAtLeast(counted, membershipsCount, minimum)) return true
  // It is full by those who are on their way into it. To count on a place that they have taken
  // makes this attempt fail by them, and the next one see them.
  if (await tx.fitsQuota(counted, 1, configuration.targetMembershipsPerSubChannel)) return false
  // They have arrived since: enough of them stay.
  return tx.keepsAtLeast(counted, membershipsCount, minimum)
}

async function transferCompany(
  tx: JoiningTransaction,
  { channelArn, now }: ElasticInvitation,
  { fromSubChannelId, toSubChannelId, membershipsCount }: Transfer,
): Promise<void> {
  const from = { channelArn, subChannelId: fromSubChannelId }
  for (const membership of await tx.memberships.listNewestRegular(from, membershipsCount)) {
    tx.memberships.transfer(membership, toSubChannelId, now)
    const moved = { ...membership, subChannelId: toSubChannelId, lastUpdatedAt: now }
    tx.publish(transferEvent(moved, fromSubChannelId, presentMembership(moved)))
  }
}

function join(
  tx: JoiningTransaction,
  { channelArn, invitedBy, now }: ElasticInvitation,
  members: readonly Identity[],
  place: Pick<ChannelMembership, 'subChannelId' | 'isOfModerator'>,
): readonly ChannelMembership[] {
  const memberships = members.map((member): ChannelMembership => {
    const stamps = { createdAt: now, lastUpdatedAt: now }
    return { channelArn, member, type: 'DEFAULT', invitedBy, ...stamps, ...place }
  })
  tx.memberships.insertAll(memberships)
  for (const event of jointMembershipEvents(memberships, presentMembership)) tx.publish(event)
  return memberships
}
