// Contract of messages: instants, tokens, visibility, tombstones. Run by store.contract.ts.
import { expect, it } from 'vitest'
import { REQUEST_TOKEN_WINDOW_MS } from '../../src/ports/store.ts'
import {
  addChannel,
  addSubChannel,
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

export function describeMessages(createBed: CreateStoreBed): void {
  const world = withStore(createBed)
  const one = channelArn('one')
  const [ann, bob, cid] = [person('ann'), person('bob'), person('cid')]
  const inOne = conversation('one')

  it('stamps strictly increasing instants in the order of commits, though time stands still', async () => {
    const order: number[] = []
    const sent = await Promise.all(
      Array.from({ length: 200 }, async (_, n) => {
        const message = await world.store.transact(async (tx) => {
          // Reads of different number, so that transactions overtake each other.
          for (let turn = 0; turn < n % 5; turn++) await tx.members.findIdentity(ann.arn)
          return tx.messages.append(draft('one', String(n)), 'SENT')
        })
        order.push(message.createdAt)
        return message
      }),
    )
    expect(order).toEqual(order.toSorted((a, b) => a - b))
    expect(new Set(order).size).toBe(200)
    expect(Math.min(...order)).toBe(START)
    const byId = sent.toSorted((a, b) => (a.messageId < b.messageId ? -1 : 1))
    const byInstant = sent.toSorted((a, b) => a.createdAt - b.createdAt)
    expect(byId).toEqual(byInstant)
    await world.reopen()
    const next = await send(world.store, draft('one', 'after restart'))
    expect(next.createdAt).toBeGreaterThan(Math.max(...order))
    expect(next.messageId > (byId.at(-1)?.messageId ?? '')).toBe(true)
  })

  it('keeps every member of a message, and its sub-channel apart', async () => {
    await addSubChannel(world.store, 'one', 'sub')
    const full = draft('one', 'all', {
      subChannelId: 'sub',
      type: 'CONTROL',
      metadata: 'meta',
      contentType: 'text/x',
      messageAttributes: { mention: ['a', 'b'] },
      target: bob.arn,
    })
    const message = await send(world.store, full)
    const inSub = conversation('one', 'sub')
    expect(await world.store.read.messages.find(inSub, message.messageId)).toEqual({
      ...full,
      messageId: message.messageId,
      createdAt: START,
      lastUpdatedAt: START,
      redacted: false,
      status: 'SENT',
    })
    expect(await world.store.read.messages.find(inOne, message.messageId)).toBeUndefined()
  })

  it('replaces, redacts and removes; removed and redacted ones still count as activity', async () => {
    const { store, clock } = world
    const request = { token: 'token', requestHash: 'h' }
    const first = await send(store, draft('one', 'first'))
    clock.advance(10)
    const second = await send(store, draft('one', 'second', { metadata: 'm' }), request)
    const edited = { ...first, content: 'edited', lastEditedAt: 5, lastUpdatedAt: 5 }
    const { content: _c, metadata: _m, ...rest } = second
    await store.transact(async (tx) => {
      tx.messages.replace(edited)
      tx.messages.replace({ ...rest, redacted: true, lastUpdatedAt: 6 })
    })
    expect(await store.read.messages.find(inOne, first.messageId)).toEqual(edited)
    const redacted = await store.read.messages.find(inOne, second.messageId)
    expect(redacted).toEqual({ ...rest, redacted: true, lastUpdatedAt: 6 })
    await store.transact(async (tx) => tx.messages.remove(inOne, second.messageId))
    expect(await store.read.messages.find(inOne, second.messageId)).toBeUndefined()
    expect(await store.read.channels.findLastMessageAt(one)).toBe(second.createdAt)
    const repeated = await store.read.messages.findByRequestToken(inOne, ann.arn, 'token')
    expect(repeated?.message.messageId).toBe(second.messageId)
    // A tombstone is not brought back by a replacement that comes too late.
    await store.transact(async (tx) => tx.messages.replace(second))
    expect(await store.read.messages.find(inOne, second.messageId)).toBeUndefined()
  })

  it('does not keep or list a non-persistent message, but remembers its token', async () => {
    const { store } = world
    const request = { token: 'token', requestHash: 'h' }
    const message = await send(
      store,
      draft('one', 'gone', { persistence: 'NON_PERSISTENT' }),
      request,
    )
    const kept = await send(store, draft('one', 'kept'))
    expect(kept.createdAt).toBe(message.createdAt + 1)
    expect(await store.read.messages.find(inOne, message.messageId)).toBeUndefined()
    const page = await store.read.messages.list(inOne, {
      order: 'ASCENDING',
      viewer: ann.arn,
      limit: 5,
    })
    expect(page.items).toEqual([kept])
    expect(await store.read.messages.findByRequestToken(inOne, ann.arn, 'token')).toEqual({
      message,
      requestHash: 'h',
    })
    world.clock.advance(REQUEST_TOKEN_WINDOW_MS + 1)
    expect(await store.read.messages.findByRequestToken(inOne, ann.arn, 'token')).toBeUndefined()
  })

  it('finds a token by conversation and sender for ten minutes, across a restart', async () => {
    const request = { token: 'token', requestHash: 'hash' }
    const message = await send(world.store, draft('one', 'hello'), request)
    const find = (sender = ann, where = inOne, token = 'token') =>
      world.store.read.messages.findByRequestToken(where, sender.arn, token)
    const check = async () => {
      expect(await find()).toEqual({ message, requestHash: 'hash' })
      expect(await find(bob)).toBeUndefined()
      expect(await find(ann, conversation('one', 'sub'))).toBeUndefined()
      expect(await find(ann, inOne, 'other')).toBeUndefined()
    }
    await check()
    world.clock.advance(REQUEST_TOKEN_WINDOW_MS - 1)
    await check()
    await world.reopen()
    await check()
    const later = { token: 'later', requestHash: 'hash' }
    const second = await send(world.store, draft('one', 'more'), later)
    expect((await find(ann, inOne, 'later'))?.message).toEqual(second)
    world.clock.advance(2)
    expect(await find()).toBeUndefined()
    expect((await find(ann, inOne, 'later'))?.message).toEqual(second)
  })

  it('lets one of many sends with the same token through, and shows it to the others', async () => {
    const { store } = world
    const sent = await Promise.all(
      Array.from({ length: 10 }, (_, n) =>
        store.transact(async (tx) => {
          const repeated = await tx.messages.findByRequestToken(inOne, ann.arn, 'same')
          if (repeated !== undefined) return repeated.message
          const request = { token: 'same', requestHash: 'h' }
          return tx.messages.append(draft('one', String(n)), 'SENT', request)
        }),
      ),
    )
    expect(new Set(sent.map(({ messageId }) => messageId)).size).toBe(1)
  })

  it('shows a targeted message to its sender and its target alone', async () => {
    const { store } = world
    const open = await send(store, draft('one', 'for all'))
    const secret = await send(store, draft('one', 'for bob', { target: bob.arn }))
    const seenBy = async (viewer: typeof ann) => {
      const request = { order: 'DESCENDING', viewer: viewer.arn, limit: 5 } as const
      return (await store.read.messages.list(inOne, request)).items.map(({ content }) => content)
    }
    expect(await seenBy(ann)).toEqual(['for bob', 'for all'])
    expect(await seenBy(bob)).toEqual(['for bob', 'for all'])
    expect(await seenBy(cid)).toEqual(['for all'])
    expect(await store.read.channels.findLastMessageAt(one)).toBe(open.createdAt)
    expect(await store.read.channels.findLastMessageAt(one, cid.arn)).toBe(open.createdAt)
    expect(await store.read.channels.findLastMessageAt(one, bob.arn)).toBe(secret.createdAt)
    expect(await store.read.channels.findLastMessageAt(one, ann.arn)).toBe(secret.createdAt)
    const summary = async (viewer: typeof ann) =>
      (await store.read.memberships.listForMember(viewer.arn, { limit: 5 })).items[0]
    expect((await summary(cid))?.lastMessageAt).toBe(open.createdAt)
    expect((await summary(bob))?.lastMessageAt).toBe(secret.createdAt)
  })

  it('has no last message while there is none that everyone may see', async () => {
    const { store } = world
    expect(await store.read.channels.findLastMessageAt(one)).toBeUndefined()
    await send(store, draft('one', 'for bob', { target: bob.arn }))
    await send(store, draft('one', 'live only', { persistence: 'NON_PERSISTENT' }))
    expect(await store.read.channels.findLastMessageAt(one)).toBeUndefined()
    expect(await store.read.channels.findLastMessageAt(one, cid.arn)).toBeUndefined()
  })

  it('lists in both orders, page by page, within inclusive instants', async () => {
    const { store, clock } = world
    await addChannel(store, channel('two'))
    const contents: string[] = []
    for (let n = 0; n < 10; n++) {
      await send(store, draft('one', String(n)))
      await send(store, draft('two', 'elsewhere'))
      contents.push(String(n))
      clock.advance(100)
    }
    const listed = async (order: 'ASCENDING' | 'DESCENDING', range = {}, limit = 3) => {
      const { items, pagesCount } = await pageThrough((after) =>
        store.read.messages.list(inOne, { order, viewer: ann.arn, limit, after, ...range }),
      )
      return { contents: items.map(({ content }) => content), pagesCount }
    }
    expect(await listed('ASCENDING')).toEqual({ contents, pagesCount: 4 })
    expect(await listed('DESCENDING')).toEqual({ contents: contents.toReversed(), pagesCount: 4 })
    expect((await listed('DESCENDING', {}, 10)).pagesCount).toBe(1)
    const range = { notBefore: START + 200, notAfter: START + 500 }
    expect((await listed('ASCENDING', range)).contents).toEqual(['2', '3', '4', '5'])
    expect((await listed('DESCENDING', range)).contents).toEqual(['5', '4', '3', '2'])
    const narrower = { notBefore: START + 200.5, notAfter: START + 499.5 }
    expect((await listed('ASCENDING', narrower)).contents).toEqual(['3', '4'])
    expect((await listed('ASCENDING', { notAfter: START - 1 })).contents).toEqual([])
    expect((await listed('ASCENDING', { notAfter: -1 })).contents).toEqual([])
    expect((await listed('DESCENDING', { notBefore: START + 901 })).contents).toEqual([])
  })

  it('pages over long stretches that the viewer may not see, without losing what lies behind', async () => {
    const { store } = world
    await send(store, draft('one', 'bottom'))
    for (let batch = 0; batch < 25; batch++) {
      await store.transact(async (tx) => {
        for (let n = 0; n < 50; n++) {
          await tx.messages.append(draft('one', 'secret', { target: bob.arn }), 'SENT')
        }
      })
    }
    await send(store, draft('one', 'top'))
    const { items } = await pageThrough((after) =>
      store.read.messages.list(inOne, { order: 'DESCENDING', viewer: cid.arn, limit: 50, after }),
    )
    expect(items.map(({ content }) => content)).toEqual(['top', 'bottom'])
  })
}
