// Conformance of ListChannelMembershipsForAppInstanceUser.
import { expect } from 'vitest'
import { at, expectMembers, fails, failsNaming, succeeds, type Json } from '../kit/answers.ts'
import { casesOf } from '../kit/conformance-case.ts'
import {
  bearerCases,
  doorCases,
  pagingBehaviourCases,
  pagingValidationCases,
  type PagedList,
} from '../kit/shared-cases.ts'
import { useWorld } from '../kit/world.ts'

const world = useWorld()
const write = casesOf('ListChannelMembershipsForAppInstanceUser')

const list = (ChimeBearer: string, input: object = {}) =>
  world.messaging.listChannelMembershipsForAppInstanceUser({ ChimeBearer, ...input })
const prepare = async () => {
  const user = await world.user()
  return () => list(user)
}
const channelsOf = async (...input: Parameters<typeof list>) =>
  (await list(...input)).ChannelMemberships!.map((item) => item.ChannelSummary!.ChannelArn!)

const listing: PagedList = {
  member: 'ChannelMemberships',
  others: [],
  keyOf: (item) => String(at(item, 'ChannelSummary.ChannelArn')),
  async prepare() {
    const [user, other] = [await world.user(), await world.user()]
    const keys: string[] = []
    while (keys.length < 5) keys.push(await world.channel(user))
    return {
      keys,
      list: (page) => list(user, page),
      foreign: (page) => list(other, page),
    }
  },
}

write(
  'wire',
  'model',
  'Given a membership, when it is listed, then channel and membership summaries, without ReadMarkerTimestamp',
  async () => {
    const user = await world.user()
    const channelArn = await world.channel(user)
    expect(await succeeds(list(user), 200, ['ChannelMemberships'])).toEqual({
      ChannelMemberships: [
        {
          ChannelSummary: {
            ChannelArn: channelArn,
            Name: 'Lobby',
            Mode: 'RESTRICTED',
            Privacy: 'PRIVATE',
          },
          AppInstanceUserMembershipSummary: { Type: 'DEFAULT' },
        },
      ],
    })
  },
)
write(
  'wire',
  'code',
  'Given no memberships, when they are listed, then the list is there and empty',
  async () => {
    const body = await succeeds(list(await world.user()), 200, ['ChannelMemberships'])
    expect(body['ChannelMemberships']).toEqual([])
  },
)
doorCases(write, world, prepare)

write(
  'validation',
  'model',
  'Given a user ARN that is none, when memberships are listed, then BadRequestException',
  async () => {
    await failsNaming(
      list(await world.user(), { AppInstanceUserArn: 'ana!' }),
      'AppInstanceUserArn',
    )
  },
)
pagingValidationCases(write, listing)

bearerCases(write, world, prepare, { namesResource: false })
write(
  'authorisation',
  'doc',
  'Given another user, when its memberships are listed, then ForbiddenException; an admin may',
  async () => {
    const [user, other, admin] = [await world.user(), await world.user(), await world.admin()]
    const channelArn = await world.channel(user)
    await fails(list(other, { AppInstanceUserArn: user }), 'ForbiddenException')
    expect(await channelsOf(admin, { AppInstanceUserArn: user })).toEqual([channelArn])
    expect(await channelsOf(user, { AppInstanceUserArn: user })).toEqual([channelArn])
  },
)
write(
  'authorisation',
  'inferred',
  'Given an unknown user or one of another app instance, when an admin lists, then ForbiddenException',
  async () => {
    const admin = await world.admin()
    const unknown = `${world.appInstanceArn}/user/nobody`
    await fails(list(admin, { AppInstanceUserArn: unknown }), 'ForbiddenException')
    const { userArn } = await world.stranger()
    await fails(list(admin, { AppInstanceUserArn: userArn }), 'ForbiddenException')
  },
)

write(
  'behaviour',
  'doc',
  'Given only a moderator role, when memberships are listed, then the channel is not among them',
  async () => {
    const [owner, moderator] = [await world.user(), await world.user()]
    await world.channel(owner, { ModeratorArns: [moderator] })
    expect(await channelsOf(moderator)).toEqual([])
  },
)
write(
  'behaviour',
  'doc',
  'Given a read marker, when the member lists its memberships, then ReadMarkerTimestamp is there; an admin who lists them does not see it',
  async () => {
    const [user, admin] = [await world.user(), await world.admin()]
    const [marked, unmarked] = [await world.channel(user), await world.channel(user)]
    await world.messaging.updateChannelReadMarker({ ChannelArn: marked, ChimeBearer: user })
    const body = await succeeds(list(user), 200, ['ChannelMemberships'])
    const own = (body['ChannelMemberships'] as Json[]).map((item) => [
      at(item, 'ChannelSummary.ChannelArn'),
      at(item, 'AppInstanceUserMembershipSummary.ReadMarkerTimestamp'),
    ])
    expect(own).toEqual([
      [unmarked, undefined],
      [marked, expect.any(Number)],
    ])
    const { ChannelMemberships } = await list(admin, { AppInstanceUserArn: user })
    expect(ChannelMemberships?.map((item) => item.AppInstanceUserMembershipSummary)).toEqual([
      { Type: 'DEFAULT' },
      { Type: 'DEFAULT' },
    ])
  },
)
write(
  'behaviour',
  'inferred',
  'Given a hidden membership, when it lists its own, then it is there as HIDDEN',
  async () => {
    const [owner, hidden] = [await world.user(), await world.user()]
    await world.joinHidden(await world.channel(owner), owner, hidden)
    const { ChannelMemberships } = await list(hidden)
    expect(ChannelMemberships?.map((item) => item.AppInstanceUserMembershipSummary?.Type)).toEqual([
      'HIDDEN',
    ])
  },
)
write(
  'behaviour',
  'proposed',
  'Given channels with messages, when they are listed, then the newest activity is first',
  async () => {
    const user = await world.user()
    const [first, second] = [await world.channel(user), await world.channel(user)]
    await world.post(second, user)
    await world.post(first, user)
    expect(await channelsOf(user)).toEqual([first, second])
    await world.post(second, user)
    expect(await channelsOf(user)).toEqual([second, first])
  },
)
write(
  'behaviour',
  'doc',
  'Given metadata and a message, when they are listed, then the channel summary holds them',
  async () => {
    const user = await world.user()
    await world.post(await world.channel(user, { Metadata: 'm' }), user)
    const body = await succeeds(list(user), 200, ['ChannelMemberships'])
    const [item] = body['ChannelMemberships'] as Json[]
    expectMembers(item?.['ChannelSummary'], [
      'ChannelArn',
      'Name',
      'Mode',
      'Privacy',
      'Metadata',
      'LastMessageTimestamp',
    ])
  },
)
write(
  'behaviour',
  'doc',
  'Given a message targeted at another, when a third member lists, then LastMessageTimestamp does not show it',
  async () => {
    const [owner, third] = [await world.user(), await world.user()]
    const channelArn = await world.channel(owner)
    await world.join(channelArn, owner, third)
    await world.post(channelArn, owner, 'psst', { Target: [{ MemberArn: owner }] })
    const seen = await list(third)
    expect(seen.ChannelMemberships?.[0]?.ChannelSummary?.LastMessageTimestamp).toBeUndefined()
  },
)
pagingBehaviourCases(write, listing)
