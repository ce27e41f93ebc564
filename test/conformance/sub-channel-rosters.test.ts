// What shows of sub-channels in channels and memberships. Where members are placed is in
// elastic-placement.test.ts, which SubChannelId is accepted in sub-channel-ids.test.ts.
import { expect } from 'vitest'
import { at, expectMembers, fails, failsNaming, succeeds, type Json } from './kit/answers.ts'
import { casesOf } from './kit/conformance-case.ts'
import { moderatorOf, PAIRS, pairsStage, type Pairs } from './kit/elastic-pairs.ts'
import { useWorld } from './kit/world.ts'

const world = useWorld()
const pairs = (input: object = {}) => pairsStage(world, input)
const newModerator = (stage: Pairs) => moderatorOf(world, stage)

const post = (stage: Pairs, sender: string, SubChannelId: string, content = 'x', more = {}) =>
  world.post(stage.channelArn, sender, content, { SubChannelId, ...more })
const place = (stage: Pairs, ChimeBearer: string, SubChannelId: string) => {
  return { ChannelArn: stage.channelArn, ChimeBearer, SubChannelId }
}

const describing = casesOf('DescribeChannel')
describing(
  'behaviour',
  'inferred',
  'Given a message in one sub-channel, when the channel is described, then LastMessageTimestamp shows to those of that sub-channel only, and the elastic configuration to no regular member',
  async () => {
    const stage = await pairs()
    await post(stage, stage.ana, stage.first)
    const seen = async (ChimeBearer: string) => {
      const input = { ChannelArn: stage.channelArn, ChimeBearer }
      const body = await succeeds(world.messaging.describeChannel(input), 200, ['Channel'])
      return body['Channel'] as Json
    }
    expect(await seen(stage.bob)).toHaveProperty('LastMessageTimestamp')
    expect(await seen(stage.cem)).not.toHaveProperty('LastMessageTimestamp')
    for (const member of [stage.bob, stage.cem])
      expect(await seen(member)).not.toHaveProperty('ElasticChannelConfiguration')
    const forModerator = await seen(stage.owner)
    expect(forModerator['ElasticChannelConfiguration']).toEqual(PAIRS)
  },
)

casesOf('ListChannels')(
  'behaviour',
  'inferred',
  'Given a message in one sub-channel, when channels are listed, moderated ones, found or public, then LastMessageTimestamp shows to those of that sub-channel only',
  async () => {
    const stage = await pairs({ Privacy: 'PUBLIC' })
    const moderator = await newModerator(stage)
    await post(stage, stage.ana, stage.first)
    const { messaging, appInstanceArn: AppInstanceArn } = world
    const field = { Key: 'MEMBERS', Operator: 'INCLUDES' } as const
    const seen = async (ChimeBearer: string) => {
      const listed = await messaging.listChannels({ AppInstanceArn, ChimeBearer })
      const own = { ChimeBearer, AppInstanceUserArn: ChimeBearer }
      const moderated = await messaging.listChannelsModeratedByAppInstanceUser(own)
      const found = await messaging.searchChannels({
        ChimeBearer,
        Fields: [{ ...field, Values: [moderator] }],
      })
      const summaries = [
        ...listed.Channels!,
        ...moderated.Channels!.map(({ ChannelSummary }) => ChannelSummary!),
        ...found.Channels!,
      ].filter(({ ChannelArn }) => ChannelArn === stage.channelArn)
      return summaries.map(({ LastMessageTimestamp }) => LastMessageTimestamp !== undefined)
    }
    expect(await seen(moderator)).toEqual([true, true, true])
    expect(await seen(stage.bob)).toEqual([true, true])
    expect(await seen(stage.cem)).toEqual([false, false])
    expect(await seen(stage.owner)).toEqual([false, false])
    expect(await seen(await world.user())).toEqual([false])
  },
)

for (const [operation, type] of [
  ['UpdateChannel', 'UPDATE_CHANNEL'],
  ['DeleteChannel', 'DELETE_CHANNEL'],
] as const) {
  casesOf(operation)(
    'events emitted',
    'inferred',
    `Given an elastic channel, when ${operation} is called, then the members of all sub-channels get ${type} once, without the elastic configuration`,
    async () => {
      const stage = await pairs()
      const moderator = await newModerator(stage)
      await post(stage, stage.ana, stage.first)
      const listeners = [stage.ana, stage.cem, moderator, stage.owner]
      const sessions = await Promise.all(listeners.map((arn) => world.listen(arn)))
      const input = { ChannelArn: stage.channelArn, ChimeBearer: stage.owner }
      if (operation === 'DeleteChannel') await world.messaging.deleteChannel(input)
      else await world.messaging.updateChannel({ ...input, Name: 'New' })
      const received = await world.received(...sessions)
      expect(received.map((events) => events.map((event) => event.type))).toEqual([
        [type],
        [type],
        [type],
        [],
      ])
      const shown = ['ChannelArn', 'Name', 'Mode', 'Privacy', 'CreatedBy']
      // What was said in a sub-channel shows in no other, not even when.
      for (const [event] of received.slice(0, 3))
        expectMembers(event!.payload, [...shown, 'CreatedTimestamp', 'LastUpdatedTimestamp'])
    },
  )
}

