// Conformance of ListChannelBans.
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
const write = casesOf('ListChannelBans')

const list = (ChannelArn: string, ChimeBearer: string, input: object = {}) =>
  world.messaging.listChannelBans({ ChannelArn, ChimeBearer, ...input })
const prepare = async () => {
  const owner = await world.user()
  const channelArn = await world.channel(owner)
  return () => list(channelArn, owner)
}
const whole = ['ChannelArn', 'ChannelBans']

const listing: PagedList = {
  member: 'ChannelBans',
  others: ['ChannelArn'],
  keyOf: (item) => String(at(item, 'Member.Arn')),
  async prepare() {
    const [owner, admin] = [await world.user(), await world.admin()]
    const channelArn = await world.channel(owner)
    const keys: string[] = []
    while (keys.length < 5) {
      const user = await world.user()
      keys.push(user)
      await world.ban(channelArn, owner, user)
    }
    return {
      keys,
      list: (page) => list(channelArn, owner, page),
      foreign: (page) => list(channelArn, admin, page),
    }
  },
}

write(
  'wire',
  'model',
  'Given a ban, when bans are listed, then 200 with identities only',
  async () => {
    const [owner, user] = [await world.user(), await world.user('Bad')]
    const channelArn = await world.channel(owner)
    await world.ban(channelArn, owner, user)
    expect(await succeeds(list(channelArn, owner), 200, whole)).toEqual({
      ChannelArn: channelArn,
      ChannelBans: [{ Member: { Arn: user, Name: 'Bad' } }],
    })
  },
)
write(
  'wire',
  'code',
  'Given no bans, when they are listed, then the list is there and empty',
  async () => {
    const body = await succeeds((await prepare())(), 200, whole)
    expect(body['ChannelBans']).toEqual([])
  },
)
doorCases(write, world, prepare)
arnPathCases(write, world, prepare)
pagingValidationCases(write, listing)

bearerCases(write, world, prepare)
write(
  'authorisation',
  'doc',
  'Given a member, a stranger or the banned one, when it lists bans, then ForbiddenException',
  async () => {
    const [owner, member, stranger] = [await world.user(), await world.user(), await world.user()]
    const banned = await world.user()
    const channelArn = await world.channel(owner, { Privacy: 'PUBLIC', MemberArns: [member] })
    await world.ban(channelArn, owner, banned)
    for (const arn of [member, stranger, banned]) {
      await fails(list(channelArn, arn), 'ForbiddenException')
    }
    await fails(list(`${channelArn}x`, owner), 'ForbiddenException')
  },
)

write(
  'behaviour',
  'inferred',
  'Given bans that came and went and users who were deleted, when bans are listed, then the oldest first and only those that are',
  async () => {
    const owner = await world.user()
    const users = [await world.user(), await world.user(), await world.user(), await world.user()]
    const ChannelArn = await world.channel(owner)
    for (const user of users) await world.ban(ChannelArn, owner, user)
    await world.identity.deleteAppInstanceUser({ AppInstanceUserArn: users[1]! })
    const lifted = { ChannelArn, ChimeBearer: owner, MemberArn: users[2]! }
    await world.messaging.deleteChannelBan(lifted)
    const { ChannelBans } = await list(ChannelArn, owner)
    expect(ChannelBans?.map(({ Member }) => Member?.Arn)).toEqual([users[0], users[3]])
  },
)
pagingBehaviourCases(write, listing)
