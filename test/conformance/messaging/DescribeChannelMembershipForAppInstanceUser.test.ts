// Conformance of DescribeChannelMembershipForAppInstanceUser.
import { expect } from 'vitest'
import { at, expectEpochSeconds, fails, failsNaming, succeeds } from '../kit/answers.ts'
import { casesOf } from '../kit/conformance-case.ts'
import { ELASTIC } from '../kit/matrix-stage.ts'
import { arnPathCases, bearerCases, doorCases } from '../kit/shared-cases.ts'
import { useWorld } from '../kit/world.ts'

const world = useWorld()
const write = casesOf('DescribeChannelMembershipForAppInstanceUser')

const describe = (ChannelArn: string, ChimeBearer: string, AppInstanceUserArn = ChimeBearer) =>
  world.messaging.describeChannelMembershipForAppInstanceUser({
    ChannelArn,
    ChimeBearer,
    AppInstanceUserArn,
  })
const prepare = async () => {
  const owner = await world.user()
  const channelArn = await world.channel(owner)
  return () => describe(channelArn, owner)
}

write(
  'wire',
  'model',
  'Given a member, when it describes its membership, then 200 with channel and membership summaries only',
  async () => {
    const owner = await world.user()
    const channelArn = await world.channel(owner, { Metadata: 'm' })
    const body = await succeeds(describe(channelArn, owner), 200, ['ChannelMembership'])
    expect(body['ChannelMembership']).toEqual({
      ChannelSummary: {
        ChannelArn: channelArn,
        Name: 'Lobby',
        Mode: 'RESTRICTED',
        Privacy: 'PRIVATE',
        Metadata: 'm',
      },
      AppInstanceUserMembershipSummary: { Type: 'DEFAULT' },
    })
  },
)
doorCases(write, world, prepare)
arnPathCases(write, world, prepare)

write(
  'validation',
  'model',
  'Given a user ARN that is none or missing, when it is described, then BadRequestException',
  async () => {
    const owner = await world.user()
    const channelArn = await world.channel(owner)
    await failsNaming(describe(channelArn, owner, 'ana!'), 'AppInstanceUserArn')
  },
)

bearerCases(write, world, prepare)
write(
  'authorisation',
  'proposed',
  'Given another member, when a member or a stranger describes it, then ForbiddenException; moderators and admins may',
  async () => {
    const [owner, member, other] = [await world.user(), await world.user(), await world.user()]
    const [moderator, admin] = [await world.user(), await world.admin()]
    const channelArn = await world.channel(owner, {
      Privacy: 'PUBLIC',
      MemberArns: [member, other],
      ModeratorArns: [moderator],
    })
    await fails(describe(channelArn, other, member), 'ForbiddenException')
    await fails(describe(channelArn, await world.user(), member), 'ForbiddenException')
    for (const arn of [moderator, admin]) {
      const { ChannelMembership } = await describe(channelArn, arn, member)
      expect(ChannelMembership?.AppInstanceUserMembershipSummary?.Type).toBe('DEFAULT')
    }
  },
)
write(
  'authorisation',
  'inferred',
  'Given no membership, user or channel, when it is described, then ForbiddenException, as no NotFoundException is listed',
  async () => {
    const [owner, stranger, admin] = [await world.user(), await world.user(), await world.admin()]
    const channelArn = await world.channel(owner, { Privacy: 'PUBLIC' })
    await fails(describe(channelArn, stranger), 'ForbiddenException')
    await fails(describe(channelArn, admin), 'ForbiddenException')
    await fails(describe(channelArn, admin, stranger), 'ForbiddenException')
    const unknown = `${world.appInstanceArn}/user/nobody`
    for (const arn of [unknown, (await world.stranger()).userArn]) {
      await fails(describe(channelArn, admin, arn), 'ForbiddenException')
    }
    await fails(describe(`${channelArn}x`, admin, owner), 'ForbiddenException')
    const elastic = await world.channel(owner, { ElasticChannelConfiguration: ELASTIC })
    await fails(describe(elastic, owner), 'ForbiddenException')
  },
)

write(
  'behaviour',
  'doc',
  'Given a hidden member with a marker, when it describes itself, then HIDDEN, its marker and the last message it may see',
  async () => {
    const [owner, hidden, other] = [await world.user(), await world.user(), await world.user()]
    const channelArn = await world.channel(owner, { MemberArns: [other] })
    await world.joinHidden(channelArn, owner, hidden)
    await world.messaging.updateChannelReadMarker({ ChannelArn: channelArn, ChimeBearer: hidden })
    await world.post(channelArn, owner, 'psst', { Target: [{ MemberArn: other }] })
    const body = await succeeds(describe(channelArn, hidden), 200, ['ChannelMembership'])
    const summary = at(body, 'ChannelMembership.AppInstanceUserMembershipSummary')
    expect(at(summary, 'Type')).toBe('HIDDEN')
    expectEpochSeconds(at(summary, 'ReadMarkerTimestamp'))
    expect(at(body, 'ChannelMembership.ChannelSummary.LastMessageTimestamp')).toBeUndefined()
    const { ChannelMembership } = await describe(channelArn, other)
    expect(ChannelMembership?.ChannelSummary?.LastMessageTimestamp).toBeInstanceOf(Date)
  },
)
write(
  'behaviour',
  'doc',
  'Given a bot as member, when it or an admin describes it, then its membership',
  async () => {
    const [owner, bot, admin] = [await world.user(), await world.bot(), await world.admin()]
    const channelArn = await world.channel(owner, { MemberArns: [bot] })
    await describe(channelArn, bot)
    await describe(channelArn, admin, bot)
  },
)
