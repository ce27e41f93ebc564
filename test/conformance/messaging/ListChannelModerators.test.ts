// Conformance of ListChannelModerators.
import { expect } from 'vitest'
import { at, fails, succeeds } from '../kit/answers.ts'
import { casesOf } from '../kit/conformance-case.ts'
import {
  arnPathCases,
  bearerCases,
  doorCases,
  pagingBehaviourCases,
  pagingValidationCases,
  type PagedList,
} from '../kit/shared-cases.ts'
import { useWorld } from '../kit/world.ts'

const world = useWorld()
const write = casesOf('ListChannelModerators')

const list = (ChannelArn: string, ChimeBearer: string, input: object = {}) =>
  world.messaging.listChannelModerators({ ChannelArn, ChimeBearer, ...input })
const prepare = async () => {
  const owner = await world.user()
  const channelArn = await world.channel(owner)
  return () => list(channelArn, owner)
}
const whole = ['ChannelArn', 'ChannelModerators']
const arnsOf = async (...input: Parameters<typeof list>) =>
  (await list(...input)).ChannelModerators!.map((item) => item.Moderator!.Arn!)

const listing: PagedList = {
  member: 'ChannelModerators',
  others: ['ChannelArn'],
  keyOf: (item) => String(at(item, 'Moderator.Arn')),
  async prepare() {
    const owner = await world.user()
    const keys = [owner]
    while (keys.length < 5) keys.push(await world.user())
    const channelArn = await world.channel(owner, { ModeratorArns: keys.slice(1) })
    return {
      keys,
      list: (page) => list(channelArn, owner, page),
      foreign: (page) => list(channelArn, keys[1]!, page),
    }
  },
}

write(
  'wire',
  'model',
  'Given a creator, when moderators are listed, then 200 with identities only',
  async () => {
    const owner = await world.user('Ana')
    const channelArn = await world.channel(owner)
    expect(await succeeds(list(channelArn, owner), 200, whole)).toEqual({
      ChannelArn: channelArn,
      ChannelModerators: [{ Moderator: { Arn: owner, Name: 'Ana' } }],
    })
  },
)
write(
  'wire',
  'code',
  'Given no moderators, when an admin lists them, then the list is there and empty',
  async () => {
    const [owner, admin] = [await world.user(), await world.admin()]
    const ChannelArn = await world.channel(owner)
    const role = { ChannelArn, ChimeBearer: owner, ChannelModeratorArn: owner }
    await world.messaging.deleteChannelModerator(role)
    const body = await succeeds(list(ChannelArn, admin), 200, whole)
    expect(body['ChannelModerators']).toEqual([])
  },
)
doorCases(write, world, prepare)
arnPathCases(write, world, prepare)
pagingValidationCases(write, listing)

bearerCases(write, world, prepare)
write(
  'authorisation',
  'code',
  'Given a member or a stranger, when it lists moderators, then ForbiddenException at once',
  async () => {
    const [owner, member, stranger] = [await world.user(), await world.user(), await world.user()]
    const channelArn = await world.channel(owner, { Privacy: 'PUBLIC' })
    await world.join(channelArn, owner, member)
    await fails(list(channelArn, member), 'ForbiddenException')
    await fails(list(channelArn, stranger), 'ForbiddenException')
    await fails(list(`${channelArn}x`, owner), 'ForbiddenException')
  },
)

write(
  'behaviour',
  'inferred',
  'Given moderators who came, went and were deleted, when they are listed, then the oldest first and only those that are',
  async () => {
    const [owner, second, third] = [await world.user(), await world.user(), await world.user()]
    const gone = await world.user()
    const ChannelArn = await world.channel(owner)
    for (const ChannelModeratorArn of [second, gone, third]) {
      const role = { ChannelArn, ChimeBearer: owner, ChannelModeratorArn }
      await world.messaging.createChannelModerator(role)
    }
    await world.identity.deleteAppInstanceUser({ AppInstanceUserArn: gone })
    expect(await arnsOf(ChannelArn, third)).toEqual([owner, second, third])
    const role = { ChannelArn, ChimeBearer: owner, ChannelModeratorArn: second }
    await world.messaging.deleteChannelModerator(role)
    expect(await arnsOf(ChannelArn, third)).toEqual([owner, third])
  },
)
pagingBehaviourCases(write, listing)
