// The contract of background work: what is due is found, what is gone is purged in bounded batches,
// and nobody else notices.
import { expect, it } from 'vitest'
import { arnWithin } from '../../src/base/arn.ts'
import { DAY_MS } from '../../src/domain/expiration.ts'
import type { Cursor, Page } from '../../src/ports/paging.ts'
import {
  REQUEST_TOKEN_WINDOW_MS,
  type Store,
  type StoreTransaction,
} from '../../src/ports/store.ts'
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
  person,
  send,
  START,
} from './store-world.ts'
import type { CreateStoreBed } from './store.contract.ts'
import { withStore } from './with-store.ts'

/** Runs `batch` until nothing is left; the size of each batch. */
async function purge(
  store: Store,
  batch: (tx: StoreTransaction) => Promise<number>,
): Promise<number[]> {
  const sizes: number[] = []
  for (;;) {
    const size = await store.transact(batch)
    if (size === 0) return sizes
    sizes.push(size)
  }
}

function sum(sizes: readonly number[]): number {
  return sizes.reduce((total, size) => total + size, 0)
}

async function everyPage<Item>(
  fetch: (page: { after?: Cursor; limit: number }) => Promise<Page<Item>>,
): Promise<Item[]> {
  const items: Item[] = []
  for (let after: Cursor | undefined; ;) {
    const page = await fetch({ limit: 2, ...(after === undefined ? {} : { after }) })
    items.push(...page.items)
    if (page.next === undefined) return items
    after = page.next
  }
}

