// Contract of what channels are set to: flows, expiration, elastic configuration; and of tags,
// streaming configurations, and messages that came to nothing. Run by store.contract.ts.
import { expect, it } from 'vitest'
import { arnWithin } from '../../src/base/arn.ts'
import type { ChannelFlow } from '../../src/domain/channel-flow.ts'
import type { Channel } from '../../src/domain/channel.ts'
import type { StoreTransaction } from '../../src/ports/store.ts'
import type { TaggedArn } from '../../src/ports/store-tags.ts'
import {
  addChannel,
  addMembers,
  appInstanceArn,
  channel,
  channelArn,
  conversation,
  draft,
  pageThrough,
  person,
  START,
} from './store-world.ts'
import type { CreateStoreBed } from './store.contract.ts'
import { withStore } from './with-store.ts'

const flowArn = (id: string) => arnWithin(appInstanceArn, 'channel-flow', id)
const [ann, bob, cid] = [person('ann'), person('bob'), person('cid')]

function flow(id: string, more: Partial<ChannelFlow> = {}): ChannelFlow {
  const processor = {
    name: 'Moderate',
    lambdaArn: 'arn:aws:lambda:us-east-1:000000000000:function:moderate',
    invocationType: 'ASYNC',
    executionOrder: 1,
    fallbackAction: 'ABORT',
  } as const
  return {
    arn: flowArn(id),
    name: id,
    processors: [processor],
    createdAt: START,
    lastUpdatedAt: START,
    ...more,
  }
}

