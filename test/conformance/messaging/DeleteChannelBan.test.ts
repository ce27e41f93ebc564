// Conformance of DeleteChannelBan.
import { expect } from 'vitest'
import { fails, failsNaming, succeedsEmpty } from '../kit/answers.ts'
import { casesOf } from '../kit/conformance-case.ts'
import { arnPathCases, bearerCases, doorCases } from '../kit/shared-cases.ts'
import { useWorld } from '../kit/world.ts'

const world = useWorld()
const write = casesOf('DeleteChannelBan')

const lift = (ChannelArn: string, ChimeBearer: string, MemberArn: string) =>
  world.messaging.deleteChannelBan({ ChannelArn, ChimeBearer, MemberArn })
const prepare = async () => {
  const [owner, user] = [await world.user(), await world.user()]
  const channelArn = await world.channel(owner)
  await world.ban(channelArn, owner, user)
  return () => lift(channelArn, owner, user)
}

write('wire', 'model', 'Given a ban, when it is deleted, then 204 without a body', async () =>
  succeedsEmpty((await prepare())()),
)
doorCases(write, world, prepare)
arnPathCases(write, world, prepare)

write(
  'validation',
  'model',
  'Given a member ARN that is none, when its ban is deleted, then BadRequestException',
  async () => {
    const owner = await world.user()
    await failsNaming(lift(await world.channel(owner), owner, 'bad!'), 'MemberArn')
  },
)

bearerCases(write, world, prepare)
write(
  'authorisation',
  'doc',
  'Given a member or the banned one itself, when it deletes the ban, then ForbiddenException and the ban stays',
  async () => {
    const [owner, member, user] = [await world.user(), await world.user(), await world.user()]
    const channelArn = await world.channel(owner, { Privacy: 'PUBLIC', MemberArns: [member] })
    await world.ban(channelArn, owner, user)
    await fails(lift(channelArn, member, user), 'ForbiddenException')
    await fails(lift(channelArn, user, user), 'ForbiddenException')
    const own = { ChannelArn: channelArn, ChimeBearer: user, MemberArn: user }
    await fails(
      world.messaging.createChannelMembership({ ...own, Type: 'DEFAULT' }),
      'ForbiddenException',
    )
  },
)
write(
  'authorisation',
  'inferred',
  'Given a member of another app instance or an unknown channel, when its ban is deleted, then ForbiddenException',
  async () => {
    const owner = await world.user()
    const channelArn = await world.channel(owner)
    await fails(lift(channelArn, owner, (await world.stranger()).userArn), 'ForbiddenException')
    await fails(lift(`${channelArn}x`, owner, owner), 'ForbiddenException')
  },
)

write(
  'behaviour',
  'doc',
  'Given a member that was banned, when the ban is deleted, then it is no member until it is added again',
  async () => {
    const [owner, user] = [await world.user(), await world.user()]
    const ChannelArn = await world.channel(owner, { MemberArns: [user] })
    await world.ban(ChannelArn, owner, user)
    await lift(ChannelArn, owner, user)
    const membership = { ChannelArn, ChimeBearer: owner, MemberArn: user }
    await fails(world.messaging.describeChannelMembership(membership), 'NotFoundException')
    await world.join(ChannelArn, owner, user)
    await world.post(ChannelArn, user)
  },
)
write(
  'behaviour',
  'proposed',
  'Given someone who is not banned or unknown, when the ban is deleted, then 204 again and again, and a member stays',
  async () => {
    const [owner, user] = [await world.user(), await world.user()]
    const ChannelArn = await world.channel(owner, { MemberArns: [user] })
    await succeedsEmpty(lift(ChannelArn, owner, user))
    await succeedsEmpty(lift(ChannelArn, owner, user))
    await succeedsEmpty(lift(ChannelArn, owner, `${world.appInstanceArn}/user/nobody`))
    const membership = { ChannelArn, ChimeBearer: owner, MemberArn: user }
    const { ChannelMembership } = await world.messaging.describeChannelMembership(membership)
    expect(ChannelMembership?.Member?.Arn).toBe(user)
  },
)
