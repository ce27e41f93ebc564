// Conformance of UpdateChannelReadMarker.
import { expect } from 'vitest'
import { fails, succeeds } from '../kit/answers.ts'
import { casesOf } from '../kit/conformance-case.ts'
import { ELASTIC } from '../kit/matrix-stage.ts'
import { arnPathCases, bearerCases, doorCases } from '../kit/shared-cases.ts'
import { useWorld } from '../kit/world.ts'

const world = useWorld()
const write = casesOf('UpdateChannelReadMarker')

const mark = (ChannelArn: string, ChimeBearer: string) =>
  world.messaging.updateChannelReadMarker({ ChannelArn, ChimeBearer })
const prepare = async () => {
  const owner = await world.user()
  const channelArn = await world.channel(owner)
  return () => mark(channelArn, owner)
}
const membershipOf = async (ChannelArn: string, ChimeBearer: string) => {
  const own = { ChannelArn, ChimeBearer, AppInstanceUserArn: ChimeBearer }
  const answer = await world.messaging.describeChannelMembershipForAppInstanceUser(own)
  return answer.ChannelMembership!
}
const markerOf = async (...input: Parameters<typeof membershipOf>) =>
  (await membershipOf(...input)).AppInstanceUserMembershipSummary!.ReadMarkerTimestamp

write(
  'wire',
  'model',
  'Given a member, when it marks, then 200 with the channel only',
  async () => {
    const owner = await world.user()
    const channelArn = await world.channel(owner)
    const body = await succeeds(mark(channelArn, owner), 200, ['ChannelArn'])
    expect(body).toEqual({ ChannelArn: channelArn })
  },
)
doorCases(write, world, prepare)
arnPathCases(write, world, prepare)
write(
  'wire',
  'proposed',
  'Given the sub-channel-id that older SDKs send, when a member marks, then it is ignored',
  async () => {
    const call = await prepare()
    await world.altered(
      { beforeSigning: (request) => void (request.query['sub-channel-id'] = 'sc-1') },
      call,
    )
  },
)

bearerCases(write, world, prepare)
write(
  'authorisation',
  'doc',
  'Given moderators and admins who are no members, strangers and the banned, when they mark, then ForbiddenException',
  async () => {
    const [owner, moderator, admin] = [await world.user(), await world.user(), await world.admin()]
    const [stranger, banned] = [await world.user(), await world.user()]
    const channelArn = await world.channel(owner, {
      Privacy: 'PUBLIC',
      ModeratorArns: [moderator],
      MemberArns: [banned],
    })
    await world.ban(channelArn, owner, banned)
    for (const arn of [moderator, admin, stranger, banned]) {
      await fails(mark(channelArn, arn), 'ForbiddenException')
    }
    await fails(mark(`${channelArn}x`, owner), 'ForbiddenException')
  },
)

write(
  'behaviour',
  'field',
  'Given a member that sends and reads, when its membership is read, then there is no marker until it sets one',
  async () => {
    const owner = await world.user()
    const channelArn = await world.channel(owner)
    await world.post(channelArn, owner)
    await world.messaging.listChannelMessages({ ChannelArn: channelArn, ChimeBearer: owner })
    expect(await markerOf(channelArn, owner)).toBeUndefined()
    await mark(channelArn, owner)
    expect(await markerOf(channelArn, owner)).toBeInstanceOf(Date)
  },
)
write(
  'behaviour',
  'inferred',
  'Given messages, when a member marks, then none of them is unread, whatever comes later is, and the marker never moves back',
  async () => {
    const [owner, member] = [await world.user(), await world.user()]
    const channelArn = await world.channel(owner, { MemberArns: [member] })
    let before = 0
    for (let round = 0; round < 5; round++) {
      // Sent at once, messages get instants ahead of the clock.
      await Promise.all(Array.from({ length: 10 }, () => world.post(channelArn, owner)))
      const unread = await membershipOf(channelArn, member)
      const lastBefore = unread.ChannelSummary!.LastMessageTimestamp!.getTime()
      expect(lastBefore).toBeGreaterThan(before)
      await mark(channelArn, member)
      const marker = (await markerOf(channelArn, member))!.getTime()
      expect(marker).toBeGreaterThanOrEqual(lastBefore)
      before = marker
    }
  },
)
write(
  'behaviour',
  'field',
  'Given a marker, when others look at the member, then they do not see it',
  async () => {
    const [owner, member, admin] = [await world.user(), await world.user(), await world.admin()]
    const ChannelArn = await world.channel(owner, { MemberArns: [member] })
    await mark(ChannelArn, member)
    expect(await markerOf(ChannelArn, owner)).toBeUndefined()
    for (const ChimeBearer of [owner, admin]) {
      const asked = { ChannelArn, ChimeBearer, AppInstanceUserArn: member }
      const answer = await world.messaging.describeChannelMembershipForAppInstanceUser(asked)
      expect(answer.ChannelMembership?.AppInstanceUserMembershipSummary).toEqual({
        Type: 'DEFAULT',
      })
    }
  },
)
write(
  'behaviour',
  'inferred',
  'Given a hidden member, when it marks, then it has a marker; once it left and came back it has none',
  async () => {
    const [owner, hidden] = [await world.user(), await world.user()]
    const channelArn = await world.channel(owner)
    await world.joinHidden(channelArn, owner, hidden)
    await mark(channelArn, hidden)
    expect(await markerOf(channelArn, hidden)).toBeInstanceOf(Date)
    const own = { ChannelArn: channelArn, ChimeBearer: hidden, MemberArn: hidden }
    await world.messaging.deleteChannelMembership(own)
    await world.joinHidden(channelArn, owner, hidden)
    expect(await markerOf(channelArn, hidden)).toBeUndefined()
  },
)
write(
  'behaviour',
  'doc',
  'Given an elastic channel, when it is marked, then BadRequestException',
  async () => {
    const owner = await world.user()
    const channelArn = await world.channel(owner, { ElasticChannelConfiguration: ELASTIC })
    await fails(mark(channelArn, owner), 'BadRequestException')
  },
)
write(
  'events emitted',
  'inferred',
  'Given connected members, when one marks, then nobody gets an event',
  async () => {
    const [owner, member] = [await world.user(), await world.user()]
    const channelArn = await world.channel(owner, { MemberArns: [member] })
    const sessions = [await world.listen(owner), await world.listen(member)]
    await mark(channelArn, member)
    expect(await world.received(...sessions)).toEqual([[], []])
  },
)