for (const operation of ['UpdateChannelReadMarker', 'DeleteChannel'] as const) {
  casesOf(operation)(
    'wire',
    'doc',
    `Given the sub-channel-id of an older SDK, when ${operation} is called, then it is ignored`,
    async () => {
      const owner = await world.user()
      const input = { ChannelArn: await world.channel(owner), ChimeBearer: owner }
      const call = () =>
        operation === 'DeleteChannel'
          ? world.messaging.deleteChannel(input)
          : world.messaging.updateChannelReadMarker(input)
      const add = (request: { query: Record<string, unknown> }) => {
        request.query['sub-channel-id'] = 'sc-1'
      }
      await world.altered({ beforeSigning: add }, call)
      const described = world.messaging.describeChannelMembershipForAppInstanceUser({
        ...input,
        AppInstanceUserArn: owner,
      })
      if (operation === 'DeleteChannel') {
        await fails(described, 'ForbiddenException')
        return
      }
      const marker = 'ChannelMembership.AppInstanceUserMembershipSummary.ReadMarkerTimestamp'
      expect(at(await described, marker)).toBeInstanceOf(Date)
    },
  )
}

const own = casesOf('ListChannelMembershipsForAppInstanceUser')
own(
  'behaviour',
  'proposed',
  'Given a moderator in several sub-channels, when its memberships are listed in pages of one, then each comes once, with its SubChannelId',
  async () => {
    const stage = await pairs()
    const [eva] = await stage.addNew(1)
    const [third] = await stage.placesOf(eva!)
    const moderator = await newModerator(stage)
    await stage.addModerator(moderator, third!)
    await world.channel(moderator)
    const seen: unknown[] = []
    let NextToken: string | undefined
    do {
      const page = await world.messaging.listChannelMembershipsForAppInstanceUser({
        AppInstanceUserArn: moderator,
        ChimeBearer: moderator,
        MaxResults: 1,
        ...(NextToken === undefined ? {} : { NextToken }),
      })
      expect(page.ChannelMemberships!.length).toBeLessThanOrEqual(1)
      for (const item of page.ChannelMemberships!) {
        expect(item.AppInstanceUserMembershipSummary!.Type).toBe('DEFAULT')
        seen.push(item.AppInstanceUserMembershipSummary!.SubChannelId)
      }
      NextToken = page.NextToken
      expect(seen.length).toBeLessThan(10)
    } while (NextToken !== undefined)
    expect(seen.length).toBe(4)
    expect(new Set(seen)).toEqual(new Set([undefined, stage.first, stage.second, third]))
  },
)
own(
  'behaviour',
  'inferred',
  'Given a message in one of its sub-channels, when a moderator lists its memberships, then LastMessageTimestamp is at that one only',
  async () => {
    const stage = await pairs()
    const moderator = await newModerator(stage)
    await post(stage, stage.cem, stage.second)
    const { ChannelMemberships } = await world.messaging.listChannelMembershipsForAppInstanceUser({
      AppInstanceUserArn: moderator,
      ChimeBearer: moderator,
    })
    const active = ChannelMemberships!.filter(
      ({ ChannelSummary }) => ChannelSummary!.LastMessageTimestamp !== undefined,
    )
    expect(active.map((item) => item.AppInstanceUserMembershipSummary!.SubChannelId)).toEqual([
      stage.second,
    ])
  },
)

const ownOne = casesOf('DescribeChannelMembershipForAppInstanceUser')
const describeOf = (stage: Pairs, ChimeBearer: string, AppInstanceUserArn = ChimeBearer) =>
  world.messaging.describeChannelMembershipForAppInstanceUser({
    ChannelArn: stage.channelArn,
    ChimeBearer,
    AppInstanceUserArn,
  })
