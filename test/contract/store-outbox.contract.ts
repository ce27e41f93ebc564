// Contract of the outbox, of the settings that decide what gets into it, and of the routing that
// puts it there. Run by store.contract.ts.
import { beforeEach, describe, expect, it } from 'vitest'
import { arnWithin } from '../../src/base/arn.ts'
import { streamEvent, type ChannelEvent } from '../../src/domain/channel-event.ts'
import type { AppInstanceBot } from '../../src/domain/identity.ts'
import type { OutboxDestination, OutboxDraft } from '../../src/domain/outbox.ts'
import type { OutboundRouting } from '../../src/ports/outbound.ts'
import type { Store } from '../../src/ports/store.ts'
import {
  addChannel,
  addMembers,
  addSubChannel,
  addUsers,
  appInstanceArn,
  channel,
  channelArn,
  conversation,
  createManualClock,
  createRecordedEvents,
  event,
  furnish,
  membership,
  pageThrough,
  person,
  START,
} from './store-world.ts'
import type { CreateStoreBed } from './store.contract.ts'
import { withStore } from './with-store.ts'

const DAY_MS = 24 * 60 * 60 * 1000
const one = channelArn('one')
const stream: OutboxDestination = { kind: 'stream', target: 'arn:stream/a' }

function record(text: string, more: Partial<OutboxDraft> = {}): OutboxDraft {
  const draft = { ...stream, orderingKey: one, content: { record: text }, ...more }
  return draft as OutboxDraft
}

async function append(store: Store, ...drafts: readonly OutboxDraft[]): Promise<void> {
  await store.transact(async (tx) => {
    for (const draft of drafts) tx.outbox.append(draft)
  })
}

const recordsOf = async (store: Store, destination = stream, after = 0, limit = 99) => {
  const entries = await store.read.outbox.listWaiting(destination, after, limit)
  return entries.map(({ content }) => ('record' in content ? content.record : ''))
}

const bot = (id: string, more: Partial<AppInstanceBot> = {}): AppInstanceBot => ({
  arn: arnWithin(appInstanceArn, 'bot', id),
  name: `Bot ${id}`,
  configuration: {
    lexBotAliasArn: 'arn:aws:lex:us-east-1:000000000000:bot-alias/BOTBOTBOT1/ALIASALIA1',
    localeId: 'en_US',
  },
  createdAt: START,
  lastUpdatedAt: START,
  ...more,
})

export function describeOutbox(createBed: CreateStoreBed): void {
  describe('the outbox', () => {
    describeEntries(createBed)
  })
  describe('dead letters', () => {
    describeDeadLetters(createBed)
  })
  describe('settings', () => {
    describeSettings(createBed)
  })
  describe('routing', () => {
    describeRouting(createBed)
  })
}

