// Elastic channels with two sub-channels, a third that was taken apart, and one caller of a kind.
import { expect } from 'vitest'
import type { Caller } from './sub-channel-table.ts'
import type { World } from './world.ts'

/** Two in each sub-channel; an empty one is taken apart, and nobody is ever moved. */
export const PAIRS = {
  MaximumSubChannels: 10,
  TargetMembershipsPerSubChannel: 2,
  MinimumMembershipPercentage: 1,
}

/** Who stands by; none of them is the one who asks. */
interface Extras {
  readonly owner: string
  /** In the sub-channel that is meant. */
  readonly member: string
  /** In the other one. */
  readonly guest: string
  /** Where the caller is not, so that both are full. */
  readonly fillers: readonly [string, string]
  /** Alone in the third. */
  readonly last: string
  /** A moderator of every channel and member of none of its sub-channels. */
  readonly idleModerator: string
  /** A moderator of every channel in the sub-channel that is meant. */
  readonly placedModerator: string
}

export interface Stage extends Extras {
  readonly channelArn: string
  readonly caller: string
  /** The sub-channel that is meant. */
  readonly subChannelId: string
  readonly otherSubChannelId: string
  readonly foreignSubChannelId: string
  readonly goneSubChannelId: string
  /** Whether the caller is in the sub-channel that is meant. */
  readonly isCallerThere: boolean
}

export interface SubChannelStages {
  build(caller: Caller): Promise<Stage>
  /** The same stage for all who leave it as it is. */
  shared(caller: Caller): Promise<Stage>
  /** A channel that is not elastic: its caller has every role there is. */
  buildPlain(): Promise<Omit<Stage, 'subChannelId'>>
}

export function createSubChannelStages(world: World): SubChannelStages {
  let extras: Promise<Extras> | undefined
  let foreign: Promise<string> | undefined
  const shared = new Map<Caller, Promise<Stage>>()
  const gather = () => (extras ??= gatherExtras(world))
  async function build(caller: Caller): Promise<Stage> {
    const standing = await gather()
    foreign ??= openForeign(world, standing)
    return setUp(world, standing, await foreign, caller)
  }
  return {
    build,
    shared(caller) {
      const stage = shared.get(caller) ?? build(caller)
      shared.set(caller, stage)
      return stage
    },
    async buildPlain() {
      const standing = await gather()
      const caller = await world.admin()
      const { member, owner, idleModerator, placedModerator } = standing
      const channelArn = await world.channel(caller, {
        MemberArns: [member],
        ModeratorArns: [owner, idleModerator, placedModerator],
      })
      const ids = { otherSubChannelId: 'o', foreignSubChannelId: 'f', goneSubChannelId: 'g' }
      return { ...standing, ...ids, channelArn, caller, isCallerThere: true }
    },
  }
}

async function gatherExtras(world: World): Promise<Extras> {
  return {
    owner: await world.user(),
    member: await world.user(),
    guest: await world.user(),
    fillers: [await world.user(), await world.user()],
    last: await world.user(),
    idleModerator: await world.user(),
    placedModerator: await world.user(),
  }
}

/** Adds somebody in the name of the owner; returns the sub-channel. */
export async function joinElastic(
  world: World,
  channelArn: string,
  ownerArn: string,
  memberArn: string,
  subChannelId?: string,
): Promise<string> {
  const { SubChannelId } = await world.messaging.createChannelMembership({
    ChannelArn: channelArn,
    MemberArn: memberArn,
    Type: 'DEFAULT',
    ChimeBearer: ownerArn,
    ...(subChannelId === undefined ? {} : { SubChannelId: subChannelId }),
  })
  return SubChannelId!
}

async function openForeign(world: World, { owner, member }: Extras): Promise<string> {
  const channelArn = await world.channel(owner, { ElasticChannelConfiguration: PAIRS })
  return joinElastic(world, channelArn, owner, member)
}

async function setUp(
  world: World,
  extras: Extras,
  foreignSubChannelId: string,
  kind: Caller,
): Promise<Stage> {
  const { owner, member, guest, fillers, last, idleModerator, placedModerator } = extras
  const caller = kind === 'admin' ? await world.admin() : await world.user()
  const isModerator = kind === 'moderator' || kind === 'moderatorElsewhere'
  const channelArn = await world.channel(owner, {
    Privacy: kind === 'public' || kind === 'bannedPublic' ? 'PUBLIC' : 'PRIVATE',
    ModeratorArns: [idleModerator, placedModerator, ...(isModerator ? [caller] : [])],
    ElasticChannelConfiguration: PAIRS,
  })
  const join = (arn: string, id?: string) => joinElastic(world, channelArn, owner, arn, id)
  const subChannelId = await join(member)
  expect(await join(kind === 'member' ? caller : fillers[0])).toBe(subChannelId)
  const otherSubChannelId = await join(guest)
  expect(await join(kind === 'memberElsewhere' ? caller : fillers[1])).toBe(otherSubChannelId)
  const goneSubChannelId = await join(last)
  expect(new Set([subChannelId, otherSubChannelId, goneSubChannelId]).size).toBe(3)
  const leaving = { ChannelArn: channelArn, MemberArn: last, ChimeBearer: last }
  await world.messaging.deleteChannelMembership(leaving)
  await join(placedModerator, subChannelId)
  if (isModerator) await join(caller, kind === 'moderator' ? subChannelId : otherSubChannelId)
  if (kind.startsWith('banned')) await world.ban(channelArn, owner, caller)
  const isCallerThere = kind === 'member' || kind === 'moderator'
  const ids = { subChannelId, otherSubChannelId, foreignSubChannelId, goneSubChannelId }
  return { ...extras, ...ids, channelArn, caller, isCallerThere }
}
