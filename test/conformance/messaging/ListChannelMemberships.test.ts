// Conformance of ListChannelMemberships.
import { expect } from 'vitest'
import { fails, failsNaming, succeeds, type Json } from '../kit/answers.ts'
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
const write = casesOf('ListChannelMemberships')

const list = (ChannelArn: string, ChimeBearer: string, input: object = {}) =>
  world.messaging.listChannelMemberships({ ChannelArn, ChimeBearer, ...input })
const prepare = async () => {
  const owner = await world.user()
  const channelArn = await world.channel(owner)
  return () => list(channelArn, owner)
}
const whole = ['ChannelArn', 'ChannelMemberships']
const arnsOf = async (...input: Parameters<typeof list>) =>
  (await list(...input)).ChannelMemberships!.map((item) => item.Member!.Arn!)

const listing: PagedList = {
  member: 'ChannelMemberships',
  others: ['ChannelArn'],
  keyOf: (item) => String((item['Member'] as Json)['Arn']),
  async prepare() {
    const owner = await world.user()
    const channelArn = await world.channel(owner)
    const keys = [owner]
    while (keys.length < 5) keys.push(await world.user())
    await world.join(channelArn, owner, ...keys.slice(1))
    return {
      keys,
      list: (page) => list(channelArn, owner, page),
      foreign: (page) => list(channelArn, owner, { Type: 'HIDDEN', ...page }),
    }
  },
}

write(
  'wire',
  'model',
  'Given a creator, when memberships are listed, then 200 with identities only',
  async () => {
    const owner = await world.user('Ana')
    const channelArn = await world.channel(owner)
    expect(await succeeds(list(channelArn, owner), 200, whole)).toEqual({
      ChannelArn: channelArn,
      ChannelMemberships: [{ Member: { Arn: owner, Name: 'Ana' } }],
    })
  },
)
write(
  'wire',
  'code',
  'Given no hidden members, when they are listed, then the list is there and empty',
  async () => {
    const owner = await world.user()
    const body = await succeeds(
      list(await world.channel(owner), owner, { Type: 'HIDDEN' }),
      200,
      whole,
    )
    expect(body['ChannelMemberships']).toEqual([])
  },
)
doorCases(write, world, prepare)
arnPathCases(write, world, prepare)

write(
  'validation',
  'model',
  'Given a type that the model lacks, when memberships are listed, then BadRequestException',
  async () => {
    const owner = await world.user()
    await failsNaming(list(await world.channel(owner), owner, { Type: 'GUEST' }), 'Type')
  },
)
write(
  'validation',
  'proposed',
  'Given a SubChannelId on a channel that is not elastic, when memberships are listed, then BadRequestException',
  async () => {
    const owner = await world.user()
    await failsNaming(
      list(await world.channel(owner), owner, { SubChannelId: 'sc-1' }),
      'SubChannelId',
    )
  },
)
pagingValidationCases(write, listing)

bearerCases(write, world, prepare)
write(
  'authorisation',
  'doc',
  'Given a PRIVATE channel, when a stranger lists, then ForbiddenException; a PUBLIC one it may',
  async () => {
    const [owner, other] = [await world.user(), await world.user()]
    await fails(list(await world.channel(owner), other), 'ForbiddenException')
    expect(await arnsOf(await world.channel(owner, { Privacy: 'PUBLIC' }), other)).toEqual([owner])
  },
)
write(
  'authorisation',
  'inferred',
  'Given an unknown channel, when memberships are listed, then ForbiddenException',
  async () => {
    await fails(
      list(`${world.appInstanceArn}/channel/none`, await world.user()),
      'ForbiddenException',
    )
  },
)
write(
  'authorisation',
  'proposed',
  'Given hidden members, when a member lists them, then ForbiddenException; moderator and admin may',
  async () => {
    const [owner, member, hidden, admin] = [
      await world.user(),
      await world.user(),
      await world.user(),
      await world.admin(),
    ]
    const channelArn = await world.channel(owner)
    await world.join(channelArn, owner, member)
    await world.joinHidden(channelArn, owner, hidden)
    await fails(list(channelArn, member, { Type: 'HIDDEN' }), 'ForbiddenException')
    await fails(list(channelArn, hidden, { Type: 'HIDDEN' }), 'ForbiddenException')
    expect(await arnsOf(channelArn, owner, { Type: 'HIDDEN' })).toEqual([hidden])
    expect(await arnsOf(channelArn, admin, { Type: 'HIDDEN' })).toEqual([hidden])
  },
)

write(
  'behaviour',
  'doc',
  'Given members and hidden members, when they are listed without a type, then the hidden ones are left out',
  async () => {
    const [owner, member, hidden] = [await world.user(), await world.user(), await world.user()]
    const channelArn = await world.channel(owner)
    await world.join(channelArn, owner, member)
    await world.joinHidden(channelArn, owner, hidden)
    const visible = [owner, member].toSorted()
    expect((await arnsOf(channelArn, owner)).toSorted()).toEqual(visible)
    expect((await arnsOf(channelArn, hidden)).toSorted()).toEqual(visible)
    expect((await arnsOf(channelArn, owner, { Type: 'DEFAULT' })).toSorted()).toEqual(visible)
  },
)
pagingBehaviourCases(write, listing)
