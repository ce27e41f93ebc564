// Contract of the store: which channels a member's new session is shown first.
import { expect, it } from 'vitest'
import type { PrefetchOrder } from '../../src/ports/store-moderation.ts'
import type { CreateStoreBed } from './store.contract.ts'
import {
  addChannel,
  addMembers,
  channel,
  channelArn,
  draft,
  membership,
  person,
  send,
} from './store-world.ts'
import { withStore } from './with-store.ts'

export function describePrefetch(createBed: CreateStoreBed): void {
  const world = withStore(createBed)

  async function listed(order: PrefetchOrder, limit = 50, member = 'bob'): Promise<string[]> {
    const { ownMemberships } = world.store.read
    const conversations = await ownMemberships.listForPrefetch(person(member).arn, order, limit)
    return conversations.map(({ channelArn: arn, subChannelId }) => {
      const id = arn.slice(arn.lastIndexOf('/') + 1)
      return subChannelId === '' ? id : `${id}/${subChannelId}`
    })
  }

  async function post(id: string, more: Parameters<typeof draft>[2] = {}): Promise<number> {
    world.clock.advance(1_000)
    return (await send(world.store, draft(id, 'Hello', more))).createdAt
  }

  async function markRead(id: string, readMarkerAt: number, member = 'bob'): Promise<void> {
    await world.store.transact(async (tx) =>
      tx.ownMemberships.putReadMarker(channelArn(id), person(member).arn, readMarkerAt),
    )
  }

  it('those with unread messages come first, each group by its newest message', async () => {
    for (const id of ['two', 'three', 'four']) {
      await addChannel(world.store, channel(id))
      await addMembers(world.store, id, 'bob')
    }
    expect(await listed('unread')).toEqual(['four', 'three', 'two', 'one'])
    await post('one')
    await post('two')
    const read = await post('three')
    await markRead('three', read)
    expect(await listed('unread')).toEqual(['two', 'one', 'three', 'four'])
    expect(await listed('last-message-timestamp')).toEqual(['three', 'two', 'one', 'four'])
    await markRead('two', read - 2_000)
    expect(await listed('unread')).toEqual(['two', 'one', 'three', 'four'])
    await markRead('two', read)
    expect(await listed('unread')).toEqual(['one', 'three', 'two', 'four'])
    await post('three')
    expect(await listed('unread')).toEqual(['three', 'one', 'two', 'four'])
  })

  it('a message that is targeted at others does not count, one at the member does', async () => {
    await addChannel(world.store, channel('two'))
    await addMembers(world.store, 'two', 'ann', 'bob', 'cid')
    await post('one')
    await post('two')
    await post('one', { target: person('cid').arn })
    expect(await listed('last-message-timestamp')).toEqual(['two', 'one'])
    const seen = await post('one', { target: person('bob').arn })
    expect(await listed('last-message-timestamp')).toEqual(['one', 'two'])
    await markRead('one', seen)
    await post('one', { target: person('cid').arn })
    expect(await listed('unread')).toEqual(['two', 'one'])
  })

  it('as many as are asked for, and only those of the member that exist', async () => {
    for (const id of ['two', 'three', 'strange']) await addChannel(world.store, channel(id))
    await addMembers(world.store, 'two', 'bob')
    await addMembers(world.store, 'three', 'bob')
    expect(await listed('unread', 2)).toEqual(['three', 'two'])
    await world.store.transact(async (tx) => {
      tx.channels.remove(channelArn('three'))
      tx.memberships.remove(membership('one', person('bob')))
    })
    expect(await listed('unread')).toEqual(['two'])
    expect(await listed('unread', 50, 'nobody')).toEqual([])
    await world.reopen()
    expect(await listed('last-message-timestamp')).toEqual(['two'])
  })
}
