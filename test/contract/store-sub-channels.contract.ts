// Contract of the store: the sub-channels of elastic channels, who is in them and what was said in
// them. What happens at the same time is in store-sub-channel-races.contract.ts.
import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Identity } from '../../src/domain/identity.ts'
import { DAY_MS } from '../../src/domain/expiration.ts'
import {
  addCrowd,
  addHall,
  countsOf,
  elasticChannel,
  hall,
  join,
  ofModerator,
  part,
  placesIn,
  regular,
  takeApart,
} from './elastic-world.ts'
import {
  addChannel,
  addMembers,
  addUsers,
  appInstanceArn,
  channel,
  channelArn,
  conversation,
  draft,
  pageThrough,
  person,
  send,
  START,
} from './store-world.ts'
import type { CreateStoreBed } from './store.contract.ts'
import { withStore } from './with-store.ts'

function put(id: string, ...members: readonly (Identity | undefined)[]) {
  return members.flatMap((member) => (member === undefined ? [] : [regular(id, member)]))
}

function idsOf(found: readonly { readonly subChannelId: string }[]): readonly string[] {
  return found.map(({ subChannelId }) => subChannelId)
}

function saidInA(content: string) {
  return draft('hall', content, { subChannelId: 'a' })
}

export function describeSubChannels(createBed: CreateStoreBed): void {
  const world = withStore(createBed)
  const [ann, bob, cid] = [person('ann'), person('bob'), person('cid')]

  async function counts() {
    const { items } = await world.store.read.subChannels.list(hall, { limit: 50 })
    return items.map(countsOf)
  }

  it('finds, counts and lists them, oldest first, until they or their channel are gone', async () => {
    const { store } = world
    await addHall(store, 'x', 'b', 'a', 'c')
    await addChannel(store, elasticChannel('other'))
    const { subChannels } = store.read
    expect(await subChannels.find(part('b'))).toEqual({
      ...part('b'),
      createdAt: START + 1,
      regularMembershipsCount: 0,
      moderatorMembershipsCount: 0,
    })
    expect(await subChannels.find(part('z'))).toBeUndefined()
    expect(await subChannels.find(conversation('other', 'b'))).toBeUndefined()
    const { items, pagesCount } = await pageThrough((after) =>
      subChannels.list(hall, { limit: 3, after }),
    )
    expect(items.map(({ subChannelId }) => subChannelId)).toEqual(['x', 'b', 'a', 'c'])
    expect(pagesCount).toBe(2)
    expect(await subChannels.count(hall)).toBe(4)
    await store.transact(async (tx) => tx.subChannels.remove(part('b')))
    expect(await subChannels.find(part('b'))).toBeUndefined()
    expect(await subChannels.count(hall)).toBe(3)
    const left = await subChannels.list(hall, { limit: 3 })
    expect(left.items.map(({ subChannelId }) => subChannelId)).toEqual(['x', 'a', 'c'])
    await store.transact(async (tx) => tx.channels.remove(hall))
    expect(await subChannels.find(part('a'))).toBeUndefined()
    expect(await subChannels.count(hall)).toBe(0)
    // A later channel of the same ARN has none.
    await addChannel(store, elasticChannel('hall'))
    expect(await subChannels.find(part('a'))).toBeUndefined()
    expect((await subChannels.list(hall, { limit: 3 })).items).toEqual([])
  })

  it('finds those with room, the fullest, and the sparse ones that are old or empty', async () => {
    const { store } = world
    const crowd = await addCrowd(store, 'u', 10)
    await addHall(store, 'a', 'b', 'c', 'd')
    const [u0, u1, u2, u3, u4, u5, ...more] = crowd
    await join(store, ...put('a', u0), ...put('b', u1, u2, u3), ...put('c', u4, u5))
    await join(store, ...more.map((member) => ofModerator('a', member)))
    const { subChannels } = store.read
    expect(idsOf(await subChannels.listWithRoom(hall, 5, 9))).toEqual(['b', 'c', 'a', 'd'])
    expect(idsOf(await subChannels.listWithRoom(hall, 3, 9))).toEqual(['c', 'a', 'd'])
    expect(idsOf(await subChannels.listWithRoom(hall, 5, 2))).toEqual(['b', 'c'])
    expect((await subChannels.findFullest(hall))?.subChannelId).toBe('b')
    expect(await subChannels.findFullest(channelArn('one'))).toBeUndefined()
    // Of those that were created at START, only the empty one is not younger.
    expect(idsOf(await subChannels.listSparse(hall, 3, START, 9))).toEqual(['d'])
    expect(idsOf(await subChannels.listSparse(hall, 3, START + 1, 9))).toEqual(['d', 'a'])
    expect(idsOf(await subChannels.listSparse(hall, 3, START + 9, 9))).toEqual(['d', 'a', 'c'])
    expect(idsOf(await subChannels.listSparse(hall, 3, START + 9, 1))).toEqual(['d'])
    expect(await counts()).toEqual([
      ['a', 1, 4],
      ['b', 3, 0],
      ['c', 2, 0],
      ['d', 0, 0],
    ])
  })

  it('measures what is in all of them together, without what is gone or of moderators', async () => {
    const { store } = world
    await addHall(store, 'a', 'b', 'c')
    const { subChannels } = store.read
    const measured = async () => Object.values(await subChannels.measure(hall))
    expect(await measured()).toEqual([3, 0])
    await join(store, regular('a', ann), regular('b', bob), ofModerator('a', cid))
    expect(await measured()).toEqual([3, 2])
    await store.transact(async (tx) => tx.subChannels.remove(part('c')))
    expect(await measured()).toEqual([2, 2])
    expect(Object.values(await subChannels.measure(channelArn('none')))).toEqual([0, 0])
  })

  it('lists the elastic channels that exist', async () => {
    const { store } = world
    for (const id of ['hall', 'gone', 'other']) await addChannel(store, elasticChannel(id))
    await store.transact(async (tx) => tx.channels.remove(channelArn('gone')))
    const listed = () =>
      pageThrough((after) => store.read.subChannels.listElasticChannelArns({ limit: 1, after }))
    expect((await listed()).items).toEqual([hall, channelArn('other')])
    await store.transact(async (tx) => tx.appInstances.remove(appInstanceArn))
    expect((await listed()).items).toEqual([])
  })

  it('keeps a membership in its sub-channel, and knows everybody where they are', async () => {
    const { store } = world
    await addHall(store, 'a', 'b')
    const [anns, bobs] = [regular('a', ann), regular('a', bob, { createdAt: START + 1 })]
    await join(store, anns, bobs, ofModerator('a', cid), ofModerator('b', cid))
    const { memberships, channels } = store.read
    expect(await memberships.find(part('a'), ann.arn)).toEqual(anns)
    expect(await memberships.find(part('b'), ann.arn)).toBeUndefined()
    expect(await memberships.find(part(''), ann.arn)).toBeUndefined()
    expect(await memberships.find(part('b'), cid.arn)).toEqual(ofModerator('b', cid))
    expect((await memberships.list(part('a'), 'DEFAULT', { limit: 9 })).items).toHaveLength(3)
    expect(await memberships.listAll(part('a'))).toEqual(
      expect.arrayContaining([anns, bobs, ofModerator('a', cid)]),
    )
    expect(await memberships.listNewestRegular(part('a'), 1)).toEqual([bobs])
    expect(await memberships.listNewestRegular(part('a'), 9)).toEqual([bobs, anns])
    expect((await channels.findAccess(hall, cid.arn))?.caller).toMatchObject({
      membershipType: 'DEFAULT',
      subChannelIds: ['a', 'b'],
    })
    const found = await memberships.listConversations(cid.arn)
    expect(new Set(found.map((each) => `${each.channelArn} ${each.subChannelId}`))).toEqual(
      new Set([`${channelArn('one')} `, `${hall} a`, `${hall} b`]),
    )
    await store.transact(async (tx) => tx.memberships.remove(ofModerator('a', cid)))
    expect((await channels.findAccess(hall, cid.arn))?.caller.subChannelIds).toEqual(['b'])
    expect(await counts()).toEqual([
      ['a', 2, 0],
      ['b', 0, 1],
    ])
  })

  it('moves a regular membership with its count; who invited it and when it began stay', async () => {
    const { store } = world
    await addHall(store, 'a', 'b')
    const before = regular('a', bob, { createdAt: START + 3, invitedBy: cid })
    await join(store, before)
    await store.transact(async (tx) => tx.memberships.transfer(before, 'b', START + 9))
    const { memberships } = store.read
    const after = { ...before, subChannelId: 'b', lastUpdatedAt: START + 9 }
    expect(await memberships.find(part('b'), bob.arn)).toEqual(after)
    expect(await memberships.find(part('a'), bob.arn)).toBeUndefined()
    const access = await store.read.channels.findAccess(hall, bob.arn)
    expect(access?.caller.subChannelIds).toEqual(['b'])
    expect(await counts()).toEqual([
      ['a', 0, 0],
      ['b', 1, 0],
    ])
  })

  it('is gone at once with its messages and their tokens, and then purged in batches', async () => {
    const { store } = world
    await addHall(store, 'a', 'b')
    await join(store, regular('a', ann), regular('a', bob), regular('b', cid))
    const request = { token: 'token', requestHash: 'h' }
    const first = await send(store, saidInA('first'), request)
    for (const content of ['second', 'third']) await send(store, saidInA(content))
    await send(store, draft('hall', 'psst', { subChannelId: 'a', target: bob.arn }))
    const kept = await send(store, draft('hall', 'kept', { subChannelId: 'b', sender: cid }))
    expect(await store.read.messages.find(part('a'), first.messageId)).toEqual(first)
    expect(await store.read.messages.findByRequestToken(part('a'), ann.arn, 'token')).toBeDefined()
    await store.transact((tx) => takeApart(tx, 'a', 'b', START + 5))
    const listing = { order: 'ASCENDING', viewer: ann.arn, limit: 9 } as const
    const gone = async () => {
      const { messages } = world.store.read
      expect(await messages.find(part('a'), first.messageId)).toBeUndefined()
      expect((await messages.list(part('a'), listing)).items).toEqual([])
      expect(await messages.findByRequestToken(part('a'), ann.arn, 'token')).toBeUndefined()
      const inB = await messages.list(part('b'), { ...listing, viewer: cid.arn })
      expect(inB.items).toEqual([kept])
    }
    await gone()
    await world.reopen()
    await gone()
    const sizes: number[] = []
    for (;;) {
      const size = await world.store.transact((tx) => tx.upkeep.purgeRemoved(3))
      if (size === 0) break
      sizes.push(size)
    }
    // Four messages, what was targeted at and by one member each, and the sub-channel itself.
    expect(sizes).toEqual([3, 3, 1])
    await gone()
    expect(await counts()).toEqual([['b', 3, 0]])
  })

  it('is purged with its channel, however the channel goes', async () => {
    const { store } = world
    const purge = async () => {
      let total = 0
      for (;;) {
        const size = await store.transact((tx) => tx.upkeep.purgeRemoved(4))
        expect(size).toBeLessThanOrEqual(4)
        if (size === 0) return total
        total += size
      }
    }
    await addHall(store, 'a', 'b', 'gone')
    await join(store, regular('a', ann), ofModerator('a', bob), ofModerator('b', bob))
    await send(store, draft('hall', 'hello', { subChannelId: 'a' }))
    await store.transact(async (tx) => tx.subChannels.remove(part('gone')))
    await store.transact(async (tx) => tx.channels.remove(hall))
    // Three sub-channels, as many memberships, a message and the channel.
    expect(await purge()).toBe(8)
    const countOf = (member: Identity, quota: number) =>
      store.transact((tx) =>
        tx.fitsQuota({ kind: 'memberships-of-member', of: member.arn }, 0, quota),
      )
    expect([await countOf(bob, 1), await countOf(bob, 0)]).toEqual([true, false])
    await addHall(store, 'a', 'b')
    await join(store, ofModerator('a', bob), ofModerator('b', bob))
    await store.transact(async (tx) => tx.appInstances.remove(appInstanceArn))
    expect(await purge()).toBeGreaterThan(0)
    expect((await store.read.appInstances.list({ limit: 9 })).items).toEqual([])
  })

  it('lists every membership of someone once, as channels move and whatever the page', async () => {
    const { store } = world
    const ids = ['a', 'b', 'c', 'd', 'e']
    await addHall(store, ...ids)
    await join(store, ...ids.map((id) => ofModerator(id, bob)))
    for (const id of ['two', 'three']) {
      await addChannel(store, channel(id))
      await addMembers(store, id, 'bob')
    }
    const all = ['one', 'two', 'three'].map((id) => `${channelArn(id)} `)
    all.push(...ids.map((id) => `${hall} ${id}`))
    const moving = fc.array(fc.constantFrom('hall', 'two', 'one'), { maxLength: 4 })
    await fc.assert(
      fc.asyncProperty(moving, fc.integer({ min: 1, max: 4 }), async (moves, limit) => {
        const { items } = await pageThrough(
          (after) => store.read.memberships.listForMember(bob.arn, { limit, after }),
          async (pagesCount) => {
            const id = moves[pagesCount - 1]
            if (id === 'hall') await send(store, draft(id, 'hello', { subChannelId: 'c' }))
            else if (id !== undefined) await send(store, draft(id, 'hello'))
          },
        )
        const listed = items.map((item) => `${item.channel.arn} ${item.subChannelId}`)
        expect(new Set(listed)).toEqual(new Set(all))
        for (const each of all) {
          const times = listed.filter((one) => one === each).length
          const hasMoved = moves.some((id) => each.startsWith(`${channelArn(id)} `))
          expect(times).toBeLessThanOrEqual(hasMoved ? 2 : 1)
        }
      }),
      { numRuns: 30 },
    )
  })

  it('shows a channel once to whoever searches or moderates, in many sub-channels or in none', async () => {
    const { store } = world
    await addHall(store, 'a', 'b', 'c')
    await store.transact(async (tx) => {
      const since = { createdBy: ann, createdAt: START }
      for (const moderator of [bob, cid])
        tx.moderators.insert({ channelArn: hall, moderator, ...since })
    })
    await join(store, ...['a', 'b', 'c'].map((id) => ofModerator(id, bob)), regular('a', ann))
    const { ownMemberships, moderators, memberships } = store.read
    const search = async (operator: 'EQUALS' | 'INCLUDES', ...members: Identity[]) => {
      const memberArns = members.map(({ arn }) => arn)
      const found = await pageThrough((after) =>
        ownMemberships.search(
          appInstanceArn,
          [{ operator, memberArns }],
          { viewer: bob.arn, memberOf: bob.arn },
          { limit: 1, after },
        ),
      )
      return found.items.map((item) => item.channel.arn)
    }
    expect(await search('INCLUDES', bob)).toEqual([channelArn('one'), hall])
    expect(await search('INCLUDES', ann, bob)).toEqual([channelArn('one'), hall])
    expect(await search('INCLUDES', ann, bob, cid)).toEqual([channelArn('one')])
    expect(await search('EQUALS', ann, bob)).toEqual([])
    const moderated = await moderators.listForMember(bob.arn, { limit: 9 })
    expect(moderated.items.map((item) => item.channel.arn)).toEqual([hall])
    expect(await memberships.listModeratorMemberArns(hall)).toEqual([bob.arn])
  })

  it('tells of messages only where the viewer is a member', async () => {
    const { store, clock } = world
    await addHall(store, 'a', 'b', 'c')
    await join(store, regular('a', ann), regular('b', bob))
    await join(store, ofModerator('a', cid), ofModerator('b', cid), ofModerator('c', cid))
    await store.transact(async (tx) => {
      tx.moderators.insert({ channelArn: hall, moderator: cid, createdBy: ann, createdAt: START })
    })
    const say = async (subChannelId: string, more: Parameters<typeof draft>[2] = {}) => {
      clock.advance(1_000)
      return (await send(store, draft('hall', 'hello', { subChannelId, ...more }))).createdAt
    }
    const { channels, memberships, moderators, ownMemberships } = store.read
    const seenInChannel = async (viewer: Identity) => {
      const last = await channels.findLastMessageAt(hall, viewer.arn)
      const listed = await channels.list(appInstanceArn, { viewer: viewer.arn }, { limit: 9 })
      const inList = listed.items.find((item) => item.channel.arn === hall)?.lastMessageAt
      expect(inList).toBe(last)
      const searched = await ownMemberships.search(
        appInstanceArn,
        [{ operator: 'INCLUDES', memberArns: [cid.arn] }],
        { viewer: viewer.arn },
        { limit: 9 },
      )
      expect(searched.items.find((item) => item.channel.arn === hall)?.lastMessageAt).toBe(last)
      return last
    }
    const seenIn = async (subChannelId: string, viewer: Identity) => {
      const own = (await ownMemberships.find(part(subChannelId), viewer.arn))?.lastMessageAt
      const { items } = await memberships.listForMember(viewer.arn, { limit: 9 })
      const listed = items.find((item) => item.subChannelId === subChannelId)?.lastMessageAt
      expect(listed).toBe(own)
      return own
    }
    const inA = await say('a')
    const inB = await say('b')
    expect(await seenInChannel(ann)).toBe(inA)
    expect(await seenInChannel(bob)).toBe(inB)
    expect(await seenInChannel(cid)).toBe(inB)
    expect(await seenInChannel(person('nobody'))).toBeUndefined()
    expect(await channels.findLastMessageAt(hall)).toBeUndefined()
    expect([await seenIn('a', ann), await seenIn('b', bob)]).toEqual([inA, inB])
    expect([await seenIn('a', cid), await seenIn('b', cid), await seenIn('c', cid)]).toEqual([
      inA,
      inB,
      undefined,
    ])
    const [moderated] = (await moderators.listForMember(cid.arn, { limit: 9 })).items
    expect(moderated?.lastMessageAt).toBe(inB)
    // What is targeted counts for both ends, in its sub-channel, and for the expiration.
    const targeted = await say('a', { target: cid.arn })
    expect(await seenInChannel(cid)).toBe(targeted)
    expect([await seenIn('a', cid), await seenIn('b', cid)]).toEqual([targeted, inB])
    expect(await seenInChannel(bob)).toBe(inB)
    expect(await store.read.upkeep.findNewestMessageAt(hall)).toBe(targeted)
    const prefetched = await ownMemberships.listForPrefetch(cid.arn, 'last-message-timestamp', 9)
    expect(prefetched.filter(({ channelArn: arn }) => arn === hall)).toEqual(
      ['a', 'b', 'c'].map(part),
    )
    const first = await ownMemberships.listForPrefetch(bob.arn, 'unread', 1)
    expect(first).toEqual([part('b')])
    // Whoever is moved sees what is said where it is now.
    await store.transact(async (tx) => tx.memberships.transfer(regular('a', ann), 'b', START))
    expect([await seenIn('b', ann), await seenInChannel(ann)]).toEqual([inB, inB])
  })

  it('expires by the last message of the whole channel, and keeps messages by conversation', async () => {
    const { store, clock } = world
    const expiration = { days: 3, criterion: 'LAST_MESSAGE_TIMESTAMP' } as const
    await addHall(store, 'a', 'b')
    await store.transact(async (tx) => tx.channels.replace(elasticChannel('hall', { expiration })))
    await join(store, regular('a', ann), regular('b', bob))
    await send(store, draft('hall', 'old', { subChannelId: 'a' }))
    clock.advance(DAY_MS)
    const young = draft('hall', 'young', { subChannelId: 'b', sender: bob, target: bob.arn })
    await send(store, young)
    const due = async (now: number) =>
      (await store.read.upkeep.listExpiredChannels(now, { limit: 9 })).items
    expect(await due(START + 4 * DAY_MS - 1)).toEqual([])
    expect(await due(START + 4 * DAY_MS)).toEqual([hall])
    await store.transact(async (tx) =>
      tx.retention.put(appInstanceArn, { retentionDays: 1, initiateDeletionAt: START }),
    )
    const retained = await store.read.upkeep.listRetainedConversations(clock.now() + 9 * DAY_MS, {
      limit: 9,
    })
    expect(retained.items).toEqual(
      expect.arrayContaining(
        [part(''), part('a'), part('b')].map((each) => expect.objectContaining(each) as unknown),
      ),
    )
  })

  it('ends what a removed member was in each of them, in batches, and counts it out', async () => {
    const { store } = world
    const ids = ['a', 'b', 'c', 'd']
    await addHall(store, ...ids)
    const bobs = ids.map((id) => ofModerator(id, bob))
    await join(store, ...bobs, regular('a', cid), regular('b', ann))
    await store.transact(async (tx) => tx.appInstanceUsers.remove(bob.arn))
    await store.transact(async (tx) => tx.appInstanceUsers.remove(cid.arn))
    // The later bob is in one of them again.
    await addUsers(store, 'bob')
    await join(store, ofModerator('c', bob))
    expect(await store.read.memberships.listAll(part('a'))).toEqual([])
    expect(await store.transact((tx) => tx.fitsQuota(placesIn('a'), 0, 0))).toBe(false)
    const endAll = async (member: Identity) => {
      const ended = []
      for (;;) {
        const batch = await store.transact((tx) => tx.members.endRelations(member.arn, 2))
        if (batch === undefined) return ended
        ended.push(...batch.filter((each) => each.channelArn === hall))
      }
    }
    expect(await endAll(bob)).toEqual(['a', 'b', 'd'].map((id) => ofModerator(id, bob)))
    expect(await endAll(cid)).toEqual([regular('a', cid)])
    expect(await counts()).toEqual([
      ['a', 0, 0],
      ['b', 1, 0],
      ['c', 0, 1],
      ['d', 0, 0],
    ])
    const fits = (quota: number) =>
      store.transact((tx) => tx.fitsQuota({ kind: 'memberships-of-channel', of: hall }, 0, quota))
    expect([await fits(2), await fits(1)]).toEqual([true, false])
  })

  it('may be taken apart under what removed members left behind', async () => {
    const { store } = world
    await addHall(store, 'a', 'b')
    await join(store, regular('a', ann), regular('a', bob), ofModerator('a', cid))
    await store.transact(async (tx) => tx.appInstanceUsers.remove(bob.arn))
    await store.transact(async (tx) => tx.appInstanceUsers.remove(cid.arn))
    await store.transact((tx) => takeApart(tx, 'a', 'b', START + 5))
    while ((await store.transact((tx) => tx.upkeep.purgeRemoved(9))) > 0);
    for (const member of [bob, cid]) {
      // Nobody is left there to hear of it.
      const ended = await store.transact((tx) => tx.members.endRelations(member.arn, 9))
      expect(ended?.map((each) => each.channelArn)).toEqual([channelArn('one')])
    }
    expect(await counts()).toEqual([['b', 1, 0]])
    const fits = (quota: number) =>
      store.transact((tx) => tx.fitsQuota({ kind: 'memberships-of-channel', of: hall }, 0, quota))
    expect([await fits(1), await fits(0)]).toEqual([true, false])
    expect((await store.read.members.listWithRelationsLeft({ limit: 9 })).items).toEqual([])
  })
}