export function describeFlows(createBed: CreateStoreBed): void {
  const world = withStore(createBed)
  const access = async (id: string, member = bob) =>
    (await world.store.read.channels.findAccess(channelArn(id), member.arn))?.channel
  const insertFlows = (...flows: ChannelFlow[]) =>
    world.store.transact(async (tx) => flows.forEach((made) => tx.channelFlows.insert(made)))
  const use = (id: string, channelFlowArn: Channel['channelFlowArn']) =>
    world.store.transact(async (tx) => {
      const found = await tx.channels.findAccess(channelArn(id), ann.arn)
      tx.channels.replace({ ...found!.channel, channelFlowArn })
    })
  const isUsed = (id: string) => world.store.transact((tx) => tx.channelFlows.isUsed(flowArn(id)))
  const fits = (kind: 'channel-flows' | 'elastic-channels', quota: number) =>
    world.store.transact((tx) => tx.fitsQuota({ kind, of: appInstanceArn }, 1, quota))

  it('finds flows as they were inserted and replaced, and not after their removal', async () => {
    const { store } = world
    await insertFlows(flow('f'))
    expect(await store.read.channelFlows.find(flowArn('f'))).toEqual(flow('f'))
    const replaced = flow('f', { name: 'Other', processors: [], lastUpdatedAt: START + 1 })
    await store.transact(async (tx) => tx.channelFlows.replace(replaced))
    expect(await store.read.channelFlows.find(flowArn('f'))).toEqual(replaced)
    expect(await fits('channel-flows', 1)).toBe(false)
    await store.transact(async (tx) => tx.channelFlows.remove(flowArn('f')))
    expect(await store.read.channelFlows.find(flowArn('f'))).toBeUndefined()
    expect(await fits('channel-flows', 1)).toBe(true)
  })

  it('lists flows and the channels that use one, oldest first, in pages', async () => {
    const { store } = world
    const ages = [3, 1, 2].map((age) => flow(`f${age}`, { createdAt: START + age }))
    await insertFlows(...ages)
    const { items } = await pageThrough((after) =>
      store.read.channelFlows.list(appInstanceArn, { after, limit: 2 }),
    )
    expect(items.map(({ name }) => name)).toEqual(['f1', 'f2', 'f3'])
    for (const id of ['two', 'three', 'four']) {
      await addChannel(store, channel(id))
      await use(id, flowArn('f1'))
    }
    await use('one', flowArn('f2'))
    const users = await pageThrough((after) =>
      store.read.channelFlows.listChannels(flowArn('f1'), { after, limit: 1 }),
    )
    expect(users.items.map(({ name }) => name)).toEqual(['two', 'three', 'four'])
    expect(users.pagesCount).toBe(3)
    expect(users.items[0]).toEqual(channel('two', { channelFlowArn: flowArn('f1') }))
  })

  it('knows which flow a channel uses, and frees it with the channel', async () => {
    await insertFlows(flow('f'))
    expect(await access('one')).toEqual(channel('one'))
    await use('one', flowArn('f'))
    expect((await access('one'))?.channelFlowArn).toBe(flowArn('f'))
    expect(await isUsed('f')).toBe(true)
    await use('one', undefined)
    expect((await access('one'))?.channelFlowArn).toBeUndefined()
    expect(await isUsed('f')).toBe(false)
    await use('one', flowArn('f'))
    await world.store.transact(async (tx) => tx.channels.remove(channelArn('one')))
    expect(await isUsed('f')).toBe(false)
  })

  it('never removes a flow that a channel begins to use at the same time', async () => {
    const { store } = world
    await insertFlows(flow('f'))
    let attempts = 0
    const outcome = await store.transact(async (tx) => {
      const used = await tx.channelFlows.isUsed(flowArn('f'))
      attempts += 1
      if (attempts === 1) await use('one', flowArn('f'))
      if (!used) tx.channelFlows.remove(flowArn('f'))
      return used
    })
    expect(outcome).toBe(true)
    expect(attempts).toBe(2)
    expect(await store.read.channelFlows.find(flowArn('f'))).toBeDefined()
  })

  it('lets nobody use a flow that is removed at the same time', async () => {
    const { store } = world
    await insertFlows(flow('f'))
    let attempts = 0
    const found = await store.transact(async (tx) => {
      const used = await tx.channelFlows.find(flowArn('f'))
      attempts += 1
      if (attempts === 1) {
        await store.transact(async (other) => other.channelFlows.remove(flowArn('f')))
      }
      if (used !== undefined) tx.channels.replace(channel('one', { channelFlowArn: used.arn }))
      return used
    })
    expect(found).toBeUndefined()
    expect((await access('one'))?.channelFlowArn).toBeUndefined()
  })

  it('keeps expiration, sets it anew and takes it away', async () => {
    const { store } = world
    const expiration = { days: 3, criterion: 'CREATED_TIMESTAMP' } as const
    await addChannel(store, channel('two', { expiration }))
    expect((await access('two'))?.expiration).toEqual(expiration)
    const other = { days: 5475, criterion: 'LAST_MESSAGE_TIMESTAMP' } as const
    await store.transact(async (tx) => tx.channels.replace(channel('two', { expiration: other })))
    expect((await access('two'))?.expiration).toEqual(other)
    await store.transact(async (tx) => tx.channels.replace(channel('two')))
    expect((await access('two'))?.expiration).toBeUndefined()
  })

  it('keeps the configuration of an elastic channel through changes, and counts it', async () => {
    const { store } = world
    const elasticChannelConfiguration = {
      maximumSubChannels: 2,
      targetMembershipsPerSubChannel: 5,
      minimumMembershipPercentage: 40,
    }
    expect(await fits('elastic-channels', 1)).toBe(true)
    await addChannel(store, channel('two', { elasticChannelConfiguration }))
    await store.transact(async (tx) => tx.channels.replace(channel('two', { name: 'New' })))
    expect(await access('two')).toMatchObject({ name: 'New', elasticChannelConfiguration })
    expect(await fits('elastic-channels', 1)).toBe(false)
    await store.transact(async (tx) => tx.channels.remove(channelArn('two')))
    expect(await fits('elastic-channels', 1)).toBe(true)
    // One that is not elastic is not counted away.
    await store.transact(async (tx) => tx.channels.remove(channelArn('one')))
    expect(await fits('elastic-channels', 0)).toBe(false)
    expect(await fits('elastic-channels', 1)).toBe(true)
  })

  it('keeps tags of every kind of resource, also of one inserted with them', async () => {
    const { store } = world
    const tags = new Map([
      ['b', '2'],
      ['a', '1'],
    ])
    await store.transact(async (tx) => {
      tx.channelFlows.insert(flow('f'))
      tx.channels.insert(channel('two'))
      tx.tags.put(flowArn('f'), tags)
      tx.tags.put(channelArn('two'), tags)
    })
    const tagged: readonly TaggedArn[] = [appInstanceArn, ann.arn, channelArn('one')]
    for (const arn of tagged) {
      expect(await store.read.tags.find(arn)).toEqual(new Map())
      await store.transact(async (tx) => tx.tags.put(arn, tags))
    }
    for (const arn of [...tagged, flowArn('f'), channelArn('two')]) {
      expect([...(await store.read.tags.find(arn))!]).toEqual([...tags])
    }
    await store.transact(async (tx) => tx.tags.put(ann.arn, new Map()))
    expect(await store.read.tags.find(ann.arn)).toEqual(new Map())
    expect(await store.read.tags.find(bob.arn)).toEqual(new Map())
  })

  it('knows no tags of what does not exist, and forgets them with the resource', async () => {
    const { store } = world
    const tags = new Map([['k', 'v']])
    const gone: readonly [
      TaggedArn,
      (tx: StoreTransaction) => void,
      (tx: StoreTransaction) => void,
    ][] = [
      [
        channelArn('one'),
        (tx) => tx.channels.remove(channelArn('one')),
        (tx) => tx.channels.insert(channel('one')),
      ],
      [
        bob.arn,
        (tx) => tx.appInstanceUsers.remove(bob.arn),
        (tx) => tx.appInstanceUsers.insert({ ...bob, createdAt: START, lastUpdatedAt: START }),
      ],
    ]
    for (const [arn, remove, insert] of gone) {
      await store.transact(async (tx) => tx.tags.put(arn, tags))
      expect(await store.read.tags.find(arn)).toEqual(tags)
      await store.transact(async (tx) => remove(tx))
      expect(await store.read.tags.find(arn)).toBeUndefined()
      await store.transact(async (tx) => insert(tx))
      expect(await store.read.tags.find(arn)).toEqual(new Map())
    }
    expect(await store.read.tags.find(flowArn('none'))).toBeUndefined()
    await store.transact(async (tx) => tx.appInstances.remove(appInstanceArn))
    for (const arn of [appInstanceArn, ann.arn, channelArn('one')]) {
      expect(await store.read.tags.find(arn)).toBeUndefined()
    }
  })

  it('loses no tag when two are added at once', async () => {
    const { store } = world
    const add = (key: string) =>
      store.transact(async (tx) => {
        const tags = await tx.tags.find(ann.arn)
        tx.tags.put(ann.arn, new Map([...tags!, [key, 'v']]))
      })
    await Promise.all(['a', 'b', 'c', 'd'].map(add))
    expect([...(await store.read.tags.find(ann.arn))!.keys()].toSorted()).toEqual([
      'a',
      'b',
      'c',
      'd',
    ])
  })

  it('replaces streaming configurations as a whole', async () => {
    const { store } = world
    const list = () => store.read.streamingConfigurations.list(appInstanceArn)
    expect(await list()).toEqual([])
    const both = [
      { dataType: 'Channel', resourceArn: 'arn:a' },
      { dataType: 'ChannelMessage', resourceArn: 'arn:b' },
    ] as const
    for (const configurations of [both, both.slice(1), []]) {
      await store.transact(async (tx) =>
        tx.streamingConfigurations.put(appInstanceArn, configurations),
      )
      expect(await list()).toEqual(configurations)
    }
  })

  it('shows a message that is not SENT to its sender alone, and counts it as no activity', async () => {
    const { store } = world
    const append = (status: 'SENT' | 'FAILED' | 'PENDING', target?: typeof cid) =>
      store.transact((tx) =>
        tx.messages.append(draft('one', status, { target: target?.arn }), status),
      )
    await addChannel(store, channel('two'))
    await addMembers(store, 'two', 'bob')
    const sent = await append('SENT')
    const unsent = [await append('FAILED'), await append('PENDING'), await append('FAILED', cid)]
    const idsFor = async (viewer: typeof ann) => {
      const order = 'ASCENDING'
      const page = { order, viewer: viewer.arn, limit: 10 } as const
      const { items } = await store.read.messages.list(conversation('one'), page)
      return items.map(({ messageId }) => messageId)
    }
    expect(await idsFor(ann)).toEqual([sent, ...unsent].map(({ messageId }) => messageId))
    expect(await idsFor(bob)).toEqual([sent.messageId])
    expect(await idsFor(cid)).toEqual([sent.messageId])
    for (const viewer of [ann, bob, cid]) {
      const last = await store.read.channels.findLastMessageAt(channelArn('one'), viewer.arn)
      expect(last).toBe(sent.createdAt)
    }
    const found = await store.read.messages.find(conversation('one'), unsent[0]!.messageId)
    expect(found).toEqual(unsent[0])
  })
}