function describeEntries(createBed: CreateStoreBed): void {
  const world = withStore(createBed)

  it('keeps what is appended, in the order of commits, apart by destination', async () => {
    const { store, events, clock } = world
    clock.advance(5)
    await append(store, record('a'), record('b'))
    await append(
      store,
      record('other', { target: 'arn:stream/b' }),
      record('c', { orderingKey: '' }),
    )
    expect(events.seen).toEqual([
      'waits for stream arn:stream/a',
      'waits for stream arn:stream/a',
      'waits for stream arn:stream/b',
      'waits for stream arn:stream/a',
    ])
    const entries = await store.read.outbox.listWaiting(stream, 0, 99)
    expect(entries).toMatchObject([
      { ...stream, orderingKey: one, content: { record: 'a' }, attemptsCount: 0 },
      { content: { record: 'b' }, createdAt: START + 5, dueAt: START + 5, failure: undefined },
      { content: { record: 'c' }, orderingKey: '' },
    ])
    const ids = entries.map(({ entryId }) => entryId)
    expect(ids).toEqual(ids.toSorted((a, b) => a - b))
    expect(await recordsOf(store, stream, ids[0], 1)).toEqual(['b'])
    expect(await recordsOf(store, { kind: 'bot', target: 'arn:stream/a' })).toEqual([])
  })

  it('lists every destination that something waits for', async () => {
    const { store } = world
    expect(await store.read.outbox.listDestinations()).toEqual([])
    const callback = { kind: 'processor', content: { callbackId: 'c' } } as const
    await append(
      store,
      record('a'),
      record('b'),
      record('c', { ...callback, target: 'arn:function/z' }),
      record('d', { ...callback, target: 'arn:function/a' }),
      record('e', { target: '' }),
    )
    const found = await store.read.outbox.listDestinations()
    expect(found.map(({ kind, target }) => `${kind} ${target}`).toSorted()).toEqual([
      'processor arn:function/a',
      'processor arn:function/z',
      'stream ',
      'stream arn:stream/a',
    ])
  })

  it('finds those that wait by their ids, however many are named, and no dead letters', async () => {
    const { store } = world
    const texts = Array.from({ length: 70 }, (_, index) => `e${index}`)
    await append(store, ...texts.map((text) => record(text)))
    const { outbox } = store.read
    const waiting = await outbox.listWaiting(stream, 0, 99)
    const ids = waiting.map(({ entryId }) => entryId)
    expect(await outbox.listWaitingByIds(stream, [])).toEqual([])
    expect(await outbox.listWaitingByIds(stream, ids)).toEqual(waiting)
    const [first = 0, second = 0, third = 0] = ids
    await store.transact(async (tx) => {
      tx.outbox.bury(first, 1, 'no')
      tx.outbox.remove(second)
    })
    const left = await outbox.listWaitingByIds(stream, [first, second, third, 999_999])
    expect(left).toEqual([waiting[2]])
  })

  it('counts what waits, as far as it is asked to', async () => {
    const { store } = world
    const { outbox } = store.read
    expect(await outbox.countWaiting(stream, 9)).toBe(0)
    await append(store, record('a'), record('b'), record('c'))
    expect(await outbox.countWaiting(stream, 9)).toBe(3)
    expect(await outbox.countWaiting(stream, 2)).toBe(2)
  })

  it('keeps nothing of a transaction that failed', async () => {
    const { store, events } = world
    const failed = store.transact(async (tx) => {
      tx.outbox.append(record('a'))
      throw new Error('no')
    })
    await expect(failed).rejects.toThrow('no')
    expect(await store.read.outbox.listDestinations()).toEqual([])
    expect(events.seen).toEqual([])
  })

  it('removes, and what is not there is no fault', async () => {
    const { store } = world
    await append(store, record('a'), record('b'))
    const [first] = await store.read.outbox.listWaiting(stream, 0, 9)
    for (let n = 0; n < 2; n++) {
      await store.transact(async (tx) => tx.outbox.remove(first!.entryId))
    }
    expect(await recordsOf(store)).toEqual(['b'])
  })

  it('removes many at once: none, one, some and more than a statement takes', async () => {
    const { store } = world
    const texts = Array.from({ length: 100 }, (_, index) => `r${index}`)
    await append(store, ...texts.map((text) => record(text)))
    let left = await store.read.outbox.listWaiting(stream, 0, 999)
    for (const count of [0, 1, 5, 33, 60]) {
      const ids = left.slice(0, count).map(({ entryId }) => entryId)
      await store.transact(async (tx) => tx.outbox.removeAll(ids))
      left = left.slice(count)
      expect(await store.read.outbox.listWaiting(stream, 0, 999)).toEqual(left)
    }
    expect(left).toHaveLength(1)
  })

  it('never uses an id again, also after everything was removed and the store opened anew', async () => {
    await append(world.store, record('a'))
    const [first] = await world.store.read.outbox.listWaiting(stream, 0, 9)
    await world.store.transact(async (tx) => tx.outbox.remove(first!.entryId))
    await world.reopen()
    await append(world.store, record('b'))
    const [second] = await world.store.read.outbox.listWaiting(stream, 0, 9)
    expect(second!.entryId).toBeGreaterThan(first!.entryId)
  })

  it('keeps attempts and what they were told, across a restart', async () => {
    await append(world.store, record('a'))
    const [first] = await world.store.read.outbox.listWaiting(stream, 0, 9)
    const failure = 'x'.repeat(2_000)
    await world.store.transact(async (tx) =>
      tx.outbox.defer(first!.entryId, 3, START + 77, failure),
    )
    await world.reopen()
    expect(await world.store.read.outbox.listWaiting(stream, 0, 9)).toEqual([
      { ...first, attemptsCount: 3, dueAt: START + 77, failure: failure.slice(0, 512) },
    ])
  })

  it('keeps a reason whatever is in it, as far as a database can', async () => {
    const { store } = world
    await append(store, record('a'))
    const waiting = () => store.read.outbox.listWaiting(stream, 0, 9)
    const [entry] = await waiting()
    const cut = `${'x'.repeat(511)}\u{1F600}`
    for (const [reason, kept] of [
      ['before\0after \ud800', 'before\ufffdafter \ufffd'],
      [cut, `${'x'.repeat(511)}\ufffd`],
    ] as const) {
      await store.transact(async (tx) => tx.outbox.defer(entry!.entryId, 1, START, reason))
      expect((await waiting())[0]?.failure).toBe(kept)
    }
  })

  it('goes on with other content as if it had just been made, in its place', async () => {
    const { store, clock } = world
    await append(store, record('a'), record('b'))
    const [first] = await store.read.outbox.listWaiting(stream, 0, 9)
    await store.transact(async (tx) => tx.outbox.defer(first!.entryId, 3, START + 77, 'no'))
    clock.advance(1_000)
    await store.transact(async (tx) => tx.outbox.replaceContent(first!, { record: 'c' }))
    expect((await store.read.outbox.listWaiting(stream, 0, 9))[0]).toEqual({
      ...first,
      content: { record: 'c' },
      createdAt: START + 1_000,
      dueAt: START + 1_000,
    })
    expect(await recordsOf(store)).toEqual(['c', 'b'])
  })
}

