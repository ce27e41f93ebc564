// Contract of whose devices a message is pushed to. Run by store.contract.ts.
import { expect, it } from 'vitest'
import type { AppInstanceUserEndpoint } from '../../src/domain/identity.ts'
import type { PushRecipient } from '../../src/ports/store-push.ts'
import {
  addChannel,
  addMembers,
  addSubChannel,
  addUsers,
  channel,
  channelArn,
  conversation,
  membership,
  pageThrough,
  person,
  START,
} from './store-world.ts'
import type { CreateStoreBed } from './store.contract.ts'
import { withStore } from './with-store.ts'

const [ann, bob, cid] = [person('ann'), person('bob'), person('cid')]
const RESOURCE_ARN = 'arn:aws:mobiletargeting:us-east-1:000000000000:apps/a'

function endpoint(
  member: string,
  endpointId: string,
  more: Partial<AppInstanceUserEndpoint> = {},
): AppInstanceUserEndpoint {
  return {
    appInstanceUserArn: person(member).arn,
    endpointId,
    type: 'GCM',
    resourceArn: RESOURCE_ARN,
    deviceToken: `device ${endpointId}`,
    allowMessages: 'ALL',
    status: 'ACTIVE',
    createdAt: START,
    lastUpdatedAt: START,
    ...more,
  }
}

const recipient = (member: string, ...endpointIds: readonly string[]): PushRecipient => ({
  memberArn: person(member).arn,
  preferences: undefined,
  devices: endpointIds.map((endpointId) => {
    return { endpointId, type: 'GCM', resourceArn: RESOURCE_ARN }
  }),
})

const sorted = (found: readonly PushRecipient[]) =>
  found.map(({ devices, ...others }) => ({
    ...others,
    devices: devices.toSorted((a, b) => (a.endpointId < b.endpointId ? -1 : 1)),
  }))

const firstIdOf = ({ devices }: PushRecipient) => devices[0]?.endpointId

