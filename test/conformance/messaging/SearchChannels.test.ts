// Conformance of SearchChannels.
import { expect } from 'vitest'
import type { SearchField } from '@aws-sdk/client-chime-sdk-messaging'
import { at, fails, failsNaming, succeeds } from '../kit/answers.ts'
import { casesOf } from '../kit/conformance-case.ts'
import { ELASTIC } from '../kit/matrix-stage.ts'
import {
  bearerCases,
  bodyCases,
  doorCases,
  pagingBehaviourCases,
  pagingValidationCases,
  type PagedList,
} from '../kit/shared-cases.ts'
import { useWorld } from '../kit/world.ts'

const world = useWorld()
const write = casesOf('SearchChannels')

const equals = (...Values: string[]): SearchField => ({
  Key: 'MEMBERS',
  Operator: 'EQUALS',
  Values,
})
const includes = (...Values: string[]): SearchField => ({
  Key: 'MEMBERS',
  Operator: 'INCLUDES',
  Values,
})
const search = (ChimeBearer: string, Fields: SearchField[], input: object = {}) =>
  world.messaging.searchChannels({ ChimeBearer, Fields, ...input })
const found = async (...input: Parameters<typeof search>) =>
  (await search(...input)).Channels!.map(({ ChannelArn }) => ChannelArn!).toSorted()
const prepare = async () => {
  const user = await world.user()
  return () => search(user, [equals(user)])
}

const listing: PagedList = {
  member: 'Channels',
  others: [],
  keyOf: (item) => String(at(item, 'ChannelArn')),
  async prepare() {
    const [user, other] = [await world.user(), await world.user()]
    const keys: string[] = []
    while (keys.length < 5) keys.push(await world.channel(user, { MemberArns: [other] }))
    return {
      keys,
      list: (page) => search(user, [equals(user, other)], page),
      foreign: (page) => search(user, [includes(user, other)], page),
    }
  },
}

write(
  'wire',
  'model',
  'Given a conversation of two, when one of them searches for it, then 200 with its summary',
  async () => {
    const [user, other] = [await world.user(), await world.user()]
    const channelArn = await world.channel(user, { MemberArns: [other] })
    expect(await succeeds(search(user, [equals(other, user)]), 200, ['Channels'])).toEqual({
      Channels: [{ ChannelArn: channelArn, Name: 'Lobby', Mode: 'RESTRICTED', Privacy: 'PRIVATE' }],
    })
  },
)
write(
  'wire',
  'code',
  'Given nothing to find, when somebody searches, then the list is there and empty',
  async () => {
    const body = await succeeds((await prepare())(), 200, ['Channels'])
    expect(body['Channels']).toEqual([])
  },
)
doorCases(write, world, prepare)
bodyCases(write, world, prepare, undefined)

write(
  'validation',
  'model',
  'Given fields beyond what the model allows, when somebody searches, then BadRequestException; at the bounds it may',
  async () => {
    const user = await world.user()
    const many = (count: number) => Array.from({ length: count }, () => user)
    await search(
      user,
      many(20).map(() => includes(...many(20))),
    )
    await failsNaming(search(user, []), 'Fields')
    await failsNaming(
      search(
        user,
        many(21).map(() => includes(user)),
      ),
      'Fields',
    )
    await failsNaming(search(user, [includes()]), 'Values')
    await failsNaming(search(user, [includes(...many(21))]), 'Values')
    await failsNaming(search(user, [includes('x'.repeat(513))]), 'Values')
    await failsNaming(
      search(user, [{ ...includes(user), Operator: 'LIKE' as 'EQUALS' }]),
      'Operator',
    )
    await failsNaming(search(user, [{ ...includes(user), Key: 'NAMES' as 'MEMBERS' }]), 'Key')
  },
)
pagingValidationCases(write, listing)

bearerCases(write, world, prepare, { namesResource: false })
write(
  'authorisation',
  'field',
  'Given values that are no users or are of another app instance, when somebody searches, then ForbiddenException',
  async () => {
    const user = await world.user()
    const { userArn } = await world.stranger()
    for (const value of ['ana', world.appInstanceArn, userArn]) {
      await fails(search(user, [includes(value)]), 'ForbiddenException')
    }
  },
)
write(
  'authorisation',
  'doc',
  'Given channels of others, when somebody searches, then it finds only those that it is a member of, hidden or not; an admin finds all',
  async () => {
    const [ana, bob, eve] = [await world.user(), await world.user(), await world.user()]
    const [moderator, admin] = [await world.user(), await world.admin()]
    const open = await world.channel(ana, { Privacy: 'PUBLIC', MemberArns: [bob] })
    const watched = await world.channel(ana, { MemberArns: [bob], ModeratorArns: [moderator] })
    await world.joinHidden(watched, ana, eve)
    const both = [equals(ana, bob)]
    expect(await found(ana, both)).toEqual([open, watched].toSorted())
    expect(await found(eve, both)).toEqual([watched])
    expect(await found(moderator, both)).toEqual([])
    expect(await found(admin, both)).toEqual([open, watched].toSorted())
    await world.ban(open, ana, bob)
    expect(await found(bob, [includes(ana)])).toEqual([watched])
  },
)

