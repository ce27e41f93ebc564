// Conformance of CreateChannelBan, and of what a ban forbids.
import { expect } from 'vitest'
import { at, fails, failsNaming, succeeds } from '../kit/answers.ts'
import { casesOf } from '../kit/conformance-case.ts'
import { arnPathCases, bearerCases, bodyCases, doorCases } from '../kit/shared-cases.ts'
import { useWorld } from '../kit/world.ts'

const world = useWorld()
const write = casesOf('CreateChannelBan')

const ban = (ChannelArn: string, ChimeBearer: string, MemberArn: string) =>
  world.messaging.createChannelBan({ ChannelArn, ChimeBearer, MemberArn })
const prepare = async () => {
  const [owner, user] = [await world.user(), await world.user()]
  const channelArn = await world.channel(owner)
  return () => ban(channelArn, owner, user)
}
const bannedIn = async (ChannelArn: string, ChimeBearer: string) => {
  const page = await world.messaging.listChannelBans({ ChannelArn, ChimeBearer })
  return page.ChannelBans!.map(({ Member }) => Member!.Arn)
}
const membersOf = async (ChannelArn: string, ChimeBearer: string) => {
  const page = await world.messaging.listChannelMemberships({ ChannelArn, ChimeBearer })
  return page.ChannelMemberships!.map(({ Member }) => Member!.Arn)
}

write(
  'wire',
  'model',
  'Given a member, when it is banned, then 201 with the channel and the member',
  async () => {
    const [owner, user] = [await world.user(), await world.user('Bad')]
    const channelArn = await world.channel(owner, { MemberArns: [user] })
    expect(await succeeds(ban(channelArn, owner, user), 201, ['ChannelArn', 'Member'])).toEqual({
      ChannelArn: channelArn,
      Member: { Arn: user, Name: 'Bad' },
    })
  },
)
doorCases(write, world, prepare)
arnPathCases(write, world, prepare)
bodyCases(write, world, prepare, 'MemberArn')

write(
  'validation',
  'model',
  'Given no member or an ARN that is none, when it is banned, then BadRequestException',
  async () => {
    const owner = await world.user()
    const channelArn = await world.channel(owner)
    await failsNaming(ban(channelArn, owner, 'bad!'), 'MemberArn')
    await failsNaming(ban(channelArn, owner, undefined as unknown as string), 'MemberArn')
  },
)

bearerCases(write, world, prepare)
write(
  'authorisation',
  'doc',
  'Given a member who is no moderator, when it bans another or itself, then ForbiddenException and nobody is banned',
  async () => {
    const [owner, member, other] = [await world.user(), await world.user(), await world.user()]
    const channelArn = await world.channel(owner, { MemberArns: [member, other] })
    await fails(ban(channelArn, member, other), 'ForbiddenException')
    await fails(ban(channelArn, member, member), 'ForbiddenException')
    expect(await bannedIn(channelArn, owner)).toEqual([])
    expect(await membersOf(channelArn, owner)).toHaveLength(3)
  },
)
write(
  'authorisation',
  'doc',
  'Given an admin, a moderator or the caller itself, when a moderator or an admin bans it, then ForbiddenException and it stays',
  async () => {
    const [owner, moderator, admin] = [await world.user(), await world.user(), await world.admin()]
    const channelArn = await world.channel(owner, {
      MemberArns: [moderator, admin],
      ModeratorArns: [moderator],
    })
    const others = [moderator, admin, owner]
    for (const target of others) await fails(ban(channelArn, owner, target), 'ForbiddenException')
    for (const target of others) await fails(ban(channelArn, admin, target), 'ForbiddenException')
    expect(await membersOf(channelArn, owner)).toHaveLength(3)
    expect(await bannedIn(channelArn, owner)).toEqual([])
  },
)
write(
  'authorisation',
  'inferred',
  'Given an unknown user, one of another app instance or a channel that is unknown, when it is banned, then ForbiddenException',
  async () => {
    const owner = await world.user()
    const channelArn = await world.channel(owner)
    const { userArn } = await world.stranger()
    for (const arn of [`${world.appInstanceArn}/user/nobody`, userArn, channelArn]) {
      await fails(ban(channelArn, owner, arn), 'ForbiddenException')
    }
    await fails(ban(`${channelArn}x`, owner, await world.user()), 'ForbiddenException')
  },
)

