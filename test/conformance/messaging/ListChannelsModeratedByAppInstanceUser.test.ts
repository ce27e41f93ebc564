// Conformance of ListChannelsModeratedByAppInstanceUser.
import { expect } from 'vitest'
import { at, fails, failsNaming, succeeds } from '../kit/answers.ts'
import { casesOf } from '../kit/conformance-case.ts'
import { ELASTIC } from '../kit/matrix-stage.ts'
import {
  bearerCases,
  doorCases,
  pagingBehaviourCases,
  pagingValidationCases,
  type PagedList,
} from '../kit/shared-cases.ts'
import { useWorld } from '../kit/world.ts'

const world = useWorld()
const write = casesOf('ListChannelsModeratedByAppInstanceUser')

const list = (ChimeBearer: string, input: object = {}) =>
  world.messaging.listChannelsModeratedByAppInstanceUser({ ChimeBearer, ...input })
const prepare = async () => {
  const user = await world.user()
  return () => list(user)
}
const channelsOf = async (...input: Parameters<typeof list>) =>
  (await list(...input)).Channels!.map((item) => item.ChannelSummary!.ChannelArn!)

const listing: PagedList = {
  member: 'Channels',
  others: [],
  keyOf: (item) => String(at(item, 'ChannelSummary.ChannelArn')),
  async prepare() {
    const [user, other] = [await world.user(), await world.user()]
    const keys: string[] = []
    while (keys.length < 5) keys.push(await world.channel(user))
    return {
      keys,
      list: (page) => list(user, page),
      foreign: (page) => list(other, page),
    }
  },
}

write(
  'wire',
  'model',
  'Given a moderator, when its channels are listed, then summaries of channels only',
  async () => {
    const [owner, moderator] = [await world.user(), await world.user()]
    const channelArn = await world.channel(owner, { ModeratorArns: [moderator] })
    expect(await succeeds(list(moderator), 200, ['Channels'])).toEqual({
      Channels: [
        {
          ChannelSummary: {
            ChannelArn: channelArn,
            Name: 'Lobby',
            Mode: 'RESTRICTED',
            Privacy: 'PRIVATE',
          },
        },
      ],
    })
  },
)
write(
  'wire',
  'code',
  'Given someone who moderates nothing, when its channels are listed, then the list is there and empty',
  async () => {
    const body = await succeeds(list(await world.user()), 200, ['Channels'])
    expect(body['Channels']).toEqual([])
  },
)
doorCases(write, world, prepare)

write(
  'validation',
  'model',
  'Given a user ARN that is none, when its channels are listed, then BadRequestException',
  async () => {
    const input = { AppInstanceUserArn: 'ana!' }
    await failsNaming(list(await world.user(), input), 'AppInstanceUserArn')
  },
)
pagingValidationCases(write, listing)

bearerCases(write, world, prepare, { namesResource: false })
write(
  'authorisation',
  'doc',
  'Given another user, when its channels are listed, then ForbiddenException; an admin may',
  async () => {
    const [user, other, admin] = [await world.user(), await world.user(), await world.admin()]
    const channelArn = await world.channel(user)
    await fails(list(other, { AppInstanceUserArn: user }), 'ForbiddenException')
    expect(await channelsOf(admin, { AppInstanceUserArn: user })).toEqual([channelArn])
    expect(await channelsOf(user, { AppInstanceUserArn: user })).toEqual([channelArn])
  },
)
write(
  'authorisation',
  'inferred',
  'Given an unknown user or one of another app instance, when an admin lists, then ForbiddenException',
  async () => {
    const admin = await world.admin()
    const unknown = `${world.appInstanceArn}/user/nobody`
    for (const AppInstanceUserArn of [unknown, (await world.stranger()).userArn]) {
      await fails(list(admin, { AppInstanceUserArn }), 'ForbiddenException')
    }
  },
)

write(
  'behaviour',
  'proposed',
  'Given channels, when they are listed, then the newest activity first, elastic ones too, deleted and dismissed ones not',
  async () => {
    const [owner, moderator] = [await world.user(), await world.user()]
    const create = (input: object = {}) =>
      world.channel(owner, { ModeratorArns: [moderator], ...input })
    const [first, second, gone] = [await create(), await create(), await create()]
    const dismissed = await create()
    const elastic = await create({ ElasticChannelConfiguration: ELASTIC })
    await world.channel(owner, { MemberArns: [moderator] })
    await world.messaging.deleteChannel({ ChannelArn: gone, ChimeBearer: owner })
    await world.messaging.deleteChannelModerator({
      ChannelArn: dismissed,
      ChimeBearer: owner,
      ChannelModeratorArn: moderator,
    })
    expect(await channelsOf(moderator)).toEqual([elastic, second, first])
    await world.post(first, owner)
    expect(await channelsOf(moderator)).toEqual([first, elastic, second])
  },
)
pagingBehaviourCases(write, listing)
