// Elastic channels with two sub-channels of two members each.
import { expect } from 'vitest'
import { elasticStage, type ElasticStage } from './elastic.ts'
import type { World } from './world.ts'

/** Nobody is ever moved, and only what is empty is taken apart. */
export const PAIRS = {
  MaximumSubChannels: 5,
  TargetMembershipsPerSubChannel: 2,
  MinimumMembershipPercentage: 1,
}

export interface Pairs extends ElasticStage {
  /** Ana and Bob are in the first sub-channel, Cem and Dora in the second. */
  readonly first: string
  readonly second: string
  readonly ana: string
  readonly bob: string
  readonly cem: string
  readonly dora: string
}

/** Two sub-channels of two members each. */
export async function pairsStage(world: World, input: object = {}): Promise<Pairs> {
  const stage = await elasticStage(world, PAIRS, input)
  const [ana, bob] = [await world.user('Ana'), await world.user('Bob')]
  const [cem, dora] = [await world.user('Cem'), await world.user('Dora')]
  const [first, alsoFirst, second, alsoSecond] = await stage.add(ana, bob, cem, dora)
  expect([alsoFirst, alsoSecond]).toEqual([first, second])
  expect(first).not.toBe(second)
  return { ...stage, first: first!, second: second!, ana, bob, cem, dora }
}

/** A moderator in both of them. */
export async function moderatorOf(world: World, stage: Pairs): Promise<string> {
  const moderator = await world.user('Mia')
  await world.messaging.createChannelModerator({
    ChannelArn: stage.channelArn,
    ChannelModeratorArn: moderator,
    ChimeBearer: stage.owner,
  })
  await stage.addModerator(moderator, stage.first)
  await stage.addModerator(moderator, stage.second)
  return moderator
}
