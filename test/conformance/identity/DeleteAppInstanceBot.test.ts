// Conformance of DeleteAppInstanceBot.
import { expect } from 'vitest'
import { at, fails, failsNaming, succeedsEmpty } from '../kit/answers.ts'
import { casesOf } from '../kit/conformance-case.ts'
import { createBot } from '../kit/lex.ts'
import { arnPathCases, doorCases } from '../kit/shared-cases.ts'
import { useWorld } from '../kit/world.ts'

const world = useWorld()
const write = casesOf('DeleteAppInstanceBot')

const remove = (AppInstanceBotArn: string) =>
  world.identity.deleteAppInstanceBot({ AppInstanceBotArn })
const prepare = async () => {
  const arn = await createBot(world)
  return () => remove(arn)
}

write('wire', 'model', 'Given a bot, when it is deleted, then 204 without a body', async () => {
  await succeedsEmpty((await prepare())())
})
doorCases(write, world, prepare)
arnPathCases(write, world, prepare)

write(
  'validation',
  'model',
  'Given an ARN that is none, when it is deleted, then BadRequestException',
  async () => {
    await failsNaming(remove('botty'), 'AppInstanceBotArn')
  },
)

write(
  'authorisation',
  'inferred',
  'Given an unknown bot, one deleted before or a user, when it is deleted, then ForbiddenException',
  async () => {
    const [gone, user] = [await createBot(world), await world.user()]
    await remove(gone)
    for (const arn of [`${world.appInstanceArn}/bot/none`, gone, user]) {
      await fails(remove(arn), 'ForbiddenException')
    }
    await world.identity.describeAppInstanceUser({ AppInstanceUserArn: user })
  },
)

write(
  'behaviour',
  'inferred',
  'Given a bot with roles and messages, when it is deleted, then the roles are gone and the messages stay with its last name',
  async () => {
    const [owner, bot] = [await world.user(), await createBot(world)]
    const ChannelArn = await world.channel(owner)
    await world.join(ChannelArn, owner, bot)
    const MessageId = await world.post(ChannelArn, bot)
    await world.identity.createAppInstanceAdmin({
      AppInstanceArn: world.appInstanceArn,
      AppInstanceAdminArn: bot,
    })
    const channel = { ChannelArn, ChimeBearer: owner }
    await world.messaging.createChannelModerator({ ...channel, ChannelModeratorArn: bot })
    await remove(bot)
    const members = await world.messaging.listChannelMemberships(channel)
    expect(members.ChannelMemberships?.map((item) => item.Member?.Arn)).toEqual([owner])
    const moderators = await world.messaging.listChannelModerators(channel)
    expect(moderators.ChannelModerators?.map((item) => item.Moderator?.Arn)).not.toContain(bot)
    await fails(
      world.identity.describeAppInstanceAdmin({
        AppInstanceArn: world.appInstanceArn,
        AppInstanceAdminArn: bot,
      }),
      'ForbiddenException',
    )
    const { ChannelMessage } = await world.messaging.getChannelMessage({ ...channel, MessageId })
    expect(ChannelMessage?.Sender).toEqual({ Arn: bot, Name: 'Botty' })
  },
)
write(
  'behaviour',
  'field',
  'Given a deleted bot, when it is used as a bearer, then UnauthorizedClientException',
  async () => {
    const bot = await createBot(world)
    await remove(bot)
    const call = { AppInstanceArn: world.appInstanceArn, ChimeBearer: bot }
    await fails(world.messaging.listChannels(call), 'UnauthorizedClientException')
  },
)

write(
  'events emitted',
  'inferred',
  'Given a bot in two channels, when it is deleted, then the members of each get one DELETE_CHANNEL_MEMBERSHIP',
  async () => {
    const [owner, other, bot] = [await world.user(), await world.user(), await createBot(world)]
    const channelArns = [await world.channel(owner), await world.channel(other)]
    await world.join(channelArns[0]!, owner, bot)
    await world.join(channelArns[1]!, other, bot)
    const sessions = [await world.listen(owner), await world.listen(other)]
    await remove(bot)
    const all = await world.received(...sessions)
    expect(all.map((events) => events.map(({ type }) => type))).toEqual([
      ['DELETE_CHANNEL_MEMBERSHIP'],
      ['DELETE_CHANNEL_MEMBERSHIP'],
    ])
    for (const [index, [event]] of all.entries()) {
      expect(at(event?.payload, 'ChannelArn')).toBe(channelArns[index])
      expect(at(event?.payload, 'Member')).toEqual({ Arn: bot, Name: 'Botty' })
    }
  },
)
write(
  'events emitted',
  'proposed',
  'Given a hidden member that is a bot, when it is deleted, then only moderators who are members hear of it',
  async () => {
    const [owner, member, bot] = [await world.user(), await world.user(), await createBot(world)]
    const channelArn = await world.channel(owner)
    await world.join(channelArn, owner, member)
    await world.joinHidden(channelArn, owner, bot)
    const sessions = [await world.listen(owner), await world.listen(member)]
    await remove(bot)
    const all = await world.received(...sessions)
    expect(all.map((events) => events.map(({ type }) => type))).toEqual([
      ['DELETE_CHANNEL_MEMBERSHIP'],
      [],
    ])
  },
)