ownOne(
  'wire',
  'model',
  'Given a member of a sub-channel, when it, a moderator or an admin describes its membership, then 200 with SubChannelId',
  async () => {
    const stage = await pairs()
    for (const bearer of [stage.cem, stage.owner, await world.admin()]) {
      const body = await succeeds(describeOf(stage, bearer, stage.cem), 200, ['ChannelMembership'])
      expect(at(body, 'ChannelMembership.AppInstanceUserMembershipSummary')).toEqual({
        Type: 'DEFAULT',
        SubChannelId: stage.second,
      })
      const summary = at(body, 'ChannelMembership.ChannelSummary')
      expectMembers(summary, ['ChannelArn', 'Name', 'Mode', 'Privacy'])
    }
    await fails(describeOf(stage, stage.ana, stage.cem), 'ForbiddenException')
    await fails(describeOf(stage, stage.owner), 'ForbiddenException')
  },
)
ownOne(
  'behaviour',
  'proposed',
  'Given a moderator in several sub-channels, when its membership is described, then it is always the same one of them',
  async () => {
    const stage = await pairs()
    const moderator = await newModerator(stage)
    const subChannel = 'ChannelMembership.AppInstanceUserMembershipSummary.SubChannelId'
    const described = at(await describeOf(stage, moderator), subChannel)
    expect([stage.first, stage.second]).toContain(described)
    await post(stage, moderator, stage.first)
    await post(stage, moderator, stage.second)
    for (const bearer of [moderator, stage.owner])
      expect(at(await describeOf(stage, bearer, moderator), subChannel)).toBe(described)
    // The other one, when that one is left.
    await world.messaging.deleteChannelMembership({
      ...place(stage, moderator, String(described)),
      MemberArn: moderator,
    })
    const left = at(await describeOf(stage, moderator), subChannel)
    expect(new Set([described, left])).toEqual(new Set([stage.first, stage.second]))
  },
)

const membership = casesOf('DescribeChannelMembership')
membership(
  'wire',
  'model',
  'Given a member of a sub-channel, when its membership is described, then 200 with SubChannelId',
  async () => {
    const stage = await pairs()
    const input = { ...place(stage, stage.ana, stage.first), MemberArn: stage.bob }
    const body = await succeeds(world.messaging.describeChannelMembership(input), 200, [
      'ChannelMembership',
    ])
    const shown = ['ChannelArn', 'Member', 'Type', 'InvitedBy', 'SubChannelId']
    const found = body['ChannelMembership'] as Json
    expectMembers(found, [...shown, 'CreatedTimestamp', 'LastUpdatedTimestamp'])
    expect(found).toMatchObject({
      SubChannelId: stage.first,
      Member: { Arn: stage.bob, Name: 'Bob' },
      InvitedBy: { Arn: stage.owner },
    })
  },
)
membership(
  'behaviour',
  'inferred',
  'Given a member of another sub-channel, when its membership is described here, then NotFoundException, which does not say that it is no member of the channel',
  async () => {
    const stage = await pairs()
    const moderator = await newModerator(stage)
    for (const bearer of [stage.ana, moderator]) {
      const input = { ...place(stage, bearer, stage.first), MemberArn: stage.cem }
      const message = await fails(
        world.messaging.describeChannelMembership(input),
        'NotFoundException',
      )
      expect(message).toContain('sub-channel')
    }
  },
)

const roster = casesOf('ListChannelMemberships')
roster(
  'behaviour',
  'doc',
  'Given two sub-channels with a moderator in both, when their members are listed in pages, then each list has its own, oldest first, and a token belongs to its list',
  async () => {
    const stage = await pairs()
    const moderator = await newModerator(stage)
    const list = (bearer: string, SubChannelId: string, more = {}) =>
      world.messaging.listChannelMemberships({
        ...place(stage, bearer, SubChannelId),
        MaxResults: 2,
        ...more,
      })
    const expected = [
      [stage.first, [stage.ana, stage.bob, moderator]],
      [stage.second, [stage.cem, stage.dora, moderator]],
    ] as const
    for (const [SubChannelId, arns] of expected) {
      for (const bearer of [arns[0], stage.owner, moderator]) {
        const page = await list(bearer, SubChannelId)
        const rest = await list(bearer, SubChannelId, { NextToken: page.NextToken })
        const members = [...page.ChannelMemberships!, ...rest.ChannelMemberships!]
        expect(members.map(({ Member }) => Member!.Arn)).toEqual(arns)
        expect(rest.NextToken).toBeUndefined()
      }
    }
    const { NextToken } = await list(moderator, stage.first)
    await failsNaming(list(moderator, stage.second, { NextToken }), 'NextToken')
  },
)
roster(
  'behaviour',
  'proposed',
  'Given an elastic channel, when its hidden members are listed, then BadRequestException with or without SubChannelId; ForbiddenException for a regular member',
  async () => {
    const stage = await pairs()
    const list = (bearer: string, more = {}) =>
      world.messaging.listChannelMemberships({
        ChannelArn: stage.channelArn,
        ChimeBearer: bearer,
        Type: 'HIDDEN',
        ...more,
      })
    for (const bearer of [stage.owner, await world.admin()]) {
      await failsNaming(list(bearer), 'Hidden')
      await failsNaming(list(bearer, { SubChannelId: stage.first }), 'Hidden')
    }
    const there = { SubChannelId: stage.first }
    await fails(list(stage.ana, there), 'ForbiddenException')
  },
)
