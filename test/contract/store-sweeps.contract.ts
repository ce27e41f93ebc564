// Background work on each store, with time moved by hand: what is due goes, once, with its events.
import { afterEach, beforeEach, expect, test } from 'vitest'
import { DAY_MS } from '../../src/domain/expiration.ts'
import { SweepSchedule } from '../../src/jobs/sweep.ts'
import { createSweeps } from '../../src/jobs/sweeps.ts'
import { createLogger } from '../../src/observability/logger.ts'
import { createFakeClock, type FakeClock } from '../harness/fake-clock.ts'
import {
  addChannel,
  addMembers,
  appInstanceArn,
  channel,
  channelArn,
  conversation,
  draft,
  person,
  send,
  START,
} from './store-world.ts'
import type { CreateStoreBed } from './store.contract.ts'
import { withStore } from './with-store.ts'

const HOUR_MS = 3_600_000

export function describeSweeps(createBed: CreateStoreBed): void {
  const world = withStore(createBed)
  let clock: FakeClock
  let schedule: SweepSchedule

  beforeEach(async () => {
    clock = createFakeClock(START)
    const logger = createLogger({ level: 'silent', isTerminal: false, sensitiveNames: new Set() })
    schedule = new SweepSchedule({ sweeps: createSweeps(world.store), clock, logger })
    await schedule.start()
  })
  afterEach(() => schedule.close())

  /** Moves time, hour by hour, and lets everything happen that is due. */
  async function pass(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= HOUR_MS) {
      const step = Math.min(left, HOUR_MS)
      clock.advance(step)
      world.clock.advance(step)
      await schedule.settled()
    }
  }

  test('deletes an expired channel within the hour, tells its members, and purges it', async () => {
    const { store, events } = world
    const expiration = { days: 2, criterion: 'CREATED_TIMESTAMP' } as const
    await addChannel(store, channel('short', { expiration }))
    await addMembers(store, 'short', 'ann', 'bob')
    await send(store, draft('short', 'hello'))
    await pass(2 * DAY_MS - 1)
    expect(await store.read.channels.find(channelArn('short'))).toBeDefined()
    expect(events.seen).toEqual([])
    await pass(HOUR_MS)
    expect(await store.read.channels.find(channelArn('short'))).toBeUndefined()
    expect(events.seen).toHaveLength(1)
    expect(JSON.parse(events.seen[0] ?? '')).toMatchObject({ ChannelArn: channelArn('short') })
    await pass(HOUR_MS)
    expect(await store.transact((tx) => tx.upkeep.purgeRemoved(10))).toBe(0)
    expect(await store.read.channels.find(channelArn('one'))).toBeDefined()
  })

  test('ends what a removed user left behind when nobody else got to it', async () => {
    const { store, events } = world
    const bob = person('bob').arn
    await store.transact(async (tx) => tx.appInstanceUsers.remove(bob))
    expect(events.seen).toEqual([])
    await pass(HOUR_MS)
    expect(events.seen).toHaveLength(1)
    expect(JSON.parse(events.seen[0] ?? '')).toMatchObject({
      ChannelArn: channelArn('one'),
      Member: { Arn: bob },
    })
    expect((await store.read.members.listWithRelationsLeft({ limit: 9 })).items).toEqual([])
  })

  test('forgets dead letters two weeks after they died', async () => {
    const { store } = world
    const [stays, goes] = ['stays', 'goes'].map((target) => ({ kind: 'stream', target }) as const)
    for (const destination of [stays!, goes!]) {
      const made = { ...destination, orderingKey: '', content: { record: 'r' } } as const
      await store.transact(async (tx) => tx.outbox.append(made))
    }
    const [entry] = await store.read.outbox.listWaiting(goes!, 0, 1)
    await store.transact(async (tx) => tx.outbox.bury(entry!.entryId, 1, 'no'))
    await pass(14 * DAY_MS)
    const dead = async () => (await store.read.outbox.listDead(undefined, { limit: 9 })).items
    expect(await dead()).toHaveLength(1)
    await pass(HOUR_MS)
    expect(await dead()).toEqual([])
    expect(await store.read.outbox.listDestinations()).toEqual([stays])
  })

  test('a channel that is spoken in, or whose settings were removed, stays', async () => {
    const { store } = world
    const expiration = { days: 2, criterion: 'LAST_MESSAGE_TIMESTAMP' } as const
    await addChannel(store, channel('busy', { expiration }))
    await addChannel(store, channel('kept', { expiration }))
    await pass(DAY_MS)
    await send(store, draft('busy', 'still here'))
    await store.transact(async (tx) => tx.channels.replace(channel('kept')))
    await pass(DAY_MS + 2 * HOUR_MS)
    expect(await store.read.channels.find(channelArn('busy'))).toBeDefined()
    expect(await store.read.channels.find(channelArn('kept'))).toBeDefined()
    await pass(DAY_MS)
    expect(await store.read.channels.find(channelArn('busy'))).toBeUndefined()
    expect(await store.read.channels.find(channelArn('kept'))).toBeDefined()
  })

  test('deletes an expired user as DeleteAppInstanceUser does', async () => {
    const { store, events } = world
    const dan = person('dan')
    await store.transact(async (tx) => {
      const times = { createdAt: START, lastUpdatedAt: START }
      tx.appInstanceUsers.insert({ arn: dan.arn, name: dan.name, expirationDays: 1, ...times })
    })
    await addMembers(store, 'one', 'dan')
    await pass(DAY_MS + HOUR_MS)
    expect(await store.read.members.findIdentity(dan.arn)).toBeUndefined()
    expect(await store.read.memberships.find(conversation('one'), dan.arn)).toBeUndefined()
    expect(events.seen[0]).toBe(`removed ${dan.arn}`)
    expect(events.seen).toHaveLength(2)
    expect(JSON.parse(events.seen[1] ?? '')).toMatchObject({ Member: { Arn: dan.arn } })
  })

  test('purges messages past their retention, but not within the grace', async () => {
    const { store } = world
    await send(store, draft('one', 'old'))
    const put = (retentionDays: number | undefined, initiateDeletionAt: number) =>
      store.transact(async (tx) =>
        tx.retention.put(appInstanceArn, { retentionDays, initiateDeletionAt }),
      )
    await put(5, START + 30 * DAY_MS)
    const contents = async () => {
      const request = { order: 'ASCENDING', viewer: person('ann').arn, limit: 9 } as const
      const { items } = await store.read.messages.list(conversation('one'), request)
      return items.map(({ content }) => content)
    }
    await pass(20 * DAY_MS)
    expect(await contents()).toEqual([])
    // Within the grace a longer period brings it back.
    await put(60, clock.now() + 30 * DAY_MS)
    expect(await contents()).toEqual(['old'])
    await put(5, clock.now())
    await pass(2 * HOUR_MS)
    await put(undefined, clock.now())
    expect(await contents()).toEqual([])
  })
}
