// Conformance of DescribeChannelBan.
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
import { unique, useWorld } from '../kit/world.ts'

const world = useWorld()
const write = casesOf('DescribeChannelBan')

const describe = (ChannelArn: string, ChimeBearer: string, MemberArn: string) =>
  world.messaging.describeChannelBan({ ChannelArn, ChimeBearer, MemberArn })
const prepare = async () => {
  const [owner, user] = [await world.user(), await world.user()]
  const channelArn = await world.channel(owner)
  await world.ban(channelArn, owner, user)
  return () => describe(channelArn, owner, user)
}

write(
  'wire',
  'model',
  'Given a ban, when it is described, then 200 with who banned whom and when',
  async () => {
    const [owner, user] = [await world.user('Ana'), await world.user('Bad')]
    const channelArn = await world.channel(owner)
    await world.ban(channelArn, owner, user)
    const ban = (await succeeds(describe(channelArn, owner, user), 200, ['ChannelBan']))[
      'ChannelBan'
    ]
    expectMembers(ban, ['Member', 'ChannelArn', 'CreatedTimestamp', 'CreatedBy'])
    expect(at(ban, 'Member')).toEqual({ Arn: user, Name: 'Bad' })
    expect(at(ban, 'CreatedBy')).toEqual({ Arn: owner, Name: 'Ana' })
    expect(at(ban, 'ChannelArn')).toBe(channelArn)
    expectEpochSeconds(at(ban, 'CreatedTimestamp'))
  },
)
doorCases(write, world, prepare)
arnPathCases(write, world, prepare)

write(
  'validation',
  'model',
  'Given a member ARN that is none, when the ban is described, then BadRequestException',
  async () => {
    const owner = await world.user()
    await failsNaming(describe(await world.channel(owner), owner, 'bad!'), 'MemberArn')
  },
)

bearerCases(write, world, prepare)
write(
  'authorisation',
  'doc',
  'Given a member or the banned one itself, when it describes the ban, then ForbiddenException',
  async () => {
    const [owner, member, user] = [await world.user(), await world.user(), await world.user()]
    const channelArn = await world.channel(owner, { Privacy: 'PUBLIC', MemberArns: [member] })
    await world.ban(channelArn, owner, user)
    await fails(describe(channelArn, member, user), 'ForbiddenException')
    await fails(describe(channelArn, user, user), 'ForbiddenException')
  },
)
write(
  'authorisation',
  'inferred',
  'Given a member of another app instance or an unknown channel, when its ban is described, then ForbiddenException',
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
  'Given someone who is not banned, was or is unknown, when the ban is described, then NotFoundException',
  async () => {
    const [owner, user] = [await world.user(), await world.user()]
    const ChannelArn = await world.channel(owner)
    await world.ban(ChannelArn, owner, user)
    await describe(ChannelArn, owner, user)
    await world.messaging.deleteChannelBan({ ChannelArn, ChimeBearer: owner, MemberArn: user })
    for (const arn of [user, owner, `${world.appInstanceArn}/user/nobody`]) {
      await fails(describe(ChannelArn, owner, arn), 'NotFoundException')
    }
  },
)
write(
  'behaviour',
  'doc',
  'Given a banned user who was deleted, when the ban is described, then NotFoundException; a later user of that id is not banned',
  async () => {
    const [owner, user] = [await world.user(), await world.user()]
    const channelArn = await world.channel(owner)
    await world.ban(channelArn, owner, user)
    await world.identity.deleteAppInstanceUser({ AppInstanceUserArn: user })
    await fails(describe(channelArn, owner, user), 'NotFoundException')
    await world.identity.createAppInstanceUser({
      AppInstanceArn: world.appInstanceArn,
      AppInstanceUserId: user.split('/').at(-1)!,
      Name: 'Another',
      ClientRequestToken: unique(),
    })
    await fails(describe(channelArn, owner, user), 'NotFoundException')
    await world.join(channelArn, owner, user)
  },
)