function describeDeadLetters(createBed: CreateStoreBed): void {
  const world = withStore(createBed)
  let ids: number[]

  beforeEach(async () => {
    const { store, clock } = world
    await append(store, record('a'), record('b'), record('c'))
    await append(store, record('d', { kind: 'bot', target: 'arn:bot', orderingKey: '' }))
    const entries = await store.read.outbox.listWaiting(stream, 0, 9)
    const [ofBot] = await store.read.outbox.listWaiting({ kind: 'bot', target: 'arn:bot' }, 0, 9)
    ids = [...entries, ofBot!].map(({ entryId }) => entryId)
    for (const id of [ids[1]!, ids[0]!, ids[3]!]) {
      clock.advance(10)
      await store.transact(async (tx) => tx.outbox.bury(id, 7, 'gone away'))
    }
    world.events.seen.length = 0
  })

  it('wait no more, and are listed, the last first, with their end', async () => {
    const { store } = world
    expect(await recordsOf(store)).toEqual(['c'])
    expect(await store.read.outbox.listDestinations()).toEqual([stream])
    expect(await store.read.outbox.countWaiting(stream, 9)).toBe(1)
    const { items } = await store.read.outbox.listDead(undefined, { limit: 9 })
    expect(items.map(({ entryId }) => entryId)).toEqual([ids[3], ids[0], ids[1]])
    expect(items[1]).toEqual({
      entryId: ids[0],
      ...stream,
      orderingKey: one,
      createdAt: START,
      attemptsCount: 7,
      failure: 'gone away',
      diedAt: START + 20,
    })
    const ofBots = await store.read.outbox.listDead('bot', { limit: 9 })
    expect(ofBots.items.map(({ entryId }) => entryId)).toEqual([ids[3]])
  })

  it('are listed page by page', async () => {
    const { store } = world
    const { items, pagesCount } = await pageThrough((after) =>
      store.read.outbox.listDead(undefined, { limit: 1, after }),
    )
    expect(items.map(({ entryId }) => entryId)).toEqual([ids[3], ids[0], ids[1]])
    expect(pagesCount).toBe(3)
    const streams = await pageThrough((after) =>
      store.read.outbox.listDead('stream', { limit: 1, after }),
    )
    expect(streams.items.map(({ entryId }) => entryId)).toEqual([ids[0], ids[1]])
  })

  it('wait again when they are revived, in their old place, as if just made', async () => {
    const { store, clock, events } = world
    clock.advance(1_000)
    const revived = await store.transact((tx) => tx.outbox.revive([ids[1]!, ids[1]!, ids[2]!, 999]))
    // The third is no dead letter.
    expect(revived).toEqual([stream])
    expect(events.seen).toEqual(['waits for stream arn:stream/a'])
    expect(await recordsOf(store)).toEqual(['b', 'c'])
    const [entry] = await store.read.outbox.listWaiting(stream, 0, 1)
    expect(entry).toMatchObject({ attemptsCount: 0, createdAt: clock.now(), dueAt: clock.now() })
    expect(await store.transact((tx) => tx.outbox.revive([ids[1]!]))).toEqual([])
  })

  it('are gone for good when they are discarded; what waits is not', async () => {
    const { store } = world
    expect(await store.transact((tx) => tx.outbox.discard([ids[0]!, ids[0]!, ids[2]!, 999]))).toBe(
      1,
    )
    expect(await recordsOf(store)).toEqual(['c'])
    const { items } = await store.read.outbox.listDead(undefined, { limit: 9 })
    expect(items.map(({ entryId }) => entryId)).toEqual([ids[3], ids[1]])
  })

  it('are revived or discarded once, by whoever is first', async () => {
    const { store } = world
    const results = await Promise.all([
      store.transact(async (tx) => (await tx.outbox.revive([ids[0]!])).length),
      store.transact((tx) => tx.outbox.discard([ids[0]!])),
      store.transact(async (tx) => (await tx.outbox.revive([ids[0]!])).length),
    ])
    expect(results.reduce((sum, count) => sum + count, 0)).toBe(1)
  })

  it('are purged, the oldest first, as many at a time as is said', async () => {
    const { store } = world
    const purge = (before: number) => store.transact((tx) => tx.outbox.purgeDead(before, 1))
    expect(await purge(START + 10)).toBe(0)
    expect(await purge(START + DAY_MS)).toBe(1)
    const { items } = await store.read.outbox.listDead(undefined, { limit: 9 })
    expect(items.map(({ entryId }) => entryId)).toEqual([ids[3], ids[0]])
    expect(await purge(START + DAY_MS)).toBe(1)
    expect(await purge(START + DAY_MS)).toBe(1)
    expect(await purge(START + DAY_MS)).toBe(0)
    expect(await recordsOf(store)).toEqual(['c'])
  })

  it('are not purged when they are revived at that moment', async () => {
    const { store } = world
    let runsCount = 0
    const purgedCount = await store.transact(async (tx) => {
      const count = await tx.outbox.purgeDead(START + DAY_MS, 1)
      if (++runsCount === 1) {
        await store.transact((other) => other.outbox.revive([ids[1]!]))
      }
      return count
    })
    expect([purgedCount, runsCount]).toEqual([1, 2])
    expect(await recordsOf(store)).toEqual(['b', 'c'])
    const { items } = await store.read.outbox.listDead(undefined, { limit: 9 })
    expect(items.map(({ entryId }) => entryId)).toEqual([ids[3]])
  })
}