write(
  'behaviour',
  'doc',
  'Given channels of one, two and three, when they are searched for, then EQUALS finds exactly these members and INCLUDES others as well',
  async () => {
    const [ana, bob, cid] = [await world.user(), await world.user(), await world.user()]
    const alone = await world.channel(ana)
    const pair = await world.channel(ana, { MemberArns: [bob] })
    const trio = await world.channel(ana, { MemberArns: [bob, cid] })
    expect(await found(ana, [equals(ana)])).toEqual([alone])
    expect(await found(ana, [equals(bob, ana)])).toEqual([pair])
    expect(await found(ana, [equals(ana, bob, ana)])).toEqual([pair])
    expect(await found(ana, [equals(cid, bob, ana)])).toEqual([trio])
    expect(await found(ana, [equals(bob)])).toEqual([])
    expect(await found(ana, [includes(ana)])).toEqual([alone, pair, trio].toSorted())
    expect(await found(ana, [includes(bob)])).toEqual([pair, trio].toSorted())
    expect(await found(cid, [includes(bob)])).toEqual([trio])
    expect(await found(ana, [includes(`${world.appInstanceArn}/user/nobody`)])).toEqual([])
  },
)
write(
  'behaviour',
  'proposed',
  'Given several fields, when they are searched for, then all must fit',
  async () => {
    const [ana, bob, cid] = [await world.user(), await world.user(), await world.user()]
    const pair = await world.channel(ana, { MemberArns: [bob] })
    const trio = await world.channel(ana, { MemberArns: [bob, cid] })
    expect(await found(ana, [includes(bob), includes(cid)])).toEqual([trio])
    expect(await found(ana, [equals(ana, bob), includes(bob)])).toEqual([pair])
    expect(await found(ana, [equals(ana, bob), includes(cid)])).toEqual([])
    expect(await found(ana, [equals(ana, bob), equals(ana, bob, cid)])).toEqual([])
  },
)
write(
  'behaviour',
  'proposed',
  'Given hidden members, when they are searched for, then they neither count for EQUALS nor are found',
  async () => {
    const [ana, bob, eve] = [await world.user(), await world.user(), await world.user()]
    const pair = await world.channel(ana, { MemberArns: [bob] })
    await world.joinHidden(pair, ana, eve)
    expect(await found(ana, [equals(ana, bob)])).toEqual([pair])
    expect(await found(ana, [equals(ana, bob, eve)])).toEqual([])
    expect(await found(bob, [includes(eve)])).toEqual([])
  },
)
write(
  'behaviour',
  'proposed',
  'Given members who come and go and channels that are deleted, when they are searched for, then what is counts',
  async () => {
    const [ana, bob, cid] = [await world.user(), await world.user(), await world.user()]
    const ChannelArn = await world.channel(ana, { MemberArns: [bob] })
    await world.join(ChannelArn, ana, cid)
    expect(await found(ana, [equals(ana, bob)])).toEqual([])
    await world.messaging.deleteChannelMembership({ ChannelArn, MemberArn: cid, ChimeBearer: ana })
    expect(await found(ana, [equals(ana, bob)])).toEqual([ChannelArn])
    await world.messaging.deleteChannel({ ChannelArn, ChimeBearer: ana })
    expect(await found(ana, [equals(ana, bob)])).toEqual([])
    expect(await found(await world.admin(), [equals(ana, bob)])).toEqual([])
  },
)
write(
  'behaviour',
  'doc',
  'Given targeted messages, when a channel is found, then LastMessageTimestamp is that of the last message the caller may see',
  async () => {
    const [ana, bob, cid] = [await world.user(), await world.user(), await world.user()]
    const channelArn = await world.channel(ana, { MemberArns: [bob, cid] })
    await world.post(channelArn, ana, 'psst', { Target: [{ MemberArn: bob }] })
    const lastFor = async (arn: string) =>
      (await search(arn, [equals(ana, bob, cid)])).Channels?.[0]?.LastMessageTimestamp
    expect(await lastFor(bob)).toBeInstanceOf(Date)
    expect(await lastFor(cid)).toBeUndefined()
  },
)
write(
  'behaviour',
  'proposed',
  'Given an elastic channel, when an admin searches, then it is not among what is found',
  async () => {
    const [owner, admin] = [await world.user(), await world.admin()]
    await world.channel(owner, { ElasticChannelConfiguration: ELASTIC })
    expect(await found(admin, [equals(owner)])).toEqual([])
    expect(await found(admin, [includes(owner)])).toEqual([])
  },
)
write(
  'behaviour',
  'doc',
  'Given bots, when channels are searched for by them, then they are found like users',
  async () => {
    const [ana, bot] = [await world.user(), await world.bot()]
    const channelArn = await world.channel(ana, { MemberArns: [bot] })
    expect(await found(ana, [equals(ana, bot)])).toEqual([channelArn])
    expect(await found(bot, [includes(ana)])).toEqual([channelArn])
  },
)
pagingBehaviourCases(write, listing)
