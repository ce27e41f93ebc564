// Conformance of CreateChannelModerator.
import { expect } from 'vitest'
import { fails, failsNaming, succeeds } from '../kit/answers.ts'
import { startServer } from '../../harness/start-server.ts'
import { casesOf } from '../kit/conformance-case.ts'
import { createRecordedClients } from '../kit/recorded-clients.ts'
import { arnPathCases, bearerCases, bodyCases, doorCases } from '../kit/shared-cases.ts'
import { isRemote, unique, useWorld } from '../kit/world.ts'

const world = useWorld()
const write = casesOf('CreateChannelModerator')

const appoint = (ChannelArn: string, ChimeBearer: string, ChannelModeratorArn: string) =>
  world.messaging.createChannelModerator({ ChannelArn, ChimeBearer, ChannelModeratorArn })
const prepare = async () => {
  const [owner, user] = [await world.user(), await world.user()]
  const channelArn = await world.channel(owner)
  return () => appoint(channelArn, owner, user)
}
const moderatorsOf = async (ChannelArn: string, ChimeBearer: string) => {
  const page = await world.messaging.listChannelModerators({ ChannelArn, ChimeBearer })
  return page.ChannelModerators!.map(({ Moderator }) => Moderator!.Arn)
}

write(
  'wire',
  'model',
  'Given a user, when it is appointed, then 201 with the channel and the moderator',
  async () => {
    const [owner, user] = [await world.user(), await world.user('Mo')]
    const channelArn = await world.channel(owner)
    const whole = ['ChannelArn', 'ChannelModerator']
    expect(await succeeds(appoint(channelArn, owner, user), 201, whole)).toEqual({
      ChannelArn: channelArn,
      ChannelModerator: { Arn: user, Name: 'Mo' },
    })
  },
)
doorCases(write, world, prepare)
arnPathCases(write, world, prepare)
bodyCases(write, world, prepare, 'ChannelModeratorArn')

write(
  'validation',
  'model',
  'Given no moderator or an ARN that is none, when it is appointed, then BadRequestException',
  async () => {
    const owner = await world.user()
    const channelArn = await world.channel(owner)
    await failsNaming(appoint(channelArn, owner, 'mo!'), 'ChannelModeratorArn')
    await failsNaming(
      appoint(channelArn, owner, undefined as unknown as string),
      'ChannelModeratorArn',
    )
  },
)

bearerCases(write, world, prepare)
write(
  'authorisation',
  'doc',
  'Given a member who is no moderator, when it appoints somebody or itself, then ForbiddenException and nobody is appointed',
  async () => {
    const [owner, member, user] = [await world.user(), await world.user(), await world.user()]
    const channelArn = await world.channel(owner, { Mode: 'UNRESTRICTED' })
    await world.join(channelArn, owner, member)
    await fails(appoint(channelArn, member, user), 'ForbiddenException')
    await fails(appoint(channelArn, member, member), 'ForbiddenException')
    expect(await moderatorsOf(channelArn, owner)).toEqual([owner])
  },
)
write(
  'authorisation',
  'inferred',
  'Given an unknown user, one of another app instance or a channel as moderator, when it is appointed, then ForbiddenException',
  async () => {
    const owner = await world.user()
    const channelArn = await world.channel(owner)
    const { userArn } = await world.stranger()
    for (const arn of [`${world.appInstanceArn}/user/nobody`, userArn, channelArn]) {
      await fails(appoint(channelArn, owner, arn), 'ForbiddenException')
    }
    await fails(appoint(`${channelArn}x`, owner, owner), 'ForbiddenException')
  },
)
write(
  'authorisation',
  'proposed',
  'Given someone who is banned, when it is appointed, then ForbiddenException until the ban is lifted',
  async () => {
    const [owner, user] = [await world.user(), await world.user()]
    const ChannelArn = await world.channel(owner)
    await world.ban(ChannelArn, owner, user)
    await fails(appoint(ChannelArn, owner, user), 'ForbiddenException')
    await world.messaging.deleteChannelBan({ ChannelArn, MemberArn: user, ChimeBearer: owner })
    await appoint(ChannelArn, owner, user)
  },
)

