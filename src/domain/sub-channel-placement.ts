// Which sub-channel of an elastic channel a member belongs to: plans, made from what there is and
// what is asked for. Nothing here reads or changes anything.
//
// Newcomers fill the fullest sub-channel that has room, so that conversations stay lively. Another
// one is opened only when all are full, and gets enough company from the fullest to stand by itself
// (SCALE_OUT). One that falls below the minimum is taken apart as soon as another can take all of
// its members (SCALE_IN). A step, which is the placing of one newcomer or the taking apart of one
// sub-channel, touches two sub-channels at most. A batch is a sequence of steps, planned at once:
// it fills the same places as its newcomers would one by one, but moves none that it has placed.
// evidence: docs elastic channels; which one, and who moves, inferred (behaviour 4.2)
import { assert } from '../base/assert.ts'
import type { ElasticChannelConfiguration, SubChannel } from './channel.ts'

/**
 * How long a sub-channel that has members is left alone after it was opened: one that was opened
 * for a crowd must not be taken apart before the crowd has come.
 */
// evidence: inferred (behaviour 4.2)
export const SCALE_IN_AGE_MS = 60_000

/** A sub-channel as far as placement needs it: moderators' memberships take no place. */
export type SubChannelFill = Pick<SubChannel, 'subChannelId' | 'regularMembershipsCount'>

/** What a plan for newcomers is made from. */
export interface PlacementState {
  readonly configuration: ElasticChannelConfiguration
  readonly subChannelsCount: number
  /**
   * Sub-channels with room, the fullest first: all of them, or at least as many as there are
   * newcomers.
   */
  readonly withRoom: readonly SubChannelFill[]
  /** The fullest of all; absent while there is none. */
  readonly fullest?: SubChannelFill | undefined
}

/** Newcomers that go into one sub-channel. */
export interface Placement {
  readonly subChannelId: string
  /** Whether it is to be opened for them. */
  readonly isNew: boolean
  readonly newcomersCount: number
}

/** Members that give company to newcomers in a sub-channel that is opened for them. */
export interface Transfer {
  readonly fromSubChannelId: string
  readonly toSubChannelId: string
  /** The newest regular ones: they lose least of the conversation that they leave. */
  readonly membershipsCount: number
}

/** Where newcomers go, and who moves because of them. */
export interface JoinPlan {
  /** At most one for each sub-channel, none of them empty. */
  readonly placements: readonly Placement[]
  readonly transfer?: Transfer | undefined
  /** Newcomers for whom there is no room: every sub-channel is full, and no more may be opened. */
  readonly refusedCount: number
}

/** The members that a sub-channel must not fall below, as long as there is room elsewhere. */
// evidence: docs elastic channels (behaviour 4.1)
export function minimumMembershipsOf(configuration: ElasticChannelConfiguration): number {
  const { targetMembershipsPerSubChannel, minimumMembershipPercentage } = configuration
  return Math.ceil((targetMembershipsPerSubChannel * minimumMembershipPercentage) / 100)
}

interface Filling {
  readonly subChannelId: string
  readonly isNew: boolean
  count: number
  newcomersCount: number
}

/**
 * A place for each of `newcomersCount` (at least one), as far as there is room. Those of one
 * request count as the newest members: company for the last of them are those who were to go to the
 * sub-channel before, and only when they are too few are members of it moved. `newSubChannelId`
 * names each sub-channel that the plan opens.
 */
export function planJoins(
  state: PlacementState,
  newcomersCount: number,
  newSubChannelId: () => string,
): JoinPlan {
  assert(newcomersCount > 0, 'a plan is for at least one newcomer')
  const { maximumSubChannels, targetMembershipsPerSubChannel: target } = state.configuration
  const fillings = state.withRoom.map((fill) => fillingOf(fill))
  let left = newcomersCount
  for (const filling of fillings) left -= place(filling, left, target)
  const opened: Filling[] = []
  while (left > 0 && state.subChannelsCount + opened.length < maximumSubChannels) {
    const filling = { subChannelId: newSubChannelId(), isNew: true, count: 0, newcomersCount: 0 }
    opened.push(filling)
    left -= place(filling, left, target)
  }
  const all = [...fillings, ...opened]
  const last = opened.at(-1)
  const transfer = last && bringCompany(last, donorAmong(all, last, state), state.configuration)
  const placements = all
    .filter((filling) => filling.newcomersCount > 0)
    .map((filling) => placementOf(filling))
  return { placements, transfer, refusedCount: left }
}

/** Where company comes from: everything but the last is full, what this request filled included. */
function donorAmong(
  all: readonly Filling[],
  last: Filling,
  { fullest }: PlacementState,
): Filling | undefined {
  const touched = all.filter((filling) => filling !== last && filling.newcomersCount > 0)
  return touched.at(-1) ?? (fullest && fillingOf(fullest))
}

function bringCompany(
  opened: Filling,
  donor: Filling | undefined,
  configuration: ElasticChannelConfiguration,
): Transfer | undefined {
  const minimum = minimumMembershipsOf(configuration)
  if (donor === undefined || opened.count >= minimum) return undefined
  // With 1 to 40 per cent, what is left of a full one is never below the minimum itself:
  // target - (minimum - 1) >= minimum holds for every target from 2 on.
  const wanted = minimum - opened.count
  const ofRequest = Math.min(wanted, donor.newcomersCount)
  donor.newcomersCount -= ofRequest
  opened.newcomersCount += ofRequest
  const membershipsCount = wanted - ofRequest
  if (membershipsCount === 0) return undefined
  return {
    fromSubChannelId: donor.subChannelId,
    toSubChannelId: opened.subChannelId,
    membershipsCount,
  }
}

/** Puts as many as fit into `filling`; returns how many. */
function place(filling: Filling, newcomersCount: number, target: number): number {
  const placed = Math.max(0, Math.min(newcomersCount, target - filling.count))
  filling.count += placed
  filling.newcomersCount += placed
  return placed
}

function placementOf({ subChannelId, isNew, newcomersCount }: Filling): Placement {
  return { subChannelId, isNew, newcomersCount }
}

function fillingOf({ subChannelId, regularMembershipsCount }: SubChannelFill): Filling {
  return { subChannelId, isNew: false, count: regularMembershipsCount, newcomersCount: 0 }
}

/** A sub-channel that is to be taken apart. */
export interface ScaleInPlan {
  readonly removedSubChannelId: string
  /** Where all of its regular members go; absent when it has none. */
  readonly toSubChannelId?: string | undefined
}

/**
 * Whether `subChannel`, with its present count, is to be taken apart, and where its members go.
 * `others` are sub-channels of the same channel, the fullest first; those with room for all of its
 * members must be among them, and any other one when it has none. The last sub-channel stays.
 */
export function planScaleIn(
  configuration: ElasticChannelConfiguration,
  subChannel: SubChannelFill & Pick<SubChannel, 'createdAt'>,
  others: readonly SubChannelFill[],
  now: number,
): ScaleInPlan | undefined {
  const { subChannelId, regularMembershipsCount: count } = subChannel
  if (count >= minimumMembershipsOf(configuration)) return undefined
  if (count > 0 && now - subChannel.createdAt < SCALE_IN_AGE_MS) return undefined
  const taker = others.find(
    (other) =>
      other.subChannelId !== subChannelId &&
      other.regularMembershipsCount + count <= configuration.targetMembershipsPerSubChannel,
  )
  if (taker === undefined) return undefined
  return {
    removedSubChannelId: subChannelId,
    toSubChannelId: count === 0 ? undefined : taker.subChannelId,
  }
}