write(
  'behaviour',
  'doc',
  'Given a banned member, when anybody adds it again, then ForbiddenException, and an error in a batch, until the ban is deleted',
  async () => {
    const [owner, admin, user, other] = [
      await world.user(),
      await world.admin(),
      await world.user(),
      await world.user(),
    ]
    const ChannelArn = await world.channel(owner, {
      Privacy: 'PUBLIC',
      Mode: 'UNRESTRICTED',
      MemberArns: [user],
    })
    await ban(ChannelArn, owner, user)
    expect(await membersOf(ChannelArn, owner)).toEqual([owner])
    for (const ChimeBearer of [owner, admin, user]) {
      for (const Type of ['DEFAULT', 'HIDDEN'] as const) {
        const input = { ChannelArn, ChimeBearer, MemberArn: user, Type }
        await fails(world.messaging.createChannelMembership(input), 'ForbiddenException')
      }
    }
    const batch = await world.messaging.batchCreateChannelMembership({
      ChannelArn,
      ChimeBearer: owner,
      MemberArns: [user, other],
    })
    expect(batch.Errors?.map(({ MemberArn, ErrorCode }) => [MemberArn, ErrorCode])).toEqual([
      [user, 'Forbidden'],
    ])
    expect(await membersOf(ChannelArn, owner)).toEqual([owner, other])
    await world.messaging.deleteChannelBan({ ChannelArn, ChimeBearer: owner, MemberArn: user })
    await world.join(ChannelArn, user, user)
  },
)
write(
  'behaviour',
  'doc',
  'Given a banned member, when it does what members do, then ForbiddenException; it still reads what is PUBLIC',
  async () => {
    const [owner, user] = [await world.user(), await world.user()]
    const ChannelArn = await world.channel(owner, { Privacy: 'PUBLIC', MemberArns: [user] })
    const MessageId = await world.post(ChannelArn, user)
    await ban(ChannelArn, owner, user)
    const own = { ChannelArn, ChimeBearer: user }
    const message = { ...own, MessageId }
    await fails(world.post(ChannelArn, user), 'ForbiddenException')
    await fails(
      world.messaging.updateChannelMessage({ ...message, Content: 'x' }),
      'ForbiddenException',
    )
    await fails(world.messaging.redactChannelMessage(message), 'ForbiddenException')
    await fails(world.messaging.updateChannelReadMarker(own), 'ForbiddenException')
    await world.messaging.getChannelMessage(message)
  },
)
write(
  'behaviour',
  'inferred',
  'Given someone who is no member, when it is banned, then it is; banned again, then ConflictException',
  async () => {
    const [owner, user] = [await world.user(), await world.user()]
    const channelArn = await world.channel(owner)
    await ban(channelArn, owner, user)
    await fails(ban(channelArn, owner, user), 'ConflictException')
    expect(await bannedIn(channelArn, owner)).toEqual([user])
  },
)
write(
  'behaviour',
  'proposed',
  'Given a ban and an invitation at once, when both are done, then the banned one is no member',
  async () => {
    const [owner, user] = [await world.user(), await world.user()]
    const channelArn = await world.channel(owner)
    for (let round = 0; round < 10; round++) {
      await Promise.allSettled([
        world.join(channelArn, owner, user),
        ban(channelArn, owner, user),
        world.join(channelArn, owner, user),
      ])
      expect(await membersOf(channelArn, owner)).toEqual([owner])
      const lifted = { ChannelArn: channelArn, ChimeBearer: owner, MemberArn: user }
      await world.messaging.deleteChannelBan(lifted)
    }
  },
)
write(
  'behaviour',
  'doc',
  'Given a bot, when it is banned, then it is no member any more',
  async () => {
    const [owner, bot] = [await world.user(), await world.bot()]
    const channelArn = await world.channel(owner, { MemberArns: [bot] })
    await ban(channelArn, owner, bot)
    expect(await bannedIn(channelArn, owner)).toEqual([bot])
    expect(await membersOf(channelArn, owner)).toEqual([owner])
  },
)

write(
  'events emitted',
  'proposed',
  'Given connected members, when one is banned, then all and itself get DELETE_CHANNEL_MEMBERSHIP and it nothing afterwards',
  async () => {
    const [owner, member, user] = [await world.user(), await world.user(), await world.user('Bad')]
    const channelArn = await world.channel(owner, { MemberArns: [member, user] })
    const sessions = []
    for (const arn of [owner, member, user]) sessions.push(await world.listen(arn))
    await ban(channelArn, owner, user)
    await world.post(channelArn, owner, 'good riddance')
    const all = await world.received(...sessions)
    expect(all.map((events) => events.map(({ type }) => type))).toEqual([
      ['DELETE_CHANNEL_MEMBERSHIP', 'CREATE_CHANNEL_MESSAGE'],
      ['DELETE_CHANNEL_MEMBERSHIP', 'CREATE_CHANNEL_MESSAGE'],
      ['DELETE_CHANNEL_MEMBERSHIP'],
    ])
    for (const [event] of all) {
      expect(event?.headers['x-amz-chime-message-type']).toBe('SYSTEM')
      expect(at(event?.payload, 'Member')).toEqual({ Arn: user, Name: 'Bad' })
    }
  },
)
write(
  'events emitted',
  'proposed',
  'Given a hidden member, when it is banned, then only moderators who are members and itself get an event',
  async () => {
    const [owner, member, hidden] = [await world.user(), await world.user(), await world.user()]
    const channelArn = await world.channel(owner, { MemberArns: [member] })
    await world.joinHidden(channelArn, owner, hidden)
    const sessions = []
    for (const arn of [owner, member, hidden]) sessions.push(await world.listen(arn))
    await ban(channelArn, owner, hidden)
    const all = await world.received(...sessions)
    expect(all.map((events) => events.length)).toEqual([1, 0, 1])
  },
)
write(
  'events emitted',
  'inferred',
  'Given someone who is no member, when it is banned and the ban is lifted, then nobody gets an event',
  async () => {
    const [owner, user] = [await world.user(), await world.user()]
    const ChannelArn = await world.channel(owner)
    const sessions = [await world.listen(owner), await world.listen(user)]
    await ban(ChannelArn, owner, user)
    await world.messaging.deleteChannelBan({ ChannelArn, ChimeBearer: owner, MemberArn: user })
    expect(await world.received(...sessions)).toEqual([[], []])
  },
)
