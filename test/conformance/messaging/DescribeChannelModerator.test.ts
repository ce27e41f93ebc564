// Conformance of DescribeChannelModerator.
import { expect } from 'vitest'
import {
  at,
  expectEpochSeconds,
  expectMembers,
  fails,
  failsNaming,
  succeeds,
} from '../kit/answers.ts'
import { casesOf } from '../kit/conformance-case.ts'
import { arnPathCases, bearerCases, doorCases } from '../kit/shared-cases.ts'
import { useWorld } from '../kit/world.ts'

const world = useWorld()
const write = casesOf('DescribeChannelModerator')

const describe = (ChannelArn: string, ChimeBearer: string, ChannelModeratorArn: string) =>
  world.messaging.describeChannelModerator({ ChannelArn, ChimeBearer, ChannelModeratorArn })
const prepare = async () => {
  const owner = await world.user()
  const channelArn = await world.channel(owner)
  return () => describe(channelArn, owner, owner)
}

write(
  'wire',
  'model',
  'Given a moderator, when it is described, then 200 with who appointed it and when',
  async () => {
    const [owner, user] = [await world.user('Ana'), await world.user('Mo')]
    const ChannelArn = await world.channel(owner)
    const role = { ChannelArn, ChimeBearer: owner, ChannelModeratorArn: user }
    await world.messaging.createChannelModerator(role)
    const body = await succeeds(describe(ChannelArn, owner, user), 200, ['ChannelModerator'])
    const moderator = body['ChannelModerator']
    expectMembers(moderator, ['Moderator', 'ChannelArn', 'CreatedTimestamp', 'CreatedBy'])
    expect(at(moderator, 'Moderator')).toEqual({ Arn: user, Name: 'Mo' })
    expect(at(moderator, 'CreatedBy')).toEqual({ Arn: owner, Name: 'Ana' })
    expect(at(moderator, 'ChannelArn')).toBe(ChannelArn)
    expectEpochSeconds(at(moderator, 'CreatedTimestamp'))
  },
)
doorCases(write, world, prepare)
arnPathCases(write, world, prepare)

write(
  'validation',
  'model',
  'Given a moderator ARN that is none, when it is described, then BadRequestException',
  async () => {
    const owner = await world.user()
    await failsNaming(describe(await world.channel(owner), owner, 'mo!'), 'ChannelModeratorArn')
  },
)

bearerCases(write, world, prepare)
write(
  'authorisation',
  'code',
  'Given a member, when it describes a moderator or itself, then ForbiddenException at once',
  async () => {
    const [owner, member] = [await world.user(), await world.user()]
    const channelArn = await world.channel(owner, { Privacy: 'PUBLIC' })
    await world.join(channelArn, owner, member)
    await fails(describe(channelArn, member, owner), 'ForbiddenException')
    await fails(describe(channelArn, member, member), 'ForbiddenException')
  },
)
write(
  'authorisation',
  'inferred',
  'Given a moderator of another app instance or an unknown channel, when it is described, then ForbiddenException',
  async () => {
    const owner = await world.user()
    const channelArn = await world.channel(owner)
    await fails(describe(channelArn, owner, (await world.stranger()).userArn), 'ForbiddenException')
    await fails(describe(`${channelArn}x`, owner, owner), 'ForbiddenException')
  },
)

write(
  'behaviour',
  'doc',
  'Given someone who is no moderator, was one or is unknown, when it is described, then NotFoundException',
  async () => {
    const [owner, user] = [await world.user(), await world.user()]
    const ChannelArn = await world.channel(owner, { ModeratorArns: [user] })
    await describe(ChannelArn, owner, user)
    const role = { ChannelArn, ChimeBearer: owner, ChannelModeratorArn: user }
    await world.messaging.deleteChannelModerator(role)
    const unknown = `${world.appInstanceArn}/user/nobody`
    for (const arn of [user, unknown]) {
      await fails(describe(ChannelArn, owner, arn), 'NotFoundException')
    }
  },
)
write(
  'behaviour',
  'proposed',
  'Given a moderator whose user was deleted, when it is described, then NotFoundException; one whose name changed shows the new one',
  async () => {
    const [owner, gone, renamed] = [await world.user(), await world.user(), await world.user()]
    const channelArn = await world.channel(owner, { ModeratorArns: [gone, renamed] })
    await world.identity.deleteAppInstanceUser({ AppInstanceUserArn: gone })
    await fails(describe(channelArn, owner, gone), 'NotFoundException')
    await world.identity.updateAppInstanceUser({
      AppInstanceUserArn: renamed,
      Name: 'Renamed',
      Metadata: '',
    })
    const { ChannelModerator } = await describe(channelArn, owner, renamed)
    expect(ChannelModerator?.Moderator).toEqual({ Arn: renamed, Name: 'Renamed' })
  },
)
