// Conformance of ListSubChannels.
import { expect } from 'vitest'
import { fails, failsNaming, succeeds } from '../kit/answers.ts'
import { casesOf } from '../kit/conformance-case.ts'
import { elasticStage } from '../kit/elastic.ts'
import { ELASTIC } from '../kit/matrix-stage.ts'
import { arnPathCases, bearerCases, doorCases } from '../kit/shared-cases.ts'
import { useWorld } from '../kit/world.ts'

const world = useWorld()
const write = casesOf('ListSubChannels')

const list = (ChannelArn: string, ChimeBearer: string, input: object = {}) =>
  world.messaging.listSubChannels({ ChannelArn, ChimeBearer, ...input })
const elasticChannel = (owner: string, input: object = {}) =>
  world.channel(owner, { ElasticChannelConfiguration: ELASTIC, ...input })
const prepare = async () => {
  const owner = await world.user()
  const channelArn = await elasticChannel(owner)
  return () => list(channelArn, owner)
}

write(
  'wire',
  'proposed',
  'Given a new elastic channel, when its sub-channels are listed, then 200 and none',
  async () => {
    const owner = await world.user()
    const channelArn = await elasticChannel(owner)
    const whole = ['ChannelArn', 'SubChannels']
    expect(await succeeds(list(channelArn, owner), 200, whole)).toEqual({
      ChannelArn: channelArn,
      SubChannels: [],
    })
  },
)
write(
  'wire',
  'model',
  'Given members, when the sub-channels are listed, then 200 with exactly id and count of each',
  async () => {
    const stage = await elasticStage(world)
    await stage.addNew(3)
    const body = await succeeds(list(stage.channelArn, stage.owner), 200, [
      'ChannelArn',
      'SubChannels',
    ])
    expect(body['SubChannels']).toEqual([
      { SubChannelId: expect.stringMatching(/^[-_a-zA-Z0-9]{1,128}$/), MembershipCount: 3 },
    ])
  },
)
doorCases(write, world, prepare)
arnPathCases(write, world, prepare)

write(
  'validation',
  'model',
  'Given MaxResults of 0 or 51, or a token that is made up, when they are listed, then BadRequestException',
  async () => {
    const owner = await world.user()
    const channelArn = await elasticChannel(owner)
    await failsNaming(list(channelArn, owner, { MaxResults: 0 }), 'MaxResults')
    await failsNaming(list(channelArn, owner, { MaxResults: 51 }), 'MaxResults')
    await failsNaming(list(channelArn, owner, { NextToken: 'AAAA' }), 'NextToken')
    await failsNaming(list(channelArn, owner, { NextToken: 'A'.repeat(2049) }), 'NextToken')
  },
)

bearerCases(write, world, prepare)
write(
  'authorisation',
  'doc',
  'Given a stranger and a member of a public elastic channel, when they list, then ForbiddenException; moderators and admins may',
  async () => {
    const [owner, moderator, admin] = [await world.user(), await world.user(), await world.admin()]
    const channelArn = await elasticChannel(owner, {
      Privacy: 'PUBLIC',
      ModeratorArns: [moderator],
    })
    await fails(list(channelArn, await world.user()), 'ForbiddenException')
    await list(channelArn, moderator)
    await list(channelArn, admin)
    const member = await world.user()
    await world.join(channelArn, owner, member)
    await fails(list(channelArn, member), 'ForbiddenException')
    await fails(list(`${channelArn}x`, admin), 'ForbiddenException')
  },
)

write(
  'behaviour',
  'proposed',
  'Given a channel that is not elastic, when its sub-channels are listed, then BadRequestException; ForbiddenException for a member',
  async () => {
    const [owner, member] = [await world.user(), await world.user()]
    const channelArn = await world.channel(owner, { MemberArns: [member] })
    await failsNaming(list(channelArn, owner), 'elastic')
    await fails(list(channelArn, member), 'ForbiddenException')
  },
)
write(
  'behaviour',
  'doc',
  'Given sub-channels, when they are listed in three pages, then each comes once, the oldest first; a token belongs to its channel and its bearer',
  async () => {
    const pairs = { MaximumSubChannels: 9, TargetMembershipsPerSubChannel: 2 }
    const stage = await elasticStage(world, { ...pairs, MinimumMembershipPercentage: 1 })
    const created: string[] = []
    for (let count = 0; count < 5; count++) {
      const [first, second] = await stage.add(await world.user(), await world.user())
      expect(second).toBe(first)
      created.push(first!)
    }
    const page = (input: object, channelArn = stage.channelArn, bearer = stage.owner) =>
      list(channelArn, bearer, { MaxResults: 2, ...input })
    const first = await page({})
    const second = await page({ NextToken: first.NextToken })
    const third = await page({ NextToken: second.NextToken })
    expect(third.NextToken).toBeUndefined()
    const pages = [first, second, third].map(({ SubChannels }) => SubChannels!)
    expect(pages.map(({ length }) => length)).toEqual([2, 2, 1])
    expect(pages.flat().map(({ SubChannelId }) => SubChannelId)).toEqual(created)
    const other = await elasticChannel(stage.owner)
    const { NextToken } = first
    await failsNaming(page({ NextToken }, other), 'NextToken')
    const admin = await world.admin()
    await failsNaming(page({ NextToken }, stage.channelArn, admin), 'NextToken')
  },
)
write(
  'behaviour',
  'inferred',
  'Given moderators among the members, when sub-channels are listed, then MembershipCount is how many ListChannelMemberships shows, also after some left',
  async () => {
    const pairs = { TargetMembershipsPerSubChannel: 2, MinimumMembershipPercentage: 1 }
    const stage = await elasticStage(world, pairs)
    const [ana, bob] = await stage.addNew(3)
    const [first, second] = [...(await stage.spread()).keys()]
    const moderator = await world.user()
    await world.messaging.createChannelModerator({
      ChannelArn: stage.channelArn,
      ChannelModeratorArn: moderator,
      ChimeBearer: stage.owner,
    })
    for (const arn of [moderator, stage.owner]) await stage.addModerator(arn, first!)
    await stage.addModerator(moderator, second!)
    // Each count is held against the list of members where it is asked for.
    expect(await stage.counts()).toEqual([4, 2])
    await stage.remove(bob!)
    expect(await stage.counts()).toEqual([3, 2])
    await world.ban(stage.channelArn, stage.owner, ana!)
    expect((await stage.counts()).reduce((sum, count) => sum + count)).toBeLessThan(5)
    await stage.remove(stage.owner)
    await world.messaging.deleteChannelModerator({
      ChannelArn: stage.channelArn,
      ChannelModeratorArn: moderator,
      ChimeBearer: stage.owner,
    })
    expect((await stage.counts()).reduce((sum, count) => sum + count)).toBe(1)
  },
)
