// Conformance of DescribeChannelMembership.
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
const write = casesOf('DescribeChannelMembership')

const describeIt = (
  ChannelArn: string,
  ChimeBearer: string,
  MemberArn: string,
  input: object = {},
) => world.messaging.describeChannelMembership({ ChannelArn, ChimeBearer, MemberArn, ...input })
const prepare = async () => {
  const owner = await world.user()
  const channelArn = await world.channel(owner)
  return () => describeIt(channelArn, owner, owner)
}
const allowed = (...input: Parameters<typeof describeIt>) =>
  succeeds(describeIt(...input), 200, ['ChannelMembership'])

write(
  'wire',
  'model',
  'Given a member, when it is described, then 200 with member, inviter, type and epoch seconds',
  async () => {
    const [owner, member] = [await world.user('Ana'), await world.user('Dee')]
    const channelArn = await world.channel(owner)
    await world.join(channelArn, owner, member)
    const body = await allowed(channelArn, owner, member)
    expectMembers(body['ChannelMembership'], [
      'ChannelArn',
      'Member',
      'Type',
      'InvitedBy',
      'CreatedTimestamp',
      'LastUpdatedTimestamp',
    ])
    expect(body['ChannelMembership']).toMatchObject({
      ChannelArn: channelArn,
      Member: { Arn: member, Name: 'Dee' },
      InvitedBy: { Arn: owner, Name: 'Ana' },
      Type: 'DEFAULT',
    })
    expectEpochSeconds(at(body, 'ChannelMembership.CreatedTimestamp'))
    expectEpochSeconds(at(body, 'ChannelMembership.LastUpdatedTimestamp'))
  },
)
doorCases(write, world, prepare)
arnPathCases(write, world, prepare)

write(
  'validation',
  'model',
  'Given a member ARN that is none, when it is described, then BadRequestException',
  async () => {
    const owner = await world.user()
    await failsNaming(describeIt(await world.channel(owner), owner, 'dee'), 'MemberArn')
  },
)
write(
  'validation',
  'proposed',
  'Given a SubChannelId on a channel that is not elastic, when it is described, then BadRequestException',
  async () => {
    const owner = await world.user()
    const channelArn = await world.channel(owner)
    await failsNaming(
      describeIt(channelArn, owner, owner, { SubChannelId: 'sc-1' }),
      'SubChannelId',
    )
  },
)

bearerCases(write, world, prepare)
write(
  'authorisation',
  'doc',
  'Given a PUBLIC channel, when a stranger describes a member, then it may',
  async () => {
    const [owner, other] = [await world.user(), await world.user()]
    await allowed(await world.channel(owner, { Privacy: 'PUBLIC' }), other, owner)
  },
)
write(
  'authorisation',
  'doc',
  'Given a PRIVATE channel, when a stranger describes a member, then ForbiddenException',
  async () => {
    const [owner, other] = [await world.user(), await world.user()]
    await fails(describeIt(await world.channel(owner), other, owner), 'ForbiddenException')
  },
)
write(
  'authorisation',
  'proposed',
  'Given a PRIVATE channel, when a stranger describes itself, then NotFoundException',
  async () => {
    const [owner, other] = [await world.user(), await world.user()]
    await fails(describeIt(await world.channel(owner), other, other), 'NotFoundException')
  },
)
write(
  'authorisation',
  'inferred',
  'Given a hidden member, when it describes itself, then it may; others it may not',
  async () => {
    const [owner, hidden] = [await world.user(), await world.user()]
    const channelArn = await world.channel(owner)
    await world.joinHidden(channelArn, owner, hidden)
    const body = await allowed(channelArn, hidden, hidden)
    expect(at(body, 'ChannelMembership.Type')).toBe('HIDDEN')
    await fails(describeIt(channelArn, hidden, owner), 'ForbiddenException')
  },
)

write(
  'behaviour',
  'doc',
  'Given no membership, when an admin, the moderator or a member describes it, then NotFoundException',
  async () => {
    const [owner, member, admin, other] = [
      await world.user(),
      await world.user(),
      await world.admin(),
      await world.user(),
    ]
    const channelArn = await world.channel(owner)
    await world.join(channelArn, owner, member)
    for (const bearer of [owner, member, admin]) {
      await fails(describeIt(channelArn, bearer, other), 'NotFoundException')
    }
  },
)
write(
  'behaviour',
  'inferred',
  'Given the creator, when its membership is described, then it is invited by itself',
  async () => {
    const owner = await world.user('Ana')
    const channelArn = await world.channel(owner)
    const body = await allowed(channelArn, owner, owner)
    expect(at(body, 'ChannelMembership.InvitedBy')).toEqual({ Arn: owner, Name: 'Ana' })
  },
)