function describeSettings(createBed: CreateStoreBed): void {
  const world = withStore(createBed)
  const find = (arn = one) => world.store.read.outboundSettings.find(arn)
  const botsOf = async (arn = one) =>
    (await find(arn)).bots.map(({ bot: { name }, subChannelId }) => name + subChannelId).toSorted()
  const join = (each: AppInstanceBot, id = 'one', more: object = {}) =>
    world.store.transact(async (tx) => tx.memberships.insert(membership(id, each, more)))

  it('tell of streams as soon as they are put, and no longer than that', async () => {
    const { store } = world
    expect(await find()).toEqual({ streams: [], bots: [] })
    const streams = [{ dataType: 'Channel', resourceArn: 'arn:s' }] as const
    await store.transact(async (tx) => tx.streamingConfigurations.put(appInstanceArn, streams))
    expect((await find()).streams).toEqual(streams)
    await store.transact(async (tx) => tx.streamingConfigurations.put(appInstanceArn, []))
    expect((await find()).streams).toEqual([])
  })

  it('make a transaction run again that did not know of a stream', async () => {
    const { store } = world
    const streams = [{ dataType: 'Channel', resourceArn: 'arn:s' }] as const
    let runs = 0
    await store.transact(async (tx) => {
      runs++
      const found = await tx.outboundSettings.find(one)
      if (runs === 1) {
        await store.transact(async (other) =>
          other.streamingConfigurations.put(appInstanceArn, streams),
        )
      }
      tx.outbox.append(record(`saw ${found.streams.length}`))
    })
    expect(runs).toBe(2)
    expect(await recordsOf(store)).toEqual(['saw 1'])
  })

  it('tell of bots that are members: joined alone or together, and left', async () => {
    const { store } = world
    const [alone, together] = [bot('alone'), bot('together')]
    await store.transact(async (tx) => {
      tx.appInstanceBots.insert(alone)
      tx.appInstanceBots.insert(together)
    })
    expect(await botsOf()).toEqual([])
    await join(alone)
    expect(await botsOf()).toEqual(['Bot alone'])
    await addUsers(store, 'dan')
    await store.transact(async (tx) => {
      const members = [person('dan'), together]
      await tx.memberships.listCandidates(
        one,
        members.map(({ arn }) => arn),
      )
      tx.memberships.insertAll(members.map((member) => membership('one', member)))
    })
    expect(await botsOf()).toEqual(['Bot alone', 'Bot together'])
    expect((await find()).bots[0]).toMatchObject({
      type: 'DEFAULT',
      configuration: alone.configuration,
      subChannelId: '',
    })
    await store.transact(async (tx) => {
      const found = await tx.memberships.find(conversation('one'), alone.arn)
      tx.memberships.remove(found!)
    })
    expect(await botsOf()).toEqual(['Bot together'])
  })

  it('tell of what a bot is called and how it is reached now, and not of one that is gone', async () => {
    const { store } = world
    const first = bot('b')
    await store.transact(async (tx) => tx.appInstanceBots.insert(first))
    await join(first)
    expect(await botsOf()).toEqual(['Bot b'])
    const configuration = { ...first.configuration, localeId: 'de_DE' }
    await store.transact(async (tx) =>
      tx.appInstanceBots.replace({ ...first, name: 'New', configuration }),
    )
    expect((await find()).bots).toMatchObject([{ bot: { name: 'New' }, configuration }])
    await store.transact(async (tx) => tx.appInstanceBots.remove(first.arn))
    expect(await botsOf()).toEqual([])
  })

  it('tell of each sub-channel that a bot is in, also after it was moved', async () => {
    const { store } = world
    const elasticChannelConfiguration = {
      maximumSubChannels: 9,
      targetMembershipsPerSubChannel: 9,
      minimumMembershipPercentage: 5,
    }
    await addChannel(store, channel('big', { elasticChannelConfiguration }))
    await addSubChannel(store, 'big', 's1')
    await addSubChannel(store, 'big', 's2')
    const guide = bot('guide')
    await store.transact(async (tx) => tx.appInstanceBots.insert(guide))
    expect(await botsOf(channelArn('big'))).toEqual([])
    await join(guide, 'big', { subChannelId: 's1' })
    expect(await botsOf(channelArn('big'))).toEqual(['Bot guides1'])
    await store.transact(async (tx) => {
      const from = conversation('big', 's1')
      const [found] = await tx.memberships.listAll(from)
      tx.memberships.transfer(found!, 's2', START + 1)
    })
    expect(await botsOf(channelArn('big'))).toEqual(['Bot guides2'])
  })

  it('know nothing of an earlier channel of the same id', async () => {
    const { store } = world
    const guide = bot('guide')
    await store.transact(async (tx) => tx.appInstanceBots.insert(guide))
    await join(guide)
    expect(await botsOf()).toEqual(['Bot guide'])
    await store.transact(async (tx) => tx.channels.remove(one))
    await addChannel(store, channel('one'))
    await addMembers(store, 'one', 'ann')
    expect(await botsOf()).toEqual([])
    await join(guide)
    expect(await botsOf()).toEqual(['Bot guide'])
  })

  it('tell whether there is any device, from the first on', async () => {
    const { store } = world
    const bob = person('bob').arn
    const has = () => store.read.outboundSettings.hasEndpoints(person('ann').arn)
    expect(await has()).toBe(false)
    await store.transact(async (tx) =>
      tx.endpoints.insert({
        appInstanceUserArn: bob,
        endpointId: 'e',
        type: 'GCM',
        resourceArn: 'arn:p',
        deviceToken: 'd',
        allowMessages: 'ALL',
        status: 'ACTIVE',
        createdAt: START,
        lastUpdatedAt: START,
      }),
    )
    expect(await has()).toBe(true)
  })
}

