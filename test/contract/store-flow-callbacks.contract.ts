// Contract of what processors of flows are asked, and of messages that are released when the last
// of them has answered. Run by store.contract.ts.
import { expect, it } from 'vitest'
import {
  firstStep,
  planInvocation,
  type FlowStep,
  type WaitingCallback,
} from '../../src/domain/channel-flow-steps.ts'
import type { ChannelMessage, ChannelMessageDraft } from '../../src/domain/channel-message.ts'
import {
  addSubChannel,
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

const PROCESSOR = {
  name: 'P',
  lambdaArn: 'arn:aws:lambda:us-east-1:000000000000:function:f',
  invocationType: 'ASYNC',
  executionOrder: 1,
  fallbackAction: 'ABORT',
} as const

function asked(
  message: ChannelMessage,
  callbackId: string,
  now = START,
  change: FlowStep['change'] = 'UPDATE',
): WaitingCallback {
  const step = firstStep({ change, message, channelCreatedAt: START }, [PROCESSOR])
  return planInvocation(step, callbackId, now).callback
}

export function describeFlowCallbacks(createBed: CreateStoreBed): void {
  const world = withStore(createBed)
  const one = channelArn('one')
  const inOne = conversation('one')
  const [ann, bob, cid] = [person('ann'), person('bob'), person('cid')]
  const pend = (content: string, more: Partial<ChannelMessageDraft> = {}) =>
    world.store.transact((tx) => tx.messages.append(draft('one', content, more), 'PENDING'))
  const insert = (...callbacks: WaitingCallback[]) =>
    world.store.transact(async (tx) => callbacks.forEach((each) => tx.flowCallbacks.insert(each)))

  it('keeps what was asked, with every part of the message, until it is answered or ended', async () => {
    const { store } = world
    const message = await pend('all', {
      metadata: 'm',
      contentType: 'text/x',
      messageAttributes: { a: ['1', '2'] },
      target: bob.arn,
      pushNotification: { title: 'T', body: 'B', type: 'VOIP' },
    })
    const [first, second] = [asked(message, 'first'), asked(message, 'second')]
    await insert(first)
    expect(await store.read.flowCallbacks.find('first')).toEqual(first)
    expect(await store.read.flowCallbacks.findWaitingEdit(message.messageId)).toEqual(first)
    expect(await store.read.flowCallbacks.find('second')).toBeUndefined()
    const other = await pend('other')
    await insert(asked(other, 'of a new one', START, 'CREATE'))
    expect(await store.read.flowCallbacks.findWaitingEdit(other.messageId)).toBeUndefined()
    await store.transact(async (tx) => {
      tx.flowCallbacks.answer(first, 'hash')
      tx.flowCallbacks.insert(second)
    })
    const { step: _step, ...rest } = first
    expect(await store.read.flowCallbacks.find('first')).toEqual({
      ...rest,
      state: 'ANSWERED',
      answerHash: 'hash',
    })
    expect(await store.read.flowCallbacks.findWaitingEdit(message.messageId)).toEqual(second)
    await store.transact(async (tx) => tx.flowCallbacks.end(second))
    expect(await store.read.flowCallbacks.find('second')).toEqual({
      ...rest,
      callbackId: 'second',
      state: 'ENDED',
    })
    expect(await store.read.flowCallbacks.findWaitingEdit(message.messageId)).toBeUndefined()
    await world.reopen()
    expect(await world.store.read.flowCallbacks.find('first')).toMatchObject({ state: 'ANSWERED' })
  })

  it('takes one of two answers that come at once, and lets the other see it', async () => {
    const { store } = world
    const callback = asked(await pend('a'), 'one')
    await insert(callback)
    const take = (hash: string) =>
      store.transact(async (tx) => {
        const found = await tx.flowCallbacks.find('one')
        if (found?.state !== 'WAITING') return false
        tx.flowCallbacks.answer(found, hash)
        return true
      })
    const taken = await Promise.all([take('a'), take('b'), take('c')])
    expect(taken.filter(Boolean).length).toBe(1)
  })

  it('lets nobody believe that a message waits for nothing while it is asked about', async () => {
    const { store } = world
    const message = await pend('a')
    const ask = (id: string) =>
      store.transact(async (tx) => {
        if ((await tx.flowCallbacks.findWaitingEdit(message.messageId)) !== undefined) return false
        tx.flowCallbacks.insert(asked(message, id))
        return true
      })
    const taken = await Promise.all(['a', 'b', 'c', 'd'].map(ask))
    expect(taken.filter(Boolean).length).toBe(1)
  })

  it('keeps nothing of a transaction that failed', async () => {
    const callback = asked(await pend('a'), 'one')
    const failing = world.store.transact(async (tx) => {
      tx.flowCallbacks.insert(callback)
      await Promise.resolve()
      throw new Error('no')
    })
    await expect(failing).rejects.toThrow('no')
    expect(await world.store.read.flowCallbacks.find('one')).toBeUndefined()
  })

  it('lists those that wait past their time in the order in which it passed, in pages', async () => {
    const { store } = world
    const message = await pend('a')
    const ages = [3, 1, 2, 2, 9]
    await insert(...ages.map((age, index) => asked(message, `c${index}`, START + age)))
    const { expiresAt } = asked(message, 'x')
    const listed = async (now: number) => {
      const { items } = await pageThrough((after) =>
        store.read.flowCallbacks.listExpired(now, { after, limit: 2 }),
      )
      return items
    }
    expect(await listed(expiresAt)).toEqual([])
    expect(await listed(expiresAt + 3)).toEqual(['c1', 'c2', 'c3', 'c0'])
    await store.transact(async (tx) => tx.flowCallbacks.end(asked(message, 'c2')))
    expect(await listed(expiresAt + 3)).toEqual(['c1', 'c3', 'c0'])
  })

  it('purges those that wait no more once their time has passed, and no others', async () => {
    const { store } = world
    const message = await pend('a')
    const callbacks = ['a', 'b', 'c', 'd', 'e'].map((id) => asked(message, id))
    await insert(...callbacks, asked(message, 'later', START + 1))
    await store.transact(async (tx) => {
      for (const callback of callbacks.slice(0, 2)) tx.flowCallbacks.answer(callback, 'h')
      for (const callback of callbacks.slice(2, 4)) tx.flowCallbacks.end(callback)
      tx.flowCallbacks.end(asked(message, 'later', START + 1))
    })
    const { expiresAt } = callbacks[0]!
    const purge = (now: number) => store.transact((tx) => tx.flowCallbacks.purge(now, 3))
    expect(await purge(expiresAt - 1)).toBe(0)
    expect([await purge(expiresAt), await purge(expiresAt), await purge(expiresAt)]).toEqual([
      3, 1, 0,
    ])
    const left = []
    for (const id of ['a', 'b', 'c', 'd', 'e', 'later'])
      if ((await store.read.flowCallbacks.find(id)) !== undefined) left.push(id)
    expect(left).toEqual(['e', 'later'])
  })

  it('releases a message in its place, and counts it as activity that never moves back', async () => {
    const { store, clock } = world
    const pending = await pend('first')
    expect(await store.read.channels.findLastMessageAt(one)).toBeUndefined()
    clock.advance(10)
    const later = await send(store, draft('one', 'second'))
    clock.advance(10)
    const sent: ChannelMessage = { ...pending, status: 'SENT', content: 'changed' }
    await store.transact((tx) => tx.messages.release(sent))
    expect(await store.read.messages.find(inOne, pending.messageId)).toEqual(sent)
    const page = { order: 'ASCENDING', viewer: bob.arn, limit: 5 } as const
    expect((await store.read.messages.list(inOne, page)).items).toEqual([sent, later])
    expect(await store.read.channels.findLastMessageAt(one)).toBe(later.createdAt)
    const only = await pend('third')
    await store.transact((tx) => tx.messages.release({ ...only, status: 'SENT' }))
    expect(await store.read.channels.findLastMessageAt(one)).toBe(only.createdAt)
  })

  it('releases a targeted message for its two people alone, and never moves theirs back', async () => {
    const { store, clock } = world
    const target = bob.arn
    const pending = await pend('first', { target })
    clock.advance(10)
    const later = await send(store, draft('one', 'second', { target }))
    await store.transact((tx) => tx.messages.release({ ...pending, status: 'SENT' }))
    const lastFor = (viewer: typeof ann) => store.read.channels.findLastMessageAt(one, viewer.arn)
    expect(await lastFor(bob)).toBe(later.createdAt)
    expect(await lastFor(ann)).toBe(later.createdAt)
    expect(await lastFor(cid)).toBeUndefined()
  })

  it('releases messages of a sub-channel in any order, all at once', async () => {
    const { store, clock } = world
    await addSubChannel(store, 'one', 'sub')
    await store.transact(async (tx) =>
      tx.memberships.insert(membership('one', bob, { subChannelId: 'sub' })),
    )
    const pending: ChannelMessage[] = []
    for (const content of ['a', 'b', 'c']) {
      pending.push(await pend(content, { subChannelId: 'sub' }))
      clock.advance(10)
    }
    await Promise.all(
      pending
        .toReversed()
        .map((each) => store.transact((tx) => tx.messages.release({ ...each, status: 'SENT' }))),
    )
    const own = await store.read.ownMemberships.find(conversation('one', 'sub'), bob.arn)
    expect(own?.lastMessageAt).toBe(pending[2]!.createdAt)
  })

  it('releases the message of a sender who was removed meanwhile, and of its target', async () => {
    const { store } = world
    const target = bob.arn
    const pending = await pend('first', { target })
    await store.transact(async (tx) => {
      tx.appInstanceUsers.remove(ann.arn)
      tx.appInstanceUsers.remove(bob.arn)
    })
    const found = await store.read.messages.find(inOne, pending.messageId)
    expect(found).toMatchObject({ isSenderRemoved: true, isTargetRemoved: true })
    await store.transact((tx) => tx.messages.release({ ...found!, status: 'SENT' }))
    expect(await store.read.messages.find(inOne, pending.messageId)).toMatchObject({
      status: 'SENT',
    })
  })
}
