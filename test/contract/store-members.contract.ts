// Contract of bots, endpoints, retention, and of what removed members leave behind. Run by
// store.contract.ts.
import { expect, it } from 'vitest'
import { arnWithin } from '../../src/base/arn.ts'
import type { AppInstanceUserEndpoint } from '../../src/domain/identity.ts'
import type { ChannelMembership } from '../../src/domain/channel.ts'
import type { Store } from '../../src/ports/store.ts'
import {
  endRelationsOfRemoved,
  tryToEndRelations,
} from '../../src/services/identity/member-removal.ts'
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

const DAY_MS = 24 * 60 * 60 * 1000
const [ann, bob, cid] = [person('ann'), person('bob'), person('cid')]
const one = channelArn('one')

const bot = (id: string) => ({
  arn: arnWithin(appInstanceArn, 'bot', id),
  name: `Bot ${id}`,
  configuration: {
    lexBotAliasArn: 'arn:aws:lex:us-east-1:000000000000:bot-alias/BOTBOTBOT1/ALIASALIA1',
    localeId: 'en_US',
    invokedBy: { standardMessages: 'MENTIONS', targetedMessages: 'NONE' },
  } as const,
  createdAt: START,
  lastUpdatedAt: START,
})

const endpoint = (
  endpointId: string,
  more: Partial<AppInstanceUserEndpoint> = {},
): AppInstanceUserEndpoint => ({
  appInstanceUserArn: bob.arn,
  endpointId,
  type: 'GCM',
  resourceArn: 'arn:aws:mobiletargeting:us-east-1:000000000000:apps/a',
  deviceToken: `device ${endpointId}`,
  allowMessages: 'ALL',
  status: 'ACTIVE',
  createdAt: START,
  lastUpdatedAt: START,
  ...more,
})

/** Ends everything in batches; resolves with the memberships of each. */
async function endAll(store: Store, limit: number): Promise<ChannelMembership[][]> {
  const batches: ChannelMembership[][] = []
  for (;;) {
    const ended = await store.transact((tx) => tx.members.endRelations(bob.arn, limit))
    if (ended === undefined) return batches
    batches.push([...ended])
  }
}