const namesOf = (events: readonly ChannelEvent[]) =>
  events.map(({ payload }) => JSON.stringify(payload)).join(' ')

function describeRouting(createBed: CreateStoreBed): void {
  /** A furnished store whose events are routed by `route`. */
  async function open(route: OutboundRouting['route']) {
    const bed = await createBed()
    const events = createRecordedEvents()
    const store = await bed.open(createManualClock(), events, { route })
    await furnish(store)
    return {
      store,
      events,
      async [Symbol.asyncDispose]() {
        await store.close()
        await bed.dispose()
      },
    }
  }

  it('sees every event of a transaction once, in order, and becomes part of it', async () => {
    await using world = await open(async (tx, events) => {
      tx.outbox.append(record(namesOf(events)))
    })
    const { store, events } = world
    await store.transact(async (tx) => {
      tx.publish(event(1))
      tx.publish(event(2))
    })
    await store.transact(async (tx) => tx.publish(event(3)))
    // One that publishes nothing.
    await addUsers(store, 'dan')
    expect(await recordsOf(store)).toEqual(['{"n":1} {"n":2}', '{"n":3}'])
    expect(events.seen).toEqual([
      '{"n":1}',
      '{"n":2}',
      'waits for stream arn:stream/a',
      '{"n":3}',
      'waits for stream arn:stream/a',
    ])
  })

  it('sees what only streams hear of, which nobody else does', async () => {
    await using world = await open(async (tx, events) => {
      tx.outbox.append(record(events.map(({ type }) => type).join(' ')))
    })
    const { store, events } = world
    const made = streamEvent('CREATE_CHANNEL', { channelArn: one }, {})
    await store.transact(async (tx) => tx.publish(made))
    expect(await recordsOf(store)).toEqual(['CREATE_CHANNEL'])
    expect(events.seen).toEqual(['waits for stream arn:stream/a'])
  })

  it('runs again with a transaction that must, and leaves nothing of its first run', async () => {
    let routed = 0
    await using world = await open(async (tx) => {
      routed++
      const { streams } = await tx.outboundSettings.find(one)
      tx.outbox.append(record(`${streams.length} streams`))
    })
    const { store } = world
    let runs = 0
    await store.transact(async (tx) => {
      runs++
      await tx.outboundSettings.find(one)
      if (runs === 1) {
        const streams = [{ dataType: 'Channel', resourceArn: 'arn:s' }] as const
        await store.transact(async (other) =>
          other.streamingConfigurations.put(appInstanceArn, streams),
        )
      }
      tx.publish(event(1))
    })
    expect([runs, routed]).toEqual([2, 2])
    expect(await recordsOf(store)).toEqual(['1 streams'])
  })

  it('fails the transaction when it fails', async () => {
    await using world = await open(() => Promise.reject(new Error('no way out')))
    const { store, events } = world
    const failed = store.transact(async (tx) => {
      tx.channels.remove(one)
      tx.publish(event(1))
    })
    await expect(failed).rejects.toThrow('no way out')
    expect(await store.read.channels.find(one)).toBeDefined()
    expect(events.seen).toEqual([])
  })
}
