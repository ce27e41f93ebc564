// Contract of app instances, users, admins, channels and relations. Run by store.contract.ts.
import { expect, it } from 'vitest'
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

export function describeIdentity(createBed: CreateStoreBed): void {
  const world = withStore(createBed)
  const one = channelArn('one')
  const [ann, bob, cid] = [person('ann'), person('bob'), person('cid')]

  it('finds what was inserted and replaced, absent members absent', async () => {
    const { store } = world
    const appInstance = { arn: appInstanceArn, name: 'App', createdAt: START, lastUpdatedAt: START }
    expect(await store.read.appInstances.find(appInstanceArn)).toEqual(appInstance)
    const user = { ...ann, metadata: '', createdAt: START, lastUpdatedAt: START + 1 }
    // A store may remember what it read.
    await store.read.channels.findAccess(one, bob.arn)
    await store.transact(async (tx) => {
      tx.appInstances.replace({ ...appInstance, name: 'New', metadata: 'm', lastUpdatedAt: 7 })
      tx.appInstanceUsers.replace({ ...user, name: 'Anna' })
      tx.channels.replace(channel('one', { name: 'First', mode: 'RESTRICTED', metadata: 'x' }))
    })
    expect(await store.read.appInstances.find(appInstanceArn)).toEqual({
      ...appInstance,
      name: 'New',
      metadata: 'm',
      lastUpdatedAt: 7,
    })
    expect(await store.read.appInstanceUsers.find(ann.arn)).toEqual({ ...user, name: 'Anna' })
    const access = await store.read.channels.findAccess(one, bob.arn)
    expect(access?.channel).toEqual(
      channel('one', {
        name: 'First',
        mode: 'RESTRICTED',
        metadata: 'x',
        createdBy: { arn: ann.arn, name: 'Anna' },
      }),
    )
  })

  it('tells every role that someone has in a channel, and none that they lack', async () => {
    const { store } = world
    const roles = async (member: typeof ann) =>
      (await store.read.channels.findAccess(one, member.arn))?.caller
    const plain = { isAdmin: false, isModerator: false, subChannelIds: [], isBanned: false }
    expect(await roles(bob)).toEqual({ arn: bob.arn, ...plain, membershipType: 'DEFAULT' })
    const stranger = person('nobody')
    expect(await roles(stranger)).toEqual({ arn: stranger.arn, ...plain })
    await store.transact(async (tx) => {
      tx.appInstanceAdmins.insert({ appInstanceArn, admin: bob, createdAt: START })
      tx.moderators.insert({ channelArn: one, moderator: bob, createdBy: ann, createdAt: START })
      tx.bans.insert({ channelArn: one, member: cid, createdBy: ann, createdAt: START })
      tx.memberships.remove(membership('one', cid))
    })
    expect(await roles(bob)).toEqual({
      arn: bob.arn,
      isAdmin: true,
      isModerator: true,
      subChannelIds: [],
      isBanned: false,
      membershipType: 'DEFAULT',
    })
    expect(await roles(cid)).toEqual({ arn: cid.arn, ...plain, isBanned: true })
    expect(await store.read.memberships.listModeratorMemberArns(one)).toEqual([bob.arn])
    await store.transact(async (tx) => tx.appInstanceAdmins.remove(appInstanceArn, bob.arn))
    expect((await roles(bob))?.isAdmin).toBe(false)
  })

  it('names a moderator as moderator member only while it is a member', async () => {
    const { store } = world
    await addUsers(store, 'mod')
    await store.transact(async (tx) =>
      tx.moderators.insert({
        channelArn: one,
        moderator: person('mod'),
        createdBy: ann,
        createdAt: START,
      }),
    )
    expect(await store.read.memberships.listModeratorMemberArns(one)).toEqual([])
    await addMembers(store, 'one', 'mod')
    expect(await store.read.memberships.listModeratorMemberArns(one)).toEqual([person('mod').arn])
  })

  it('finds memberships with current names', async () => {
    const { store } = world
    await store.transact(async (tx) => {
      tx.appInstanceUsers.replace({ ...bob, name: 'Robert', createdAt: START, lastUpdatedAt: 9 })
    })
    const found = await store.read.memberships.find(conversation('one'), bob.arn)
    expect(found).toEqual(membership('one', { arn: bob.arn, name: 'Robert' }))
    expect(
      await store.read.memberships.find(conversation('one'), person('nobody').arn),
    ).toBeUndefined()
  })

  it('removes a user with all roles, keeps the last name, and gives the id away afresh', async () => {
    const { store } = world
    await store.transact(async (tx) => {
      tx.appInstanceAdmins.insert({ appInstanceArn, admin: bob, createdAt: START })
      tx.moderators.insert({ channelArn: one, moderator: bob, createdBy: ann, createdAt: START })
      tx.bans.insert({ channelArn: one, member: bob, createdBy: ann, createdAt: START })
    })
    const message = await send(store, draft('one', 'from bob', { sender: bob }))
    const secret = await send(store, draft('one', 'for bob', { target: bob.arn }))
    const request = { token: 'bobs', requestHash: 'h' }
    await send(store, draft('one', 'with token', { sender: bob }), request)
    await store.transact(async (tx) => tx.appInstanceUsers.remove(bob.arn))
    const gone = async () => {
      expect(await store.read.memberships.find(conversation('one'), bob.arn)).toBeUndefined()
      expect(await store.read.appInstanceAdmins.find(appInstanceArn, bob.arn)).toBeUndefined()
      expect(await store.read.memberships.listConversations(bob.arn)).toEqual([])
      expect((await store.read.channels.findAccess(one, bob.arn))?.caller).toEqual({
        arn: bob.arn,
        isAdmin: false,
        isModerator: false,
        subChannelIds: [],
        isBanned: false,
      })
      const visible = await store.read.messages.list(conversation('one'), {
        order: 'ASCENDING',
        viewer: bob.arn,
        limit: 50,
      })
      expect(visible.items.map(({ messageId }) => messageId)).not.toContain(secret.messageId)
      const repeated = await store.read.messages.findByRequestToken(
        conversation('one'),
        bob.arn,
        'bobs',
      )
      expect(repeated).toBeUndefined()
      const kept = await store.read.messages.find(conversation('one'), message.messageId)
      expect(kept?.sender).toEqual(bob)
    }
    expect(await store.read.members.findIdentity(bob.arn)).toBeUndefined()
    expect(await store.read.appInstanceUsers.find(bob.arn)).toBeUndefined()
    await gone()
    await store.transact(async (tx) => {
      tx.appInstanceUsers.insert({ ...bob, name: 'Other', createdAt: START, lastUpdatedAt: START })
    })
    expect(await store.read.members.findIdentity(bob.arn)).toEqual({ arn: bob.arn, name: 'Other' })
    await gone()
  })

  it('removes a channel with all of it for every reader, and gives the id away afresh', async () => {
    const { store } = world
    const request = { token: 'token', requestHash: 'h' }
    const message = await send(store, draft('one', 'hello'), request)
    await store.transact(async (tx) =>
      tx.bans.insert({ channelArn: one, member: cid, createdBy: ann, createdAt: START }),
    )
    await store.transact(async (tx) => tx.channels.remove(one))
    const { read } = store
    const page = { limit: 10 }
    const empty = async () => {
      expect(await read.messages.find(conversation('one'), message.messageId)).toBeUndefined()
      const listing = { order: 'ASCENDING', viewer: ann.arn, ...page } as const
      expect((await read.messages.list(conversation('one'), listing)).items).toEqual([])
      const repeated = await read.messages.findByRequestToken(conversation('one'), ann.arn, 'token')
      expect(repeated).toBeUndefined()
      expect(await read.memberships.find(conversation('one'), bob.arn)).toBeUndefined()
      expect((await read.memberships.list(conversation('one'), 'DEFAULT', page)).items).toEqual([])
      expect((await read.memberships.listForMember(bob.arn, page)).items).toEqual([])
      expect(await read.memberships.listConversations(bob.arn)).toEqual([])
      expect(await read.channels.findLastMessageAt(one)).toBeUndefined()
    }
    expect(await read.channels.findAccess(one, ann.arn)).toBeUndefined()
    expect((await read.channels.list(appInstanceArn, { viewer: ann.arn }, page)).items).toEqual([])
    await empty()
    await addChannel(store, channel('one', { name: 'second life' }))
    expect((await read.channels.findAccess(one, cid.arn))?.caller.isBanned).toBe(false)
    await empty()
  })

  it('removes an app instance with everything in it at once', async () => {
    const { store } = world
    const message = await send(store, draft('one', 'hello'))
    await store.transact(async (tx) => tx.appInstances.remove(appInstanceArn))
    const { read } = store
    const page = { limit: 10 }
    expect(await read.appInstances.find(appInstanceArn)).toBeUndefined()
    expect((await read.appInstances.list(page)).items).toEqual([])
    expect(await read.members.findIdentity(ann.arn)).toBeUndefined()
    expect(await read.appInstanceUsers.find(ann.arn)).toBeUndefined()
    expect((await read.appInstanceUsers.list(appInstanceArn, page)).items).toEqual([])
    expect(await read.channels.findAccess(one, ann.arn)).toBeUndefined()
    expect((await read.channels.list(appInstanceArn, { viewer: ann.arn }, page)).items).toEqual([])
    expect((await read.memberships.listForMember(ann.arn, page)).items).toEqual([])
    expect(await read.memberships.listConversations(ann.arn)).toEqual([])
    expect(await read.memberships.find(conversation('one'), ann.arn)).toBeUndefined()
    expect(await read.messages.find(conversation('one'), message.messageId)).toBeUndefined()
  })

  it('does not let someone join who is removed at the same time', async () => {
    const { store } = world
    await addUsers(store, 'dan')
    const dan = person('dan')
    const joining = store.transact(async (tx) => {
      if ((await tx.members.findIdentity(dan.arn)) === undefined) return 'gone'
      await tx.channels.findAccess(one, dan.arn)
      tx.memberships.insert(membership('one', dan))
      return 'joined'
    })
    const removing = store.transact(async (tx) => tx.appInstanceUsers.remove(dan.arn))
    const [outcome] = await Promise.all([joining, removing])
    expect(['gone', 'joined']).toContain(outcome)
    expect(await store.read.memberships.find(conversation('one'), dan.arn)).toBeUndefined()
    const counted = { kind: 'memberships-of-channel', of: one } as const
    expect(await store.transact((tx) => tx.fitsQuota(counted, 0, 3))).toBe(true)
  })
}
