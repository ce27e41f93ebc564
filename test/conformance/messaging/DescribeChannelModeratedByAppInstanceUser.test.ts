// Conformance of DescribeChannelModeratedByAppInstanceUser.
import { expect } from 'vitest'
import { fails, failsNaming, succeeds } from '../kit/answers.ts'
import { casesOf } from '../kit/conformance-case.ts'
import { ELASTIC } from '../kit/matrix-stage.ts'
import { arnPathCases, bearerCases, doorCases } from '../kit/shared-cases.ts'
import { useWorld } from '../kit/world.ts'

const world = useWorld()
const write = casesOf('DescribeChannelModeratedByAppInstanceUser')

const describe = (ChannelArn: string, ChimeBearer: string, AppInstanceUserArn = ChimeBearer) =>
  world.messaging.describeChannelModeratedByAppInstanceUser({
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
  'Given a moderator, when it describes the channel, then 200 with the summary of the channel only',
  async () => {
    const [owner, moderator] = [await world.user(), await world.user()]
    const channelArn = await world.channel(owner, { ModeratorArns: [moderator] })
    const body = await succeeds(describe(channelArn, moderator), 200, ['Channel'])
    expect(body['Channel']).toEqual({
      ChannelSummary: {
        ChannelArn: channelArn,
        Name: 'Lobby',
        Mode: 'RESTRICTED',
        Privacy: 'PRIVATE',
      },
    })
  },
)
doorCases(write, world, prepare)
arnPathCases(write, world, prepare)

write(
  'validation',
  'model',
  'Given a user ARN that is none, when the channel is described, then BadRequestException',
  async () => {
    const owner = await world.user()
    await failsNaming(describe(await world.channel(owner), owner, 'ana!'), 'AppInstanceUserArn')
  },
)

bearerCases(write, world, prepare)
write(
  'authorisation',
  'proposed',
  'Given a moderator, when a member or a stranger asks for it, then ForbiddenException; other moderators and admins may',
  async () => {
    const [owner, member, admin] = [await world.user(), await world.user(), await world.admin()]
    const moderator = await world.user()
    const channelArn = await world.channel(owner, {
      Privacy: 'PUBLIC',
      MemberArns: [member],
      ModeratorArns: [moderator],
    })
    await fails(describe(channelArn, member, moderator), 'ForbiddenException')
    await fails(describe(channelArn, await world.user(), moderator), 'ForbiddenException')
    for (const arn of [owner, admin]) {
      const { Channel } = await describe(channelArn, arn, moderator)
      expect(Channel?.ChannelSummary?.ChannelArn).toBe(channelArn)
    }
  },
)
write(
  'authorisation',
  'inferred',
  'Given someone who is no moderator, or is unknown, when the channel is described, then ForbiddenException, as no NotFoundException is listed',
  async () => {
    const [owner, member, admin] = [await world.user(), await world.user(), await world.admin()]
    const channelArn = await world.channel(owner, { MemberArns: [member] })
    await fails(describe(channelArn, member), 'ForbiddenException')
    await fails(describe(channelArn, admin), 'ForbiddenException')
    const unknown = `${world.appInstanceArn}/user/nobody`
    for (const arn of [member, unknown, (await world.stranger()).userArn]) {
      await fails(describe(channelArn, admin, arn), 'ForbiddenException')
    }
    await fails(describe(`${channelArn}x`, admin, owner), 'ForbiddenException')
  },
)

write(
  'behaviour',
  'doc',
  'Given messages, when the channel is described, then the last that the moderator may see counts',
  async () => {
    const [owner, member] = [await world.user(), await world.user()]
    const moderator = await world.user()
    const channelArn = await world.channel(owner, {
      MemberArns: [member],
      ModeratorArns: [moderator],
    })
    await world.post(channelArn, owner, 'psst', { Target: [{ MemberArn: member }] })
    const lastOf = async (arn: string) =>
      (await describe(channelArn, arn)).Channel?.ChannelSummary?.LastMessageTimestamp
    expect(await lastOf(moderator)).toBeUndefined()
    expect(await lastOf(owner)).toBeInstanceOf(Date)
    await world.post(channelArn, owner)
    expect(await lastOf(moderator)).toBeInstanceOf(Date)
  },
)
write(
  'behaviour',
  'doc',
  'Given an elastic channel, when it is described, then BadRequestException; ForbiddenException for strangers to a private one',
  async () => {
    const [owner, stranger] = [await world.user(), await world.user()]
    const channelArn = await world.channel(owner, { ElasticChannelConfiguration: ELASTIC })
    await fails(describe(channelArn, owner), 'BadRequestException')
    await fails(describe(channelArn, stranger), 'ForbiddenException')
  },
)
