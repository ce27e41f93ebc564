// Conformance of DeleteChannelModerator.
import { expect } from 'vitest'
import { fails, failsNaming, succeedsEmpty } from '../kit/answers.ts'
import { casesOf } from '../kit/conformance-case.ts'
import { arnPathCases, bearerCases, doorCases } from '../kit/shared-cases.ts'
import { useWorld } from '../kit/world.ts'

const world = useWorld()
const write = casesOf('DeleteChannelModerator')

const dismiss = (ChannelArn: string, ChimeBearer: string, ChannelModeratorArn: string) =>
  world.messaging.deleteChannelModerator({ ChannelArn, ChimeBearer, ChannelModeratorArn })
const prepare = async () => {
  const [owner, moderator] = [await world.user(), await world.user()]
  const channelArn = await world.channel(owner, { ModeratorArns: [moderator] })
  return () => dismiss(channelArn, owner, moderator)
}
const update = (ChannelArn: string, ChimeBearer: string) =>
  world.messaging.updateChannel({ ChannelArn, ChimeBearer, Name: 'Renamed' })

write(
  'wire',
  'model',
  'Given a moderator, when it is dismissed, then 204 without a body',
  async () => succeedsEmpty((await prepare())()),
)
doorCases(write, world, prepare)
arnPathCases(write, world, prepare)

write(
  'validation',
  'model',
  'Given a moderator ARN that is none, when it is dismissed, then BadRequestException',
  async () => {
    const owner = await world.user()
    await failsNaming(dismiss(await world.channel(owner), owner, 'mo!'), 'ChannelModeratorArn')
  },
)

bearerCases(write, world, prepare)
write(
  'authorisation',
  'doc',
  'Given a member, when it dismisses a moderator, then ForbiddenException and the moderator stays',
  async () => {
    const [owner, member] = [await world.user(), await world.user()]
    const channelArn = await world.channel(owner)
    await world.join(channelArn, owner, member)
    await fails(dismiss(channelArn, member, owner), 'ForbiddenException')
    await update(channelArn, owner)
  },
)
write(
  'authorisation',
  'inferred',
  'Given a moderator of another app instance or an unknown channel, when it is dismissed, then ForbiddenException',
  async () => {
    const owner = await world.user()
    const channelArn = await world.channel(owner)
    const { userArn } = await world.stranger()
    await fails(dismiss(channelArn, owner, userArn), 'ForbiddenException')
    await fails(dismiss(`${channelArn}x`, owner, owner), 'ForbiddenException')
  },
)

write(
  'behaviour',
  'doc',
  'Given a moderator who is a member, when it is dismissed, then its powers end and it stays a member',
  async () => {
    const [owner, moderator] = [await world.user(), await world.user()]
    const channelArn = await world.channel(owner, {
      MemberArns: [moderator],
      ModeratorArns: [moderator],
    })
    await update(channelArn, moderator)
    await dismiss(channelArn, owner, moderator)
    await fails(update(channelArn, moderator), 'ForbiddenException')
    await world.post(channelArn, moderator)
  },
)
write(
  'behaviour',
  'proposed',
  'Given someone who is no moderator or unknown, when it is dismissed, then 204 again and again',
  async () => {
    const [owner, user] = [await world.user(), await world.user()]
    const channelArn = await world.channel(owner)
    await succeedsEmpty(dismiss(channelArn, owner, user))
    await succeedsEmpty(dismiss(channelArn, owner, user))
    await succeedsEmpty(dismiss(channelArn, owner, `${world.appInstanceArn}/user/nobody`))
  },
)
write(
  'behaviour',
  'proposed',
  'Given the last moderator, when it dismisses itself, then it may, and an admin can appoint another',
  async () => {
    const [owner, admin] = [await world.user(), await world.admin()]
    const ChannelArn = await world.channel(owner)
    await succeedsEmpty(dismiss(ChannelArn, owner, owner))
    await fails(update(ChannelArn, owner), 'ForbiddenException')
    const again = { ChannelArn, ChimeBearer: admin, ChannelModeratorArn: owner }
    expect((await world.messaging.createChannelModerator(again)).ChannelModerator?.Arn).toBe(owner)
  },
)
