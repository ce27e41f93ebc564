// Contract of moderators, bans, what members alone see of their memberships, and the search by
// members. Run by store.contract.ts.
import { expect, it } from 'vitest'
import type { ChannelArn } from '../../src/base/arn.ts'
import type { MemberSearch } from '../../src/ports/store-moderation.ts'
import {
  addChannel,
  addMembers,
  addUsers,
  appInstanceArn,
  channel,
  channelArn,
  conversation,
  draft,
  membership,
  pageThrough,
  person,
  send,
  START,
} from './store-world.ts'
import type { CreateStoreBed } from './store.contract.ts'
import { withStore } from './with-store.ts'

const arns = (...ids: string[]) => ids.map(channelArn)

export function describeModeration(createBed: CreateStoreBed): void {
  const world = withStore(createBed)
  const one = channelArn('one')
  const [ann, bob, cid] = [person('ann'), person('bob'), person('cid')]
  const ids = Array.from({ length: 7 }, (_, n) => `item-${n}`)

  it('finds, lists and removes moderators and bans, each for itself', async () => {
    const { store } = world
    const role = { channelArn: one, createdBy: ann, createdAt: START }
    await store.transact(async (tx) => {
      tx.moderators.insert({ ...role, moderator: bob })
      tx.bans.insert({ ...role, member: cid })
    })
    expect(await store.read.moderators.find(one, bob.arn)).toEqual({ ...role, moderator: bob })
    expect(await store.read.bans.find(one, cid.arn)).toEqual({ ...role, member: cid })
    expect(await store.read.moderators.find(one, cid.arn)).toBeUndefined()
    expect(await store.read.bans.find(one, bob.arn)).toBeUndefined()
    expect((await store.read.channels.findAccess(one, cid.arn))?.caller.isBanned).toBe(true)
    await store.transact(async (tx) => {
      tx.moderators.remove(one, bob.arn)
      tx.bans.remove(one, cid.arn)
    })
    expect(await store.read.moderators.find(one, bob.arn)).toBeUndefined()
    expect(await store.read.bans.list(one, { limit: 5 })).toEqual({ items: [] })
    expect((await store.read.channels.findAccess(one, cid.arn))?.caller.isBanned).toBe(false)
    expect((await store.read.channels.findAccess(one, bob.arn))?.caller.isModerator).toBe(false)
  })

  it('counts moderators exactly, also when one is removed twice', async () => {
    const { store } = world
    const role = { channelArn: one, createdBy: ann, createdAt: START }
    await store.transact(async (tx) => tx.moderators.insert({ ...role, moderator: bob }))
    await store.transact(async (tx) => tx.moderators.remove(one, bob.arn))
    await store.transact(async (tx) => tx.moderators.remove(one, bob.arn))
    const fits = (quota: number) =>
      store.transact((tx) => tx.fitsQuota({ kind: 'moderators', of: one }, 1, quota))
    expect(await fits(1)).toBe(true)
    expect(await fits(0)).toBe(false)
  })

  it('runs a transaction again when somebody was banned meanwhile', async () => {
    const { store } = world
    await addUsers(store, 'dan')
    const dan = person('dan')
    let runs = 0
    await store.transact(async (tx) => {
      runs++
      const access = await tx.channels.findAccess(one, dan.arn)
      if (runs === 1) {
        const ban = { channelArn: one, member: dan, createdBy: ann, createdAt: START }
        await store.transact(async (other) => other.bans.insert(ban))
      }
      if (access?.caller.isBanned === false) tx.memberships.insert(membership('one', dan))
    })
    expect(runs).toBe(2)
    expect(await store.read.memberships.find(conversation('one'), dan.arn)).toBeUndefined()
  })

  it('lists moderators and bans oldest first, page by page', async () => {
    const { store } = world
    await addUsers(store, ...ids)
    await store.transact(async (tx) => {
      for (const [n, id] of ids.entries()) {
        const role = { channelArn: one, createdBy: ann, createdAt: START - n }
        tx.moderators.insert({ ...role, moderator: person(id) })
        tx.bans.insert({ ...role, member: person(id) })
      }
    })
    const expected = ids.toReversed().map((id) => person(id))
    const moderators = await pageThrough((after) =>
      store.read.moderators.list(one, { limit: 3, after }),
    )
    expect(moderators.items.map(({ moderator }) => moderator)).toEqual(expected)
    expect(moderators.pagesCount).toBe(3)
    const bans = await pageThrough((after) => store.read.bans.list(one, { limit: 3, after }))
    expect(bans.items.map(({ member }) => member)).toEqual(expected)
  })

  it('lists the channels that someone moderates by newest activity', async () => {
    const { store } = world
    for (const id of ids) {
      await addChannel(store, channel(id))
      const role = { channelArn: channelArn(id), createdBy: ann, createdAt: START }
      await store.transact(async (tx) => tx.moderators.insert({ ...role, moderator: bob }))
    }
    await send(store, draft('item-2', 'moves it to the top'))
    await store.transact(async (tx) => tx.channels.remove(channelArn('item-4')))
    const { items, pagesCount } = await pageThrough((after) =>
      store.read.moderators.listForMember(bob.arn, { limit: 2, after }),
    )
    expect(items.map((item) => item.channel.arn)).toEqual(
      ['item-2', 'item-6', 'item-5', 'item-3', 'item-1', 'item-0'].map(channelArn),
    )
    expect(items[0]?.lastMessageAt).toBeDefined()
    expect(pagesCount).toBe(3)
  })

  it('keeps preferences and read markers of one membership, and never moves a marker back', async () => {
    const { store } = world
    const own = () => store.read.ownMemberships.find(conversation('one'), bob.arn)
    expect(await own()).toEqual({
      channel: channel('one'),
      type: 'DEFAULT',
      subChannelId: '',
    })
    expect(await store.read.ownMemberships.findPreferences(one, bob.arn)).toBeUndefined()
    const preferences = { allowNotifications: 'FILTERED', filterRule: '{"a":["b"]}' } as const
    await store.transact(async (tx) => {
      tx.ownMemberships.putPreferences(one, bob.arn, preferences)
      tx.ownMemberships.putReadMarker(one, bob.arn, START + 5)
      tx.ownMemberships.putReadMarker(one, person('nobody').arn, START)
    })
    await store.transact(async (tx) => tx.ownMemberships.putReadMarker(one, bob.arn, START + 4))
    expect((await own())?.readMarkerAt).toBe(START + 5)
    expect(
      (await store.read.ownMemberships.find(conversation('one'), cid.arn))?.readMarkerAt,
    ).toBeUndefined()
    expect(await store.read.ownMemberships.findPreferences(one, bob.arn)).toEqual(preferences)
    const listed = await store.read.memberships.listForMember(bob.arn, { limit: 5 })
    expect(listed.items.map(({ readMarkerAt }) => readMarkerAt)).toEqual([START + 5])
    expect(
      await store.read.ownMemberships.find(conversation('one'), person('nobody').arn),
    ).toBeUndefined()
    // A membership that begins anew remembers neither.
    await store.transact(async (tx) => tx.memberships.remove(membership('one', bob)))
    await store.transact(async (tx) => tx.memberships.insert(membership('one', bob)))
    expect((await own())?.readMarkerAt).toBeUndefined()
    expect(await store.read.ownMemberships.findPreferences(one, bob.arn)).toBeUndefined()
  })

  it('finds channels by their members, exactly and among others', async () => {
    const { store } = world
    await addUsers(store, 'dan', 'eve')
    for (const [id, ...members] of [
      ['pair', 'ann', 'bob'],
      ['other-pair', 'ann', 'bob'],
      ['trio', 'ann', 'bob', 'dan'],
      ['gone', 'ann', 'bob'],
    ] as const) {
      await addChannel(store, channel(id))
      await addMembers(store, id, ...members)
    }
    await store.transact(async (tx) => {
      tx.memberships.insert(membership('pair', person('eve'), { type: 'HIDDEN' }))
    })
    await store.transact(async (tx) => tx.channels.remove(channelArn('gone')))
    const search = async (
      searches: readonly (readonly [MemberSearch['operator'], ...string[]])[],
      memberOf?: string,
    ) => {
      const { items } = await store.read.ownMemberships.search(
        appInstanceArn,
        searches.map(([operator, ...names]) => ({
          operator,
          memberArns: names.map((name) => person(name).arn),
        })),
        { viewer: ann.arn, memberOf: memberOf === undefined ? undefined : person(memberOf).arn },
        { limit: 50 },
      )
      return items.map((item) => item.channel.arn)
    }
    expect(await search([['EQUALS', 'ann', 'bob']])).toEqual(arns('pair', 'other-pair'))
    expect(await search([['EQUALS', 'bob', 'ann', 'bob']])).toEqual(arns('pair', 'other-pair'))
    expect(await search([['EQUALS', 'ann', 'bob']], 'eve')).toEqual(arns('pair'))
    expect(await search([['EQUALS', 'ann', 'bob', 'eve']])).toEqual([])
    expect(await search([['EQUALS', 'ann']])).toEqual([])
    const both = ['one', 'pair', 'other-pair', 'trio']
    expect(await search([['INCLUDES', 'ann', 'bob']])).toEqual(arns(...both))
    expect(
      await search([
        ['INCLUDES', 'ann'],
        ['INCLUDES', 'dan'],
      ]),
    ).toEqual(arns('trio'))
    expect(await search([['INCLUDES', 'dan']], 'cid')).toEqual([])
    expect(await search([['INCLUDES', 'eve']])).toEqual([])
    const exact = ['EQUALS', 'ann', 'bob'] as const
    expect(await search([exact, ['INCLUDES', 'ann']])).toEqual(arns('pair', 'other-pair'))
    expect(await search([exact, ['INCLUDES', 'dan']])).toEqual([])
    expect(await search([exact, ['EQUALS', 'ann', 'bob', 'dan']])).toEqual([])
    expect(await search([['INCLUDES', 'ann', 'nobody']])).toEqual([])
  })

  it('finds by as many members as a request can name, with what the viewer may see', async () => {
    const { store } = world
    const crowd = Array.from({ length: 60 }, (_, n) => `crowd-${n}`)
    await addUsers(store, ...crowd)
    await addMembers(store, 'one', ...crowd)
    const message = await send(store, draft('one', 'psst', { target: bob.arn }))
    const searches = [crowd.slice(0, 20), crowd.slice(20, 40), crowd.slice(40)].map((names) => ({
      operator: 'INCLUDES' as const,
      memberArns: names.map((name) => person(name).arn),
    }))
    const seenBy = async (viewer: typeof ann) => {
      const filter = { viewer: viewer.arn }
      const page = { limit: 5 }
      return (await store.read.ownMemberships.search(appInstanceArn, searches, filter, page)).items
    }
    const summary = { channel: channel('one') }
    expect(await seenBy(bob)).toEqual([{ ...summary, lastMessageAt: message.createdAt }])
    expect(await seenBy(cid)).toEqual([{ ...summary, lastMessageAt: undefined }])
  })

  it('pages through what it finds, each channel once, although many do not fit', async () => {
    const { store } = world
    const all: ChannelArn[] = []
    // More than one step of the walk, where only every 100th channel fits.
    const last = 1_100
    await store.transact(async (tx) => {
      for (let n = 0; n < last; n++) tx.channels.insert(channel(`walk-${n}`))
    })
    await store.transact(async (tx) => {
      for (let n = 0; n < last; n++) {
        tx.memberships.insert(membership(`walk-${n}`, ann))
        if (n % 100 === 0) tx.memberships.insert(membership(`walk-${n}`, bob))
        if (n % 100 === 0) all.push(channelArn(`walk-${n}`))
      }
    })
    // Whoever has the fewest channels still has more than one step of them that do not fit.
    const dan = person('dan')
    await addUsers(store, 'dan')
    await store.transact(async (tx) => {
      for (let n = 0; n < 700; n++) tx.memberships.insert(membership(`walk-${n}`, dan))
    })
    const { items: last700 } = await store.read.ownMemberships.search(
      appInstanceArn,
      [{ operator: 'EQUALS', memberArns: [dan.arn] }],
      { viewer: ann.arn },
      { limit: 5 },
    )
    expect(last700).toEqual([])
    const searches = [{ operator: 'INCLUDES', memberArns: [ann.arn, bob.arn] }] as const
    const { items, pagesCount } = await pageThrough((after) =>
      store.read.ownMemberships.search(
        appInstanceArn,
        searches,
        { viewer: ann.arn },
        { limit: 5, after },
      ),
    )
    expect(items.map((item) => item.channel.arn)).toEqual([one, ...all])
    expect(pagesCount).toBe(3)
  })
}