export function describePush(createBed: CreateStoreBed): void {
  const world = withStore(createBed)
  const register = (...endpoints: AppInstanceUserEndpoint[]) =>
    world.store.transact(async (tx) => endpoints.forEach((each) => tx.endpoints.insert(each)))
  const listAll = async (limit = 50, subChannelId = '', id = 'one') =>
    pageThrough((after) =>
      world.store.read.pushRecipients.list(conversation(id, subChannelId), { after, limit }),
    )
  const hasEndpoints = () => world.store.read.outboundSettings.hasEndpoints(ann.arn)

  it('finds members with devices that take messages, and their preferences', async () => {
    const { store } = world
    await register(
      endpoint('ann', 'a1'),
      endpoint('ann', 'a2', { allowMessages: 'NONE' }),
      endpoint('ann', 'a3', { status: 'INACTIVE', statusReason: 'INVALID_DEVICE_TOKEN' }),
      endpoint('ann', 'a4'),
      endpoint('bob', 'b1', { allowMessages: 'NONE' }),
    )
    const preferences = { allowNotifications: 'NONE' } as const
    await store.transact(async (tx) =>
      tx.ownMemberships.putPreferences(channelArn('one'), ann.arn, preferences),
    )
    const expected = { ...recipient('ann', 'a1', 'a4'), preferences }
    expect(sorted((await listAll()).items)).toEqual([expected])
    const { pushRecipients } = store.read
    const found = await pushRecipients.find(conversation('one'), ann.arn)
    expect(sorted([found!])).toEqual([expected])
    expect(await pushRecipients.find(conversation('one'), bob.arn)).toBeUndefined()
    expect(await pushRecipients.find(conversation('one'), cid.arn)).toBeUndefined()
  })

  it('lists everybody once, whatever the size of pages: first DEFAULT, then HIDDEN', async () => {
    const { store } = world
    const ids = Array.from({ length: 9 }, (_, index) => `m${index}`)
    await addUsers(store, ...ids)
    await store.transact(async (tx) => {
      for (const [index, id] of ids.entries()) {
        const more = { createdAt: START + (index % 3), type: index < 2 ? 'HIDDEN' : 'DEFAULT' }
        tx.memberships.insert(membership('one', person(id), more as object))
      }
    })
    // Everybody but m4; m5 has two.
    for (const id of ids.filter((each) => each !== 'm4')) await register(endpoint(id, `${id} 1`))
    await register(endpoint('m5', 'm5 2'))
    const whole = (await listAll()).items.map(({ memberArn }) => memberArn)
    const expected = ['m3', 'm6', 'm7', 'm2', 'm5', 'm8', 'm0', 'm1'].map((id) => person(id).arn)
    expect(whole).toEqual(expected)
    for (const limit of [1, 2, 5]) {
      const { items, pagesCount } = await listAll(limit)
      expect(items.map(({ memberArn }) => memberArn)).toEqual(whole)
      // Ann, bob, cid and m4 count, too.
      expect(pagesCount).toBe(Math.ceil(12 / limit))
    }
  })

  it('ends a page before its endpoints are too many, but never before the first member', async () => {
    const { store } = world
    await store.transact(async (tx) => {
      for (let count = 0; count < 450; count++) tx.endpoints.insert(endpoint('ann', `a${count}`))
      for (let count = 0; count < 30; count++) tx.endpoints.insert(endpoint('bob', `b${count}`))
      for (let count = 0; count < 380; count++) tx.endpoints.insert(endpoint('cid', `c${count}`))
    })
    const { items, pagesCount } = await listAll()
    expect(items.map(({ devices }) => devices.length)).toEqual([450, 30, 380])
    expect(pagesCount).toBe(3)
  })

  it('leaves out whoever left, was banned or removed, and other conversations', async () => {
    const { store } = world
    await addUsers(store, 'dan', 'eve')
    await addChannel(store, channel('two'))
    await addSubChannel(store, 'two', 's1')
    await addSubChannel(store, 'two', 's2')
    await addMembers(store, 'one', 'dan')
    await store.transact(async (tx) => {
      tx.memberships.insert(membership('two', person('dan'), { subChannelId: 's1' }))
      tx.memberships.insert(membership('two', person('eve'), { subChannelId: 's2' }))
    })
    for (const id of ['ann', 'bob', 'dan', 'eve']) await register(endpoint(id, id))
    await store.transact(async (tx) => {
      const left = await tx.memberships.find(conversation('one'), ann.arn)
      tx.memberships.remove(left!)
      tx.appInstanceUsers.remove(bob.arn)
    })
    expect((await listAll()).items.map(firstIdOf)).toEqual(['dan'])
    expect((await listAll(50, 's1', 'two')).items.map(firstIdOf)).toEqual(['dan'])
    expect((await listAll(50, 's2', 'two')).items.map(firstIdOf)).toEqual(['eve'])
    const { pushRecipients } = store.read
    expect(await pushRecipients.find(conversation('two', 's2'), person('dan').arn)).toBeUndefined()
    await store.transact(async (tx) => tx.channels.remove(channelArn('one')))
    expect((await listAll()).items.map(firstIdOf)).toEqual([])
  })

  it('knows whether there are any devices in an app instance', async () => {
    expect(await hasEndpoints()).toBe(false)
    await register(endpoint('bob', 'b1'))
    expect(await hasEndpoints()).toBe(true)
    await world.reopen()
    expect(await hasEndpoints()).toBe(true)
    await world.store.transact(async (tx) => tx.endpoints.remove(bob.arn, 'b1'))
    await world.reopen()
    expect(await hasEndpoints()).toBe(false)
    await register(endpoint('cid', 'c1'))
    await world.store.transact(async (tx) => tx.appInstanceUsers.remove(cid.arn))
    await world.reopen()
    expect(await hasEndpoints()).toBe(false)
  })
}
