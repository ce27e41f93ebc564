// Contract of paged lists, above all of those whose order moves while they are paged through. Run
// by store.contract.ts.
import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { appInstanceArnOf, type AppInstanceArn } from '../../src/base/arn.ts'
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

export function describeLists(createBed: CreateStoreBed): void {
  const world = withStore(createBed)
  const ann = person('ann')
  const ids = Array.from({ length: 11 }, (_, n) => `item-${String(n).padStart(2, '0')}`)

  it('lists app instances oldest first', async () => {
    const scope = { region: 'us-east-1', accountId: '000000000000' }
    const arns: AppInstanceArn[] = ids.map((id) => appInstanceArnOf(scope, id))
    await world.store.transact(async (tx) => {
      for (const [n, arn] of arns.entries()) {
        const at = START - 1 - n
        tx.appInstances.insert({ arn, name: 'x', createdAt: at, lastUpdatedAt: at })
      }
    })
    const { items, pagesCount } = await pageThrough((after) =>
      world.store.read.appInstances.list({ limit: 4, after }),
    )
    expect(items.map(({ arn }) => arn)).toEqual([...arns.toReversed(), appInstanceArn])
    expect(pagesCount).toBe(3)
  })

  it('lists users by id, admins and memberships oldest first', async () => {
    const { store } = world
    await addUsers(store, ...ids.toReversed())
    await store.transact(async (tx) => {
      for (const [n, id] of ids.entries()) {
        const createdAt = START + (n % 3)
        tx.appInstanceAdmins.insert({ appInstanceArn, admin: person(id), createdAt })
        tx.memberships.insert(membership('one', person(id), { type: 'HIDDEN', createdAt }))
      }
    })
    const users = await pageThrough((after) =>
      store.read.appInstanceUsers.list(appInstanceArn, { limit: 4, after }),
    )
    expect(users.items.map(({ arn }) => arn)).toEqual(
      ['ann', 'bob', 'cid', ...ids].map((id) => person(id).arn),
    )
    expect(users.pagesCount).toBe(4)
    const admins = await pageThrough((after) =>
      store.read.appInstanceAdmins.list(appInstanceArn, { limit: 4, after }),
    )
    const hidden = await pageThrough((after) =>
      store.read.memberships.list(conversation('one'), 'HIDDEN', { limit: 4, after }),
    )
    for (const list of [admins.items, hidden.items]) {
      const instants = list.map(({ createdAt }) => createdAt)
      expect(instants).toEqual(instants.toSorted((a, b) => a - b))
      expect(list).toHaveLength(11)
    }
    expect(new Set(admins.items.map(({ admin }) => admin.arn)).size).toBe(11)
    expect(new Set(hidden.items.map(({ member }) => member.arn)).size).toBe(11)
    const shown = await store.read.memberships.list(conversation('one'), 'DEFAULT', { limit: 50 })
    expect(shown.items.map(({ member }) => member)).toEqual(['ann', 'bob', 'cid'].map(person))
  })

  it('orders ids by their bytes, whatever the locale of the database', async () => {
    const mixed = ['Zoe', '_', 'a-b', 'aB', 'ab', 'zoe']
    await addUsers(world.store, ...mixed.toReversed())
    const { items } = await pageThrough((after) =>
      world.store.read.appInstanceUsers.list(appInstanceArn, { limit: 2, after }),
    )
    const expected = ['Zoe', '_', 'a-b', 'aB', 'ab', 'ann', 'bob', 'cid', 'zoe']
    expect(items.map(({ arn }) => arn)).toEqual(expected.map((id) => person(id).arn))
  })

  it('lists channels by newest activity, with and without a privacy', async () => {
    const { store } = world
    for (const [n, id] of ids.entries()) {
      await addChannel(store, channel(id, { privacy: n % 2 === 0 ? 'PUBLIC' : 'PRIVATE' }))
    }
    await send(store, draft('item-03', 'moves it to the top'))
    await send(store, draft('item-00', 'not stored', { persistence: 'NON_PERSISTENT' }))
    const listed = async (privacy?: 'PUBLIC' | 'PRIVATE') => {
      const { items } = await pageThrough((after) =>
        store.read.channels.list(appInstanceArn, { privacy, viewer: ann.arn }, { limit: 3, after }),
      )
      return items.map((item) => item.channel.arn)
    }
    const expected = ['item-03', ...ids.filter((id) => id !== 'item-03').toReversed(), 'one']
    expect(await listed()).toEqual(expected.map(channelArn))
    const isPublic = (id: string) => id === 'one' || ids.indexOf(id) % 2 === 0
    expect(await listed('PUBLIC')).toEqual(expected.filter(isPublic).map(channelArn))
    expect(await listed('PRIVATE')).toEqual(expected.filter((id) => !isPublic(id)).map(channelArn))
  })

  it('never leaves out a channel that becomes active while it is paged through', async () => {
    const { store } = world
    for (const id of ids) {
      await addChannel(store, channel(id))
      await addMembers(store, id, 'ann')
    }
    const all = new Set(['one', ...ids].map(channelArn))
    const moves = fc.array(fc.array(fc.constantFrom(...ids), { maxLength: 4 }), { maxLength: 5 })
    const limits = fc.integer({ min: 1, max: 5 })
    await fc.assert(
      fc.asyncProperty(moves, limits, fc.boolean(), async (planned, limit, ofMember) => {
        const { items } = await pageThrough<{ readonly channel: { readonly arn: string } }>(
          (after) =>
            ofMember
              ? store.read.memberships.listForMember(ann.arn, { limit, after })
              : store.read.channels.list(appInstanceArn, { viewer: ann.arn }, { limit, after }),
          async (pagesCount) => {
            for (const id of planned[pagesCount - 1] ?? []) await send(store, draft(id, 'move'))
          },
        )
        const arns = items.map((item) => item.channel.arn)
        expect(new Set(arns)).toEqual(all)
        // At most twice, and only what moved.
        const moved = new Set(planned.flat().map(channelArn))
        for (const arn of all) {
          const times = arns.filter((listed) => listed === arn).length
          expect(times).toBeLessThanOrEqual(moved.has(arn) ? 2 : 1)
        }
      }),
      { numRuns: 60 },
    )
  })

  it('ends, although channels keep moving on every page', async () => {
    const { store } = world
    for (const id of ids) await addChannel(store, channel(id))
    const { items } = await pageThrough(
      (after) => store.read.channels.list(appInstanceArn, { viewer: ann.arn }, { limit: 2, after }),
      async () => {
        for (const id of ids) await send(store, draft(id, 'busy'))
      },
    )
    expect(items.length).toBeLessThanOrEqual(2 * (ids.length + 1))
    expect(new Set(items.map((item) => item.channel.arn)).size).toBe(ids.length + 1)
  })

  it('lists the channels of a member with the type of membership', async () => {
    const { store } = world
    await addChannel(store, channel('two'))
    await store.transact(async (tx) =>
      tx.memberships.insert(membership('two', ann, { type: 'HIDDEN' })),
    )
    const page = await store.read.memberships.listForMember(ann.arn, { limit: 10 })
    expect(page.items.map((item) => [item.channel.arn, item.type])).toEqual([
      [channelArn('two'), 'HIDDEN'],
      [channelArn('one'), 'DEFAULT'],
    ])
    const conversations = await store.read.memberships.listConversations(ann.arn)
    expect(conversations).toHaveLength(2)
    expect(conversations).toEqual(
      expect.arrayContaining([conversation('one'), conversation('two')]),
    )
  })
}