write(
  'behaviour',
  'doc',
  'Given someone who is no member, when it is appointed, then it has the powers of a moderator and is still no member',
  async () => {
    const [owner, user, other] = [await world.user(), await world.user(), await world.user()]
    const ChannelArn = await world.channel(owner)
    await appoint(ChannelArn, owner, user)
    await world.messaging.updateChannel({ ChannelArn, ChimeBearer: user, Name: 'Renamed' })
    await world.join(ChannelArn, user, other)
    const { ChannelMemberships } = await world.messaging.listChannelMemberships({
      ChannelArn,
      ChimeBearer: user,
    })
    expect(ChannelMemberships?.map(({ Member }) => Member?.Arn)).toEqual([owner, other])
    await fails(
      world.messaging.deleteChannelMembership({ ChannelArn, ChimeBearer: other, MemberArn: owner }),
      'ForbiddenException',
    )
  },
)
write(
  'behaviour',
  'proposed',
  'Given a moderator, when it is appointed again, then ConflictException',
  async () => {
    const [owner, user] = [await world.user(), await world.user()]
    const channelArn = await world.channel(owner)
    await appoint(channelArn, owner, user)
    await fails(appoint(channelArn, owner, user), 'ConflictException')
    await fails(appoint(channelArn, owner, owner), 'ConflictException')
    expect(await moderatorsOf(channelArn, owner)).toEqual([owner, user])
  },
)
write(
  'behaviour',
  'doc',
  'Given a bot, when it is appointed, then it may act as moderator',
  async () => {
    const [owner, bot] = [await world.user(), await world.bot('Botty')]
    const ChannelArn = await world.channel(owner)
    const { ChannelModerator } = await appoint(ChannelArn, owner, bot)
    expect(ChannelModerator).toEqual({ Arn: bot, Name: 'Botty' })
    expect(await moderatorsOf(ChannelArn, bot)).toEqual([owner, bot])
  },
)
write(
  'behaviour',
  'doc',
  'Given two appointments of one user at once, when both are sent, then one is a ConflictException',
  async () => {
    const [owner, user] = [await world.user(), await world.user()]
    const channelArn = await world.channel(owner)
    const outcomes = await Promise.allSettled([
      appoint(channelArn, owner, user),
      appoint(channelArn, owner, user),
    ])
    expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
    const refused = outcomes.find(({ status }) => status === 'rejected') as PromiseRejectedResult
    expect((refused.reason as Error).name).toBe('ConflictException')
  },
)
write(
  'behaviour',
  'doc',
  "Given AWS's quotas, when the thousand and first moderator is appointed, then ResourceLimitExceededException until one is dismissed",
  async () => {
    if (isRemote) return
    await using server = await startServer({
      settings: { quotas: 'aws' },
      overrides: { throttle: { checkBearer() {}, admit() {} } },
    })
    const clients = createRecordedClients({ ...server, endpoint: server.httpUrl })
    const { identity, messaging } = clients
    const { AppInstanceArn } = await identity.createAppInstance({
      Name: 'Moderators',
      ClientRequestToken: unique(),
    })
    const user = async () => {
      const { AppInstanceUserArn } = await identity.createAppInstanceUser({
        AppInstanceArn,
        AppInstanceUserId: unique(),
        Name: 'Mo',
        ClientRequestToken: unique(),
      })
      return AppInstanceUserArn!
    }
    const owner = await user()
    const { ChannelArn } = await messaging.createChannel({
      AppInstanceArn,
      Name: 'Lobby',
      ClientRequestToken: unique(),
      ChimeBearer: owner,
    })
    const role = (ChannelModeratorArn: string) => {
      return { ChannelArn, ChimeBearer: owner, ChannelModeratorArn }
    }
    const appointOne = async () => messaging.createChannelModerator(role(await user()))
    const appointMany = (count: number) =>
      Promise.allSettled(Array.from({ length: count }, appointOne))
    // The creator is the first of a thousand; nine hundred and ninety-eight more leave one place.
    for (let left = 998; left > 0; left -= 50) await appointMany(Math.min(left, 50))
    const racing = await appointMany(3)
    const refused = racing.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []))
    expect(refused.map((error: Error) => error.name)).toEqual([
      'ResourceLimitExceededException',
      'ResourceLimitExceededException',
    ])
    expect(await fails(appointOne(), 'ResourceLimitExceededException')).toContain('1000 moderators')
    await messaging.deleteChannelModerator(role(owner))
    const admin = { AppInstanceArn, AppInstanceAdminArn: owner }
    await identity.createAppInstanceAdmin(admin)
    await appointOne()
    await fails(appointOne(), 'ResourceLimitExceededException')
    clients.destroy()
  },
)
write(
  'events emitted',
  'inferred',
  'Given connected members, when somebody is appointed and dismissed, then nobody gets an event',
  async () => {
    const [owner, member] = [await world.user(), await world.user()]
    const ChannelArn = await world.channel(owner)
    await world.join(ChannelArn, owner, member)
    const sessions = [await world.listen(owner), await world.listen(member)]
    await appoint(ChannelArn, owner, member)
    const role = { ChannelArn, ChimeBearer: owner, ChannelModeratorArn: member }
    await world.messaging.deleteChannelModerator(role)
    expect(await world.received(...sessions)).toEqual([[], []])
  },
)
