// Conformance of GetChannelMembershipPreferences.
import { expect } from 'vitest'
import { fails, failsNaming, succeeds } from '../kit/answers.ts'
import { casesOf } from '../kit/conformance-case.ts'
import { ELASTIC } from '../kit/matrix-stage.ts'
import { arnPathCases, bearerCases, doorCases } from '../kit/shared-cases.ts'
import { useWorld } from '../kit/world.ts'

const world = useWorld()
const write = casesOf('GetChannelMembershipPreferences')

const get = (ChannelArn: string, ChimeBearer: string, MemberArn = ChimeBearer) =>
  world.messaging.getChannelMembershipPreferences({ ChannelArn, ChimeBearer, MemberArn })
const prepare = async () => {
  const owner = await world.user()
  const channelArn = await world.channel(owner)
  return () => get(channelArn, owner)
}

write(
  'wire',
  'proposed',
  'Given a member that never put any, when it gets its preferences, then 200 with ALL and no rule',
  async () => {
    const owner = await world.user('Ana')
    const channelArn = await world.channel(owner)
    const whole = ['ChannelArn', 'Member', 'Preferences']
    expect(await succeeds(get(channelArn, owner), 200, whole)).toEqual({
      ChannelArn: channelArn,
      Member: { Arn: owner, Name: 'Ana' },
      Preferences: { PushNotifications: { AllowNotifications: 'ALL' } },
    })
  },
)
doorCases(write, world, prepare)
arnPathCases(write, world, prepare)

write(
  'validation',
  'model',
  'Given a member ARN that is none, when preferences are read, then BadRequestException',
  async () => {
    const owner = await world.user()
    await failsNaming(get(await world.channel(owner), owner, 'ana!'), 'MemberArn')
  },
)

bearerCases(write, world, prepare)
write(
  'authorisation',
  'doc',
  'Given another member, when anybody else reads its preferences, then ForbiddenException; hidden members read their own',
  async () => {
    const [owner, member, admin] = [await world.user(), await world.user(), await world.admin()]
    const hidden = await world.user()
    const channelArn = await world.channel(owner, { MemberArns: [member] })
    await world.joinHidden(channelArn, owner, hidden)
    for (const arn of [owner, admin, hidden]) {
      await fails(get(channelArn, arn, member), 'ForbiddenException')
    }
    await get(channelArn, hidden)
  },
)
write(
  'authorisation',
  'doc',
  'Given someone who is no member, when it reads its own, then ForbiddenException',
  async () => {
    const [owner, moderator, stranger] = [
      await world.user(),
      await world.user(),
      await world.user(),
    ]
    const channelArn = await world.channel(owner, {
      Privacy: 'PUBLIC',
      ModeratorArns: [moderator],
    })
    for (const arn of [moderator, stranger, await world.admin()]) {
      await fails(get(channelArn, arn), 'ForbiddenException')
    }
    await fails(get(`${channelArn}x`, owner), 'ForbiddenException')
  },
)

write(
  'behaviour',
  'doc',
  'Given a rule, when preferences are read, then it comes back to the letter',
  async () => {
    const owner = await world.user()
    const channelArn = await world.channel(owner)
    const PushNotifications = {
      AllowNotifications: 'FILTERED' as const,
      FilterRule: ' { "type" : ["Rä\\u0075m"],\n"$or": [{"to":[{"anything-but":["me"]}]}] }',
    }
    await world.messaging.putChannelMembershipPreferences({
      ChannelArn: channelArn,
      ChimeBearer: owner,
      MemberArn: owner,
      Preferences: { PushNotifications },
    })
    expect((await get(channelArn, owner)).Preferences).toEqual({ PushNotifications })
  },
)
write(
  'behaviour',
  'doc',
  'Given an elastic channel, when preferences are read, then BadRequestException',
  async () => {
    const owner = await world.user()
    const channelArn = await world.channel(owner, { ElasticChannelConfiguration: ELASTIC })
    await fails(get(channelArn, owner), 'BadRequestException')
  },
)