export function describeUpkeep(createBed: CreateStoreBed): void {
  const world = withStore(createBed)
  const ann = person('ann')
  const bob = person('bob')

  it('finds the channels that expired, by creation or by the last message', async () => {
    const { store, clock } = world
    const created = { days: 3, criterion: 'CREATED_TIMESTAMP' } as const
    const last = { days: 3, criterion: 'LAST_MESSAGE_TIMESTAMP' } as const
    await addChannel(store, channel('created', { expiration: created }))
    await addChannel(store, channel('silent', { expiration: last }))
    await addChannel(store, channel('busy', { expiration: last }))
    await addChannel(store, channel('whispering', { expiration: last }))
    clock.advance(DAY_MS)
    await send(store, draft('busy', 'hello'))
    await send(store, draft('whispering', 'psst', { target: bob.arn }))
    const due = async (now: number) =>
      new Set(await everyPage((page) => store.read.upkeep.listExpiredChannels(now, page)))
    expect(await due(START + 3 * DAY_MS - 1)).toEqual(new Set())
    expect(await due(START + 3 * DAY_MS)).toEqual(
      new Set([channelArn('created'), channelArn('silent')]),
    )
    expect((await due(START + 4 * DAY_MS + 1)).size).toBe(4)
    expect(await store.read.upkeep.findNewestMessageAt(channelArn('silent'))).toBeUndefined()
    expect(await store.read.upkeep.findNewestMessageAt(channelArn('whispering'))).toBe(clock.now())
    await store.transact(async (tx) => tx.channels.replace(channel('created')))
    expect(await due(START + 3 * DAY_MS)).toEqual(new Set([channelArn('silent')]))
    await store.transact(async (tx) => tx.appInstances.remove(appInstanceArn))
    expect(await due(START + 9 * DAY_MS)).toEqual(new Set())
  })

  it('finds the users that expired', async () => {
    const { store } = world
    await store.transact(async (tx) => {
      for (const [id, expirationDays] of [
        ['dan', 1],
        ['eve', 2],
        ['fay', 2],
      ] as const) {
        const { arn, name } = person(id)
        const times = { createdAt: START, lastUpdatedAt: START }
        tx.appInstanceUsers.insert({ arn, name, expirationDays, ...times })
      }
    })
    const due = (now: number) => everyPage((page) => store.read.upkeep.listExpiredUsers(now, page))
    expect(await due(START + DAY_MS - 1)).toEqual([])
    expect(await due(START + DAY_MS)).toEqual([person('dan').arn])
    expect(await due(START + 2 * DAY_MS)).toHaveLength(3)
    await store.transact(async (tx) => tx.appInstanceUsers.remove(person('eve').arn))
    expect(await due(START + 2 * DAY_MS)).toHaveLength(2)
  })

  it('purges a removed channel in bounded batches, and its memberships from the quotas', async () => {
    const { store } = world
    for (let n = 0; n < 7; n++) await send(store, draft('one', String(n)))
    await send(store, draft('one', 'psst', { target: bob.arn }))
    await addUsers(store, 'dan')
    await store.transact(async (tx) => {
      const since = { createdBy: ann, createdAt: START }
      tx.moderators.insert({ channelArn: channelArn('one'), moderator: bob, ...since })
      tx.bans.insert({ channelArn: channelArn('one'), member: person('dan'), ...since })
    })
    await addChannel(store, channel('two'))
    await addMembers(store, 'two', 'bob')
    await send(store, draft('two', 'stays'))
    await store.transact(async (tx) => tx.channels.remove(channelArn('one')))
    const sizes = await purge(store, (tx) => tx.upkeep.purgeRemoved(3))
    expect(Math.max(...sizes)).toBeLessThanOrEqual(3)
    // Messages, memberships, the moderator, the ban, marks of targeted messages, the channel.
    expect(sum(sizes)).toBe(8 + 3 + 1 + 1 + 2 + 1)
    const counted = { kind: 'memberships-of-member', of: bob.arn } as const
    await store.transact(async (tx) => {
      expect(await tx.fitsQuota(counted, 1, 2)).toBe(true)
      expect(await tx.fitsQuota(counted, 1, 1)).toBe(false)
    })
    const request = { order: 'ASCENDING', viewer: bob.arn, limit: 9 } as const
    const kept = await store.read.messages.list(conversation('two'), request)
    expect(kept.items.map(({ content }) => content)).toEqual(['stays'])
    // The id may be used again, and inherits nothing.
    await addChannel(store, channel('one'))
    expect((await store.read.messages.list(conversation('one'), request)).items).toEqual([])
    expect(await purge(store, (tx) => tx.upkeep.purgeRemoved(3))).toEqual([])
  })

  it('purges many small channels in one batch, and goes on within a large one', async () => {
    const { store } = world
    const small = ['a', 'b', 'c', 'd'].map((name) => `small-${name}`)
    for (const id of small) await addChannel(store, channel(id))
    for (let n = 0; n < 5; n++) await send(store, draft('one', String(n)))
    await store.transact(async (tx) => {
      for (const id of [...small, 'one']) tx.channels.remove(channelArn(id))
    })
    const sizes = await purge(store, (tx) => tx.upkeep.purgeRemoved(10))
    // Whatever the fixture's own channel holds beside five messages and itself.
    expect(sizes.length).toBeLessThan(small.length)
    expect(sizes.slice(0, -1).every((size) => size === 10)).toBe(true)
    expect(sum(sizes)).toBeGreaterThanOrEqual(small.length + 5 + 1)
  })

  it('purges a removed app instance with everybody in it', async () => {
    const { store } = world
    for (let n = 0; n < 5; n++) await send(store, draft('one', String(n)))
    await store.transact(async (tx) => {
      tx.appInstanceAdmins.insert({ appInstanceArn, admin: bob, createdAt: START })
      tx.appInstanceUsers.remove(person('cid').arn)
    })
    await store.transact(async (tx) => tx.appInstances.remove(appInstanceArn))
    const sizes = await purge(store, (tx) => tx.upkeep.purgeRemoved(2))
    expect(Math.max(...sizes)).toBeLessThanOrEqual(2)
    // Five messages, three memberships (one of a removed user), the channel twice (hidden, then
    // purged), three users, itself.
    expect(sum(sizes)).toBe(5 + 3 + 2 + 3 + 1)
    await store.transact(async (tx) => {
      tx.appInstances.insert({
        arn: appInstanceArn,
        name: 'Again',
        createdAt: START,
        lastUpdatedAt: START,
      })
    })
    expect(await store.read.channels.find(channelArn('one'))).toBeUndefined()
    expect(await store.read.members.findIdentity(bob.arn)).toBeUndefined()
    expect(await purge(store, (tx) => tx.upkeep.purgeRemoved(2))).toEqual([])
  })

  it('purges messages past their retention after the grace, and none before', async () => {
    const { store, clock } = world
    await addChannel(store, channel('two'))
    for (let n = 0; n < 5; n++) await send(store, draft('one', `old ${n}`))
    await send(store, draft('two', 'old'))
    clock.advance(10 * DAY_MS)
    await send(store, draft('one', 'new'))
    const now = clock.now()
    const conversations = (at: number) =>
      everyPage((page) => store.read.upkeep.listRetainedConversations(at, page))
    expect(await conversations(now)).toEqual([])
    await store.transact(async (tx) => {
      tx.retention.put(appInstanceArn, { retentionDays: 5, initiateDeletionAt: now + 1 })
    })
    expect(await conversations(now)).toEqual([])
    const due = await conversations(now + 1)
    expect(due.map((found) => found.channelArn).toSorted()).toEqual(
      [channelArn('one'), channelArn('two')].toSorted(),
    )
    let sizes: number[] = []
    for (const found of due) {
      sizes = [...sizes, ...(await purge(store, (tx) => tx.upkeep.purgeMessages(found, 2)))]
    }
    expect(sum(sizes)).toBe(6)
    expect(Math.max(...sizes)).toBe(2)
    await store.transact(async (tx) => {
      tx.retention.put(appInstanceArn, { initiateDeletionAt: now })
    })
    expect(await conversations(now + 1)).toEqual([])
    const request = { order: 'ASCENDING', viewer: ann.arn, limit: 9 } as const
    const kept = await store.read.messages.list(conversation('one'), request)
    expect(kept.items.map(({ content }) => content)).toEqual(['new'])
  })

  it('forgets deleted messages and request tokens once they may be forgotten', async () => {
    const { store, clock } = world
    const sent = await send(store, draft('one', 'gone'), { token: 't', requestHash: 'h' })
    await send(store, draft('one', 'stays'))
    const reference = { scope: 'CreateChannel', token: 'u' }
    await store.transact(async (tx) => {
      tx.messages.remove(conversation('one'), sent.messageId)
      const answer = { requestHash: 'h', response: '{}' }
      tx.requestTokens.record(reference, answer, clock.now() + DAY_MS)
    })
    const tombstones = (now: number) =>
      purge(store, (tx) => tx.upkeep.purgeTombstones(now, 10)).then(sum)
    const tokens = (now: number) =>
      purge(store, (tx) => tx.upkeep.purgeRequestTokens(now, 10)).then(sum)
    expect(await tombstones(clock.now() + REQUEST_TOKEN_WINDOW_MS - 1)).toBe(0)
    expect(await tokens(clock.now() + DAY_MS - 1)).toBe(0)
    expect(await store.read.requestTokens.find(reference)).toBeDefined()
    expect(await tombstones(clock.now() + REQUEST_TOKEN_WINDOW_MS + 1)).toBe(1)
    expect(await tokens(clock.now() + DAY_MS)).toBe(1)
    expect(await store.read.requestTokens.find(reference)).toBeUndefined()
    expect(await store.read.channels.findLastMessageAt(channelArn('one'), ann.arn)).toBeDefined()
  })

  it('leaves removed people as names, and what belongs to others', async () => {
    const { store } = world
    await addUsers(store, 'dan')
    await store.transact(async (tx) => tx.memberships.insert(membership('one', person('dan'))))
    await send(store, draft('one', 'from dan', { sender: person('dan') }))
    await store.transact(async (tx) => tx.appInstanceUsers.remove(person('dan').arn))
    await purge(store, (tx) => tx.upkeep.purgeRemoved(10))
    const request = { order: 'ASCENDING', viewer: ann.arn, limit: 9 } as const
    const { items } = await store.read.messages.list(conversation('one'), request)
    expect(items.map(({ sender }) => sender)).toEqual([
      { arn: arnWithin(appInstanceArn, 'user', 'dan'), name: 'DAN' },
    ])
    const page = { limit: 9 }
    expect(
      (await store.read.memberships.list(conversation('one'), 'DEFAULT', page)).items,
    ).toHaveLength(3)
  })
}
