// Conformance of DeleteAppInstanceUser.
import { expect } from 'vitest'
import { at, fails, failsNaming, succeedsEmpty, type Json } from '../kit/answers.ts'
import { casesOf } from '../kit/conformance-case.ts'
import { arnPathCases, doorCases } from '../kit/shared-cases.ts'
import { useWorld } from '../kit/world.ts'

const world = useWorld()
const write = casesOf('DeleteAppInstanceUser')

const remove = (AppInstanceUserArn: string) =>
  world.identity.deleteAppInstanceUser({ AppInstanceUserArn })
const prepare = async () => {
  const arn = await world.user()
  return () => remove(arn)
}

write('wire', 'model', 'Given a user, when it is deleted, then 204 without a body', async () => {
  await succeedsEmpty((await prepare())())
})
doorCases(write, world, prepare)
arnPathCases(write, world, prepare)

write(
  'validation',
  'model',
  'Given an ARN that is none, when it is deleted, then BadRequestException',
  async () => {
    await failsNaming(remove('ana'), 'AppInstanceUserArn')
  },
)

write(
  'authorisation',
  'inferred',
  'Given an unknown user, when it is deleted, then ForbiddenException',
  async () => {
    await fails(remove(`${world.appInstanceArn}/user/nobody`), 'ForbiddenException')
  },
)

write(
  'behaviour',
  'inferred',
  'Given a deleted user, when it is deleted again, then ForbiddenException',
  async () => {
    const arn = await world.user()
    await remove(arn)
    await fails(remove(arn), 'ForbiddenException')
  },
)
write(
  'behaviour',
  'inferred',
  'Given a member, when it is deleted, then its memberships are gone',
  async () => {
    const [owner, member] = [await world.user(), await world.user()]
    const ChannelArn = await world.channel(owner)
    await world.join(ChannelArn, owner, member)
    await remove(member)
    const { ChannelMemberships } = await world.messaging.listChannelMemberships({
      ChannelArn,
      ChimeBearer: owner,
    })
    expect(ChannelMemberships?.map((item) => item.Member?.Arn)).toEqual([owner])
  },
)
write(
  'behaviour',
  'proposed',
  'Given a sender, when it is deleted, then its messages stay with its last name',
  async () => {
    const [owner, member] = [await world.user(), await world.user('Gone')]
    const ChannelArn = await world.channel(owner)
    await world.join(ChannelArn, owner, member)
    const MessageId = await world.post(ChannelArn, member)
    await remove(member)
    const { ChannelMessage } = await world.messaging.getChannelMessage({
      ChannelArn,
      MessageId,
      ChimeBearer: owner,
    })
    expect(ChannelMessage?.Sender).toEqual({ Arn: member, Name: 'Gone' })
  },
)
write(
  'behaviour',
  'inferred',
  'Given a deleted user, when the same id is created again, then it starts without memberships and roles',
  async () => {
    const owner = await world.user()
    const admin = await world.admin()
    const ChannelArn = await world.channel(owner)
    await world.join(ChannelArn, owner, admin)
    await remove(admin)
    await world.identity.createAppInstanceUser({
      AppInstanceArn: world.appInstanceArn,
      AppInstanceUserId: admin.slice(admin.lastIndexOf('/') + 1),
      Name: 'Again',
      ClientRequestToken: crypto.randomUUID(),
    })
    await fails(
      world.messaging.describeChannel({ ChannelArn, ChimeBearer: admin }),
      'ForbiddenException',
    )
    const mine = await world.messaging.listChannelMembershipsForAppInstanceUser({
      ChimeBearer: admin,
    })
    expect(mine.ChannelMemberships).toEqual([])
  },
)
write(
  'behaviour',
  'inferred',
  'Given a moderator and a banned user, when they are deleted, then they are listed as such no more',
  async () => {
    const [owner, moderator, banned] = [await world.user(), await world.user(), await world.user()]
    const ChannelArn = await world.channel(owner)
    const call = { ChannelArn, ChimeBearer: owner }
    await world.messaging.createChannelModerator({ ...call, ChannelModeratorArn: moderator })
    await world.messaging.createChannelBan({ ...call, MemberArn: banned })
    await remove(moderator)
    await remove(banned)
    const { ChannelModerators } = await world.messaging.listChannelModerators(call)
    expect(ChannelModerators?.map((item) => item.Moderator?.Arn)).not.toContain(moderator)
    expect((await world.messaging.listChannelBans(call)).ChannelBans).toEqual([])
  },
)

write(
  'events emitted',
  'proposed',
  'Given a user with two sessions, when it is deleted, then both are closed with 4003',
  async () => {
    const arn = await world.user()
    const sessions = [await world.listen(arn), await world.listen(arn)]
    await remove(arn)
    for (const session of sessions) expect((await session.closed).code).toBe(4003)
  },
)
write(
  'events emitted',
  'inferred',
  'Given a user in more channels than end in one commit, when it is deleted, then the members of each hear of it once',
  async () => {
    const [owner, member] = [await world.user(), await world.user('Gone')]
    const channelArns: string[] = []
    while (channelArns.length < 205) {
      channelArns.push(await world.channel(owner, { MemberArns: [member] }))
    }
    const session = await world.listen(owner)
    await remove(member)
    const [events] = await world.received(session)
    const told = events?.map(({ payload }) => String(at(payload, 'ChannelArn')))
    expect(told?.toSorted()).toEqual(channelArns.toSorted())
    for (const { type, payload } of events ?? []) {
      expect(type).toBe('DELETE_CHANNEL_MEMBERSHIP')
      expect((payload as Json)['Member']).toEqual({ Arn: member, Name: 'Gone' })
    }
    const { ChannelMemberships } = await world.messaging.listChannelMemberships({
      ChannelArn: channelArns[204],
      ChimeBearer: owner,
    })
    expect(ChannelMemberships).toHaveLength(1)
  },
)
write(
  'events emitted',
  'inferred',
  'Given a hidden member, when it is deleted, then only moderators who are members hear of it',
  async () => {
    const [owner, member, hidden] = [await world.user(), await world.user(), await world.user()]
    const channelArn = await world.channel(owner)
    await world.join(channelArn, owner, member)
    await world.joinHidden(channelArn, owner, hidden)
    const sessions = [await world.listen(owner), await world.listen(member)]
    await remove(hidden)
    const all = await world.received(...sessions)
    expect(all.map((events) => events.map(({ type }) => type))).toEqual([
      ['DELETE_CHANNEL_MEMBERSHIP'],
      [],
    ])
  },
)