export function describeMembers(createBed: CreateStoreBed): void {
  const world = withStore(createBed)

  it('keeps bots beside users: each in its own list and count, both as members', async () => {
    const { store } = world
    const made = { ...bot('b1'), metadata: '' }
    await store.transact(async (tx) => {
      for (const each of [made, bot('b2'), bot('b3')]) tx.appInstanceBots.insert(each)
    })
    const { read } = store
    expect(await read.appInstanceBots.find(made.arn)).toEqual(made)
    expect(await read.members.findIdentity(made.arn)).toEqual({ arn: made.arn, name: 'Bot b1' })
    const listed = await pageThrough((after) =>
      read.appInstanceBots.list(appInstanceArn, { after, limit: 2 }),
    )
    expect(listed.items.map(({ name }) => name)).toEqual(['Bot b1', 'Bot b2', 'Bot b3'])
    const users = await read.appInstanceUsers.list(appInstanceArn, { limit: 9 })
    expect(users.items.map(({ arn }) => arn)).toEqual([ann.arn, bob.arn, cid.arn])
    await store.transact(async (tx) => {
      expect(await tx.fitsQuota({ kind: 'bots', of: appInstanceArn }, 0, 2)).toBe(false)
      expect(await tx.fitsQuota({ kind: 'bots', of: appInstanceArn }, 0, 3)).toBe(true)
      expect(await tx.fitsQuota({ kind: 'users', of: appInstanceArn }, 0, 3)).toBe(true)
    })
    const configuration = { ...made.configuration, welcomeIntent: 'Hello' }
    const renamed = { ...made, name: 'New', configuration, lastUpdatedAt: START + 1 }
    await store.transact(async (tx) => tx.appInstanceBots.replace(renamed))
    expect(await read.appInstanceBots.find(made.arn)).toEqual(renamed)
    expect((await read.members.findIdentity(made.arn))?.name).toBe('New')
  })

  it('removes a bot as it removes a user, and keeps its name under its messages', async () => {
    const { store } = world
    const { arn, name } = bot('b1')
    await store.transact(async (tx) => tx.appInstanceBots.insert(bot('b1')))
    await store.transact(async (tx) => {
      tx.memberships.insert(membership('one', { arn, name }))
      tx.appInstanceAdmins.insert({ appInstanceArn, admin: { arn, name }, createdAt: START })
    })
    const message = await send(store, draft('one', 'beep', { sender: { arn, name } }))
    await store.transact(async (tx) => tx.appInstanceBots.remove(arn))
    const { read } = store
    expect(await read.appInstanceBots.find(arn)).toBeUndefined()
    expect(await read.members.findIdentity(arn)).toBeUndefined()
    expect((await read.appInstanceBots.list(appInstanceArn, { limit: 9 })).items).toEqual([])
    expect(await read.memberships.find(conversation('one'), arn)).toBeUndefined()
    expect(await read.appInstanceAdmins.find(appInstanceArn, arn)).toBeUndefined()
    const kept = await read.messages.find(conversation('one'), message.messageId)
    expect(kept?.sender).toEqual({ arn, name })
    await store.transact(async (tx) => {
      expect(await tx.fitsQuota({ kind: 'bots', of: appInstanceArn }, 0, 0)).toBe(true)
      expect(await tx.fitsQuota({ kind: 'users', of: appInstanceArn }, 0, 2)).toBe(false)
      expect(await tx.fitsQuota({ kind: 'admins', of: appInstanceArn }, 0, 0)).toBe(true)
    })
  })

  it('hides a removed member from every list at once', async () => {
    const { store } = world
    await store.transact(async (tx) => {
      const since = { createdBy: ann, createdAt: START }
      tx.moderators.insert({ channelArn: one, moderator: bob, ...since })
      tx.bans.insert({ channelArn: one, member: bob, ...since })
    })
    await store.transact(async (tx) => tx.appInstanceUsers.remove(bob.arn))
    const { read } = store
    const page = { limit: 10 }
    const members = await read.memberships.list(conversation('one'), 'DEFAULT', page)
    expect(members.items.map(({ member }) => member.arn)).toEqual([ann.arn, cid.arn])
    expect(await read.memberships.listModeratorMemberArns(one)).toEqual([])
    expect((await read.moderators.list(one, page)).items).toEqual([])
    expect((await read.bans.list(one, page)).items).toEqual([])
    const pair = { operator: 'EQUALS', memberArns: [ann.arn, cid.arn] } as const
    const found = await read.ownMemberships.search(
      appInstanceArn,
      [pair],
      { viewer: ann.arn, memberOf: ann.arn },
      page,
    )
    expect(found.items.map((item) => item.channel.arn)).toEqual([one])
  })

  it('ends what a removed member left behind in bounded batches, each membership once', async () => {
    const { store } = world
    for (const id of ['two', 'three', 'four', 'five']) {
      await addChannel(store, channel(id))
      await addMembers(store, id, 'bob')
    }
    await store.transact(async (tx) => {
      const since = { createdBy: ann, createdAt: START }
      tx.moderators.insert({ channelArn: one, moderator: bob, ...since })
      tx.bans.insert({ channelArn: one, member: bob, ...since })
    })
    // Somebody else's change of a channel that is gone needs no telling.
    await store.transact(async (tx) => tx.channels.remove(channelArn('four')))
    expect((await store.read.members.listWithRelationsLeft({ limit: 9 })).items).toEqual([])
    await store.transact(async (tx) => tx.appInstanceUsers.remove(bob.arn))
    expect((await store.read.members.listWithRelationsLeft({ limit: 9 })).items).toEqual([bob.arn])
    const batches = await endAll(store, 2)
    expect(Math.max(...batches.map((batch) => batch.length))).toBeLessThanOrEqual(2)
    const ended = batches.flat().toSorted((a, b) => (a.channelArn < b.channelArn ? -1 : 1))
    expect(ended).toEqual(['five', 'one', 'three', 'two'].map((id) => membership(id, bob)))
    expect((await store.read.members.listWithRelationsLeft({ limit: 9 })).items).toEqual([])
    await store.transact(async (tx) => {
      const members = { kind: 'memberships-of-channel', of: one } as const
      expect(await tx.fitsQuota(members, 0, 2)).toBe(true)
      expect(await tx.fitsQuota({ kind: 'moderators', of: one }, 0, 0)).toBe(true)
    })
  })

  it('tells of a membership once even when two end it at the same time', async () => {
    const { store } = world
    await store.transact(async (tx) => tx.appInstanceUsers.remove(bob.arn))
    const batches = await Promise.all([endAll(store, 1), endAll(store, 1)])
    expect(batches.flat(2)).toEqual([membership('one', bob)])
    await store.transact(async (tx) => {
      const members = { kind: 'memberships-of-channel', of: one } as const
      expect(await tx.fitsQuota(members, 0, 1)).toBe(false)
    })
  })

  it('leaves to a later start what it could not end, and tells of it then', async () => {
    const { store, events } = world
    await store.transact(async (tx) => tx.appInstanceUsers.remove(bob.arn))
    await store.close()
    await tryToEndRelations(store, bob.arn)
    await expect(endRelationsOfRemoved(store, bob.arn)).rejects.toThrow('not open')
    await world.reopen()
    const { items } = await world.store.read.members.listWithRelationsLeft({ limit: 9 })
    expect(items).toEqual([bob.arn])
    expect(events.seen).toEqual([])
    await tryToEndRelations(world.store, bob.arn)
    await tryToEndRelations(world.store, bob.arn)
    expect(events.seen).toHaveLength(1)
    expect(JSON.parse(events.seen[0] ?? '')).toMatchObject({
      ChannelArn: one,
      Member: { Arn: bob.arn, Name: 'BOB' },
    })
  })

  it('does not tell of a membership that a later holder of the ARN has again', async () => {
    const { store } = world
    await addChannel(store, channel('two'))
    await addMembers(store, 'two', 'bob')
    await store.transact(async (tx) => tx.appInstanceUsers.remove(bob.arn))
    await addUsers(store, 'bob')
    await addMembers(store, 'one', 'bob')
    expect(await endAll(store, 9)).toEqual([[membership('two', bob)]])
    expect(await store.read.memberships.find(conversation('one'), bob.arn)).toEqual(
      membership('one', bob),
    )
    expect(await store.read.memberships.find(conversation('two'), bob.arn)).toBeUndefined()
    // The first bob again, and a second one.
    await store.transact(async (tx) => tx.appInstanceUsers.remove(bob.arn))
    expect(await endAll(store, 9)).toEqual([[membership('one', bob)]])
  })

  it('keeps the days after which a user expires, and forgets them', async () => {
    const { store } = world
    const user = { ...bob, createdAt: START, lastUpdatedAt: START }
    await store.transact(async (tx) => tx.appInstanceUsers.replace({ ...user, expirationDays: 7 }))
    expect(await store.read.appInstanceUsers.find(bob.arn)).toEqual({ ...user, expirationDays: 7 })
    await store.transact(async (tx) => tx.appInstanceUsers.replace(user))
    expect(await store.read.appInstanceUsers.find(bob.arn)).toEqual(user)
  })

  it('keeps endpoints by user, oldest first, counts them, and finds them by their device', async () => {
    const { store } = world
    const first = endpoint('e2', { name: '', voipDeviceToken: 'voip', type: 'APNS' })
    await store.transact(async (tx) => {
      tx.endpoints.insert(endpoint('e1', { createdAt: START + 1 }))
      tx.endpoints.insert(first)
      tx.endpoints.insert(endpoint('e3', { createdAt: START + 1 }))
      tx.endpoints.insert(endpoint('e4', { appInstanceUserArn: ann.arn }))
    })
    const { read } = store
    expect(await read.endpoints.find(bob.arn, 'e2')).toEqual(first)
    expect(await read.endpoints.find(ann.arn, 'e2')).toBeUndefined()
    const { items } = await pageThrough((after) =>
      read.endpoints.list(bob.arn, { after, limit: 2 }),
    )
    expect(items.map(({ endpointId }) => endpointId)).toEqual(['e2', 'e1', 'e3'])
    expect(await read.endpoints.findByDeviceToken(ann.arn, first)).toEqual(first)
    expect(await read.endpoints.findByDeviceToken(ann.arn, { ...first, type: 'GCM' })).toBe(
      undefined,
    )
    const changed = { ...first, name: 'Phone', allowMessages: 'NONE', lastUpdatedAt: 9 } as const
    await store.transact(async (tx) => tx.endpoints.replace(changed))
    expect(await read.endpoints.find(bob.arn, 'e2')).toEqual(changed)
    const fits = (quota: number) =>
      store.transact((tx) => tx.fitsQuota({ kind: 'endpoints', of: bob.arn }, 0, quota))
    expect([await fits(3), await fits(2)]).toEqual([true, false])
    await store.transact(async (tx) => {
      tx.endpoints.remove(bob.arn, 'e2')
      tx.endpoints.remove(bob.arn, 'no such')
    })
    expect([await fits(2), await fits(1)]).toEqual([true, false])
    expect(await read.endpoints.findByDeviceToken(ann.arn, first)).toBeUndefined()
    await store.transact(async (tx) => tx.appInstanceUsers.remove(bob.arn))
    await addUsers(store, 'bob')
    expect((await read.endpoints.list(bob.arn, { limit: 9 })).items).toEqual([])
    expect(await read.endpoints.findByDeviceToken(ann.arn, endpoint('e1'))).toBeUndefined()
    expect(await fits(0)).toBe(true)
  })

  it('gives a device to one of two who register it at the same time', async () => {
    const { store } = world
    const register = (appInstanceUserArn: typeof bob.arn, endpointId: string) =>
      store.transact(async (tx) => {
        const made = endpoint(endpointId, { appInstanceUserArn, deviceToken: 'shared' })
        const holder = await tx.endpoints.findByDeviceToken(appInstanceUserArn, made)
        if (holder) tx.endpoints.remove(holder.appInstanceUserArn, holder.endpointId)
        tx.endpoints.insert(made)
      })
    await Promise.all([register(ann.arn, 'anns'), register(bob.arn, 'bobs')])
    const lists = await Promise.all(
      [ann, bob].map(({ arn }) => store.read.endpoints.list(arn, { limit: 9 })),
    )
    expect(lists.flatMap(({ items }) => items)).toHaveLength(1)
  })

  it('leaves out of every read what is past the retention, and brings it back', async () => {
    const { store, clock } = world
    const old = await send(store, draft('one', 'old'), { token: 't', requestHash: 'h' })
    clock.advance(2 * DAY_MS)
    const young = await send(store, draft('one', 'young'))
    const put = (retentionDays?: number) =>
      store.transact(async (tx) =>
        tx.retention.put(appInstanceArn, { retentionDays, initiateDeletionAt: START + 5 }),
      )
    const reads = async () => {
      const found: (string | undefined)[] = []
      for (const { messageId } of [old, young]) {
        found.push((await store.read.messages.find(conversation('one'), messageId))?.content)
      }
      for (const order of ['ASCENDING', 'DESCENDING'] as const) {
        const { items } = await pageThrough((after) =>
          store.read.messages.list(conversation('one'), {
            order,
            viewer: ann.arn,
            limit: 1,
            after,
            notBefore: START,
          }),
        )
        found.push(items.map(({ content }) => content).join())
      }
      return found
    }
    const all = ['old', 'young', 'old,young', 'young,old']
    const hidden = [undefined, 'young', 'young', 'young']
    expect(await store.read.retention.find(appInstanceArn)).toBeUndefined()
    expect(await reads()).toEqual(all)
    await put(1)
    expect(await reads()).toEqual(hidden)
    expect(await store.read.retention.find(appInstanceArn)).toEqual({
      retentionDays: 1,
      initiateDeletionAt: START + 5,
    })
    const repeated = await store.transact((tx) =>
      tx.messages.find(conversation('one'), old.messageId),
    )
    expect(repeated).toBeUndefined()
    // To the millisecond: a message as old as the period is still there.
    await put(2)
    expect(await reads()).toEqual(all)
    clock.advance(1)
    expect(await reads()).toEqual(hidden)
    await put(3)
    expect(await reads()).toEqual(all)
    await put(1)
    await put()
    expect(await reads()).toEqual(all)
    expect(await store.read.channels.findLastMessageAt(one)).toBe(young.createdAt)
  })

  it('answers the repetition of a request though its message is past the retention', async () => {
    const { store, clock } = world
    const message = await send(store, draft('one', 'x'), { token: 't', requestHash: 'h' })
    await store.transact(async (tx) =>
      tx.retention.put(appInstanceArn, { retentionDays: 0, initiateDeletionAt: START }),
    )
    clock.advance(1_000)
    expect(await store.read.messages.find(conversation('one'), message.messageId)).toBeUndefined()
    const found = await store.read.messages.findByRequestToken(conversation('one'), ann.arn, 't')
    expect(found?.message.messageId).toBe(message.messageId)
  })
}
