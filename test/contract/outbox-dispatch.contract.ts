// Deliveries on each store, with time moved by hand: what is sent when, in which order, what
// becomes of failures, and what is left after a restart. Run by store.contract.ts.
import { afterEach, beforeEach, expect, it } from 'vitest'
import { DeliveryError } from '../../src/domain/delivery-error.ts'
import { StoreUnavailableError } from '../../src/ports/store.ts'
import {
  deliveryWorld,
  entriesOf,
  textOf,
  type DeliveryWorld,
  type Held,
} from './delivery-world.ts'
import { channelArn, START } from './store-world.ts'
import type { CreateStoreBed } from './store.contract.ts'

const SECOND_MS = 1_000
const MINUTE_MS = 60_000
const [one, two] = [channelArn('one'), channelArn('two')]
const failed = { outcome: 'failed', reason: 'not now', isDestinationDown: false } as const
const down = { outcome: 'failed', reason: 'nobody there', isDestinationDown: true } as const
const refused = { outcome: 'refused', reason: 'never' } as const
const delivered = { outcome: 'delivered' } as const

export function describeDispatch(createBed: CreateStoreBed): void {
  let world: DeliveryWorld

  beforeEach(async () => {
    world = await deliveryWorld(createBed)
  })
  afterEach(() => world.dispose())

  it('delivers what is appended at once, and removes it', async () => {
    await world.start()
    await world.append('a', one)
    await world.settled()
    expect(world.arrived).toEqual(['a'])
    expect(await world.waiting()).toEqual([])
  })

  it('delivers what was there before the start, in its order', async () => {
    for (const text of ['a', 'b', 'c']) await world.append(text, one)
    await world.start()
    await world.settled()
    expect(world.arrived).toEqual(['a', 'b', 'c'])
  })

  it('sends batches as large as the destination takes', async () => {
    world.policy = { batchEntriesMax: 3, isBatchAtomic: true, batchesUnderWayMax: 1 }
    await world.appendAll(['a', 'b', 'c', 'd', 'e'], one)
    await world.start()
    await world.settled()
    expect(world.batches).toEqual([
      ['a', 'b', 'c'],
      ['d', 'e'],
    ])
  })

  it('has as many batches under way as the destination takes, one of each key', async () => {
    world.policy = { batchesUnderWayMax: 3 }
    const held = world.holdAll()
    await world.appendAll(['a', 'b'], one)
    await world.appendAll(['c', 'd'], two)
    await world.appendAll(['e', 'f', 'g'], '')
    await world.start()
    await held.begun(3)
    expect(world.batches).toEqual([['a'], ['c'], ['e']])
    held.release()
    await world.settled()
    expect(world.arrived.toSorted()).toEqual(['a', 'b', 'c', 'd', 'e', 'f', 'g'])
    expect(world.arrived.indexOf('b')).toBeGreaterThan(world.arrived.indexOf('a'))
  })

  it('tries again after a pause that doubles, and keeps the attempts across a restart', async () => {
    world.outcomeOf = () => failed
    await world.append('a', one)
    await world.start()
    await world.settled()
    const at = world.clock.now()
    expect(await world.waiting()).toMatchObject([
      { attemptsCount: 1, dueAt: at + SECOND_MS, failure: 'not now' },
    ])
    await world.pass(SECOND_MS - 1)
    expect(world.batches).toHaveLength(1)
    await world.pass(1)
    expect(world.batches).toHaveLength(2)
    expect(await world.waiting()).toMatchObject([{ attemptsCount: 2, dueAt: at + 3 * SECOND_MS }])
    await world.restart()
    await world.pass(2 * SECOND_MS - 1)
    expect(world.batches).toHaveLength(2)
    await world.pass(1)
    expect(world.batches).toHaveLength(3)
  })

  it('what waits for its retry holds up what comes after it, and nothing else', async () => {
    world.outcomeOf = ({ text, attempt }) => (text === 'a' && attempt === 1 ? failed : delivered)
    await world.appendAll(['a', 'b'], one)
    await world.appendAll(['c', 'd'], two)
    await world.append('e', '')
    await world.start()
    await world.settled()
    await world.appendAll(['f'], one)
    await world.settled()
    expect(world.arrived.toSorted()).toEqual(['c', 'd', 'e'])
    await world.pass(SECOND_MS)
    expect(world.arrived.slice(3)).toEqual(['a', 'b', 'f'])
  })

  it('of a batch that arrived in part only the rest is tried again', async () => {
    world.policy = { batchEntriesMax: 10 }
    world.outcomeOf = ({ text, attempt }) => (text === 'b' && attempt === 1 ? failed : delivered)
    for (const text of ['a', 'b', 'c']) await world.append(text, '')
    await world.start()
    await world.pass(SECOND_MS)
    expect(world.batches).toEqual([['a', 'b', 'c'], ['b']])
    expect(await world.waiting()).toEqual([])
  })

  it('gives up after the last attempt, and what is behind goes on', async () => {
    world.policy = { attemptsMax: 3 }
    world.outcomeOf = ({ text }) => (text === 'a' ? failed : delivered)
    await world.appendAll(['a', 'b'], one)
    await world.start()
    await world.pass(10 * SECOND_MS)
    expect(world.batches).toEqual([['a'], ['a'], ['a'], ['b']])
    expect(await world.dead()).toMatchObject([{ attemptsCount: 3, failure: 'not now' }])
  })

  it('gives up what is too old, not later than that', async () => {
    world.policy = { ageMsMax: 10 * SECOND_MS, attemptMsMax: SECOND_MS }
    world.outcomeOf = () => failed
    await world.append('a', one)
    await world.start()
    for (let second = 0; second < 9; second++) {
      expect(await world.waiting()).toHaveLength(1)
      await world.pass(SECOND_MS)
    }
    expect(await world.dead()).toMatchObject([{ failure: 'not now' }])
    // At 0, 1, 3, 7 and, instead of at 15, at 9 seconds.
    expect(world.batches).toHaveLength(5)
  })

  it('tries what grew too old while the server was away', async () => {
    world.policy = { ageMsMax: 10 * SECOND_MS }
    await world.append('a', one)
    world.clock.advance(MINUTE_MS)
    await world.start()
    await world.settled()
    expect(world.arrived).toEqual(['a'])
  })

  it('holds time in which nothing could be tried against no entry that only attempts end', async () => {
    world.policy = {
      attemptsMax: 3,
      ageMsMax: 10 * SECOND_MS,
      attemptMsMax: SECOND_MS,
      agesWhileAway: false,
    }
    world.outcomeOf = () => failed
    await world.append('a', one)
    world.clock.advance(60 * MINUTE_MS)
    await world.start()
    await world.settled()
    expect(await world.waiting()).toMatchObject([{ attemptsCount: 1 }])
    await world.pass(SECOND_MS)
    expect(await world.waiting()).toMatchObject([{ attemptsCount: 2 }])
    await world.crash(async () => world.clock.advance(60 * MINUTE_MS))
    await world.settled()
    expect(world.batches).toHaveLength(3)
    expect(await world.dead()).toMatchObject([{ attemptsCount: 3 }])
  })

  it('ages it as any other while it runs, also when its destination is down', async () => {
    const short = { ageMsMax: 10 * SECOND_MS, attemptMsMax: SECOND_MS }
    world.policy = { ...short, attemptsMax: 30, agesWhileAway: false, pauseMsMax: 4 * SECOND_MS }
    world.outcomeOf = () => down
    for (const text of ['a', 'b', 'c', 'd', 'e']) await world.append(text, '')
    world.clock.advance(60 * MINUTE_MS)
    await world.start()
    await world.pass(9 * SECOND_MS)
    expect(await world.waiting()).not.toEqual([])
    await world.pass(SECOND_MS)
    expect(await world.waiting()).toEqual([])
    expect(await world.dead()).toHaveLength(5)
  })

  it('lets nothing wait for the time at which it seems to have begun, once the clock is set back', async () => {
    const short = { ageMsMax: 10 * SECOND_MS, attemptMsMax: SECOND_MS }
    world.policy = { ...short, attemptsMax: 30, agesWhileAway: false, pauseMsMax: 4 * SECOND_MS }
    world.outcomeOf = () => down
    await world.start()
    await world.pass(MINUTE_MS)
    world.clock.setNow(world.clock.now() - 60 * MINUTE_MS)
    for (const text of ['a', 'b', 'c', 'd', 'e', 'f']) await world.append(text, '')
    await world.pass(15 * SECOND_MS)
    expect(await world.waiting()).toEqual([])
    expect(await world.dead()).toHaveLength(6)
  })

  it('what is refused is a dead letter at once', async () => {
    world.outcomeOf = ({ text }) => (text === 'a' ? refused : delivered)
    await world.appendAll(['a', 'b'], one)
    await world.start()
    await world.settled()
    expect(world.arrived).toEqual(['b'])
    expect(await world.dead()).toMatchObject([{ attemptsCount: 1, failure: 'never' }])
    expect(world.log).toContainEqual(expect.stringContaining('dead letter'))
  })

  it('a dead letter that is revived arrives, at once and before those behind it', async () => {
    world.policy = { batchesUnderWayMax: 1 }
    world.outcomeOf = ({ text, attempt }) => (text === 'a' && attempt === 1 ? refused : delivered)
    await world.append('a', one)
    await world.start()
    await world.settled()
    const held = world.holdAll()
    await world.appendAll(['b', 'c'], one)
    await held.begun(1)
    const [letter] = await world.dead()
    await world.store.transact((tx) => tx.outbox.revive([letter!.entryId]))
    // It is known of before the one under way has arrived.
    await world.settledOrWaiting()
    held.release()
    await world.settled()
    expect(world.arrived).toEqual(['b', 'a', 'c'])
  })

  it('what is thrown is a failure of the whole batch, and may say that it is for good', async () => {
    world.policy = { batchEntriesMax: 5 }
    const options = { isRetryable: true, isDestinationDown: false }
    const errors = [
      new DeliveryError('busy', options),
      new Error('secret'),
      new DeliveryError('bad', { ...options, isRetryable: false }),
    ]
    world.outcomeOf = () => {
      throw errors.shift()!
    }
    await world.append('a', '')
    await world.append('b', '')
    await world.start()
    await world.settled()
    expect(await world.waiting()).toMatchObject([{ failure: 'busy' }, { failure: 'busy' }])
    await world.pass(SECOND_MS)
    // Its text may say anything.
    expect(await world.waiting()).toMatchObject([{ failure: 'the delivery failed: Error' }, {}])
    await world.pass(2 * SECOND_MS)
    expect(await world.dead()).toMatchObject([{ failure: 'bad' }, { failure: 'bad' }])
  })

  it('writes what follows from an arrival together with it', async () => {
    world.outcomeOf = ({ text }) => ({
      outcome: 'delivered',
      async apply(tx) {
        if (text === 'a') tx.outbox.append(entriesOf('answer', one))
      },
    })
    await world.append('a', two)
    await world.start()
    await world.settled()
    expect(world.arrived).toEqual(['a', 'answer'])
  })

  it('what remains goes on with its new content, and holds up what is behind it', async () => {
    world.outcomeOf = ({ entry, text }) => ({
      outcome: 'delivered',
      ...(text.length < 3 ? { remains: true } : {}),
      async apply(tx) {
        if (text.length < 3) tx.outbox.replaceContent(entry, { record: `${text}a` })
      },
    })
    await world.appendAll(['a', 'b-is-behind'], one)
    await world.start()
    await world.settled()
    expect(world.arrived).toEqual(['a', 'aa', 'aaa', 'b-is-behind'])
    expect(await world.waiting()).toEqual([])
  })

  it('leaves it to the kind what becomes of what is given up', async () => {
    world.giveUp = async (tx, entry, reason) => {
      if (textOf(entry) === 'keep') return 'bury'
      tx.outbox.append(entriesOf(`end of ${textOf(entry)}: ${reason}`, one))
      return 'remove'
    }
    world.outcomeOf = ({ text }) => (text.startsWith('end') ? delivered : refused)
    await world.appendAll(['a', 'keep'], one)
    await world.start()
    await world.settled()
    expect(world.arrived).toEqual(['end of a: never'])
    expect(await world.dead()).toHaveLength(1)
  })

  it('what follows from one that cannot be written takes nothing else with it', async () => {
    world.policy = { batchEntriesMax: 5 }
    world.outcomeOf = ({ text }) => ({
      outcome: 'delivered',
      apply: () => (text === 'b' ? Promise.reject(new Error('bad')) : Promise.resolve()),
    })
    for (const text of ['a', 'b', 'c']) await world.append(text, '')
    await world.start()
    await world.settled()
    expect(await world.waiting()).toEqual([])
    expect(await world.dead()).toMatchObject([
      { failure: 'what follows from its delivery cannot be written' },
    ])
    expect(world.batches).toHaveLength(1)
  })

  it('does not ask a destination again because the store is not there', async () => {
    await world.append('a', one)
    world.unavailableTransactions = 3
    await world.start()
    await world.settledOrWaiting()
    expect(await world.waiting()).toHaveLength(1)
    for (let second = 0; second < 3; second++) await world.passWithin(SECOND_MS)
    await world.settled()
    expect(world.batches).toEqual([['a']])
    expect(await world.waiting()).toEqual([])
  })

  it('reads again after a while when the store is not there', async () => {
    await world.start()
    world.unavailableReads = 2
    await world.append('a', one)
    await world.settled()
    await world.pass(9 * SECOND_MS)
    expect(world.batches).toEqual([])
    await world.pass(SECOND_MS)
    expect(world.arrived).toEqual(['a'])
  })

  it('what was not tried because one before it failed has no attempt and no pause for that', async () => {
    world.policy = { batchEntriesMax: 10, isBatchAtomic: true }
    const tries = new Map<string, number>()
    let isBehind = false
    world.onTheWay = async () => void (isBehind = false)
    world.outcomeOf = ({ text }) => {
      if (isBehind) return { outcome: 'not tried' }
      tries.set(text, (tries.get(text) ?? 0) + 1)
      isBehind = tries.get(text)! < 3
      return isBehind ? failed : delivered
    }
    await world.appendAll(['a', 'b', 'c'], one)
    await world.start()
    await world.settled()
    expect((await world.waiting()).map(({ attemptsCount }) => attemptsCount)).toEqual([1, 0, 0])
    // Each has its own pauses of one second and two.
    await world.pass(3 * SECOND_MS)
    expect((await world.waiting()).map(({ attemptsCount }) => attemptsCount)).toEqual([1, 0])
    await world.pass(6 * SECOND_MS)
    expect(world.arrived).toEqual(['a', 'b', 'c'])
    expect(world.batches).toHaveLength(7)
  })

  it('what only the store keeps from being tried was not tried: it has all its attempts', async () => {
    world.policy = { attemptsMax: 2, ageMsMax: 10 * MINUTE_MS }
    let lookups = 0
    world.onTheWay = () =>
      ++lookups > 7 ? Promise.resolve() : Promise.reject(new StoreUnavailableError('not now'))
    world.outcomeOf = ({ attempt }) => (attempt === 1 ? failed : delivered)
    await world.appendAll(['a', 'b'], one)
    await world.start()
    await world.settled()
    expect(await world.waiting()).toMatchObject([{ attemptsCount: 0 }, { attemptsCount: 0 }])
    expect(world.dispatcher.overview()).toMatchObject([{ isCircuitOpen: false }])
    await world.pass(MINUTE_MS)
    expect(world.arrived).toEqual(['a', 'b'])
    expect(await world.dead()).toEqual([])
  })

  it('leaves a destination alone that is down, and tries with one batch after a pause', async () => {
    world.policy = { batchesUnderWayMax: 5 }
    world.outcomeOf = () => down
    for (let n = 0; n < 20; n++) await world.append(`e${n}`, '')
    await world.start()
    await world.settled()
    expect(world.batches).toHaveLength(5)
    expect(world.dispatcher.overview()).toMatchObject([
      { kind: 'stream', isCircuitOpen: true, waitingCount: 20, lastFailure: 'nobody there' },
    ])
    expect(world.log).toContainEqual(expect.stringContaining('is down'))
    await world.append('new', '')
    await world.settled()
    expect(world.batches).toHaveLength(5)
    await world.pass(SECOND_MS)
    expect(world.batches).toHaveLength(6)
    // Those that were not tried have no attempts.
    const untried = (await world.waiting()).filter(({ attemptsCount }) => attemptsCount === 0)
    expect(untried.length).toBeGreaterThanOrEqual(15)
    world.outcomeOf = () => delivered
    await world.pass(2 * SECOND_MS)
    expect(await world.waiting()).toEqual([])
    expect(world.log).toContainEqual(expect.stringContaining('is back'))
  })

  it('leaves a destination alone for as long as it asks, and what it has not seen as well', async () => {
    world.policy = { batchesUnderWayMax: 2 }
    world.outcomeOf = () => ({ ...down, retryAfterMs: 30 * SECOND_MS })
    for (let n = 0; n < 5; n++) await world.append(`e${n}`, '')
    await world.start()
    await world.settled()
    expect(world.batches).toEqual([['e0'], ['e1']])
    expect(world.dispatcher.overview()).toMatchObject([{ isCircuitOpen: true, waitingCount: 5 }])
    world.outcomeOf = () => delivered
    await world.append('new', '')
    await world.pass(30 * SECOND_MS - 1)
    expect(world.arrived).toEqual([])
    await world.pass(1)
    expect(world.arrived.toSorted()).toEqual(['e0', 'e1', 'e2', 'e3', 'e4', 'new'])
  })

  it('leaves it alone also when it took the rest of a batch', async () => {
    world.policy = { batchEntriesMax: 3, batchesUnderWayMax: 1 }
    world.outcomeOf = ({ text }) =>
      text === 'e1' ? { ...down, retryAfterMs: 20 * SECOND_MS } : delivered
    for (let n = 0; n < 5; n++) await world.append(`e${n}`, '')
    await world.start()
    await world.settled()
    expect(world.batches).toEqual([['e0', 'e1', 'e2']])
    await world.pass(20 * SECOND_MS - 1)
    expect(world.batches).toHaveLength(1)
    await world.pass(1)
    expect(world.arrived.toSorted()).toEqual(['e0', 'e2', 'e3', 'e4'])
  })

  it('takes a pause of no time for none', async () => {
    world.outcomeOf = ({ attempt }) => (attempt === 1 ? { ...down, retryAfterMs: 0 } : delivered)
    await world.append('a', '')
    await world.append('b', '')
    await world.start()
    await world.settled()
    expect(world.batches).toEqual([['a'], ['b']])
    expect(world.dispatcher.overview()).toMatchObject([{ isCircuitOpen: false }])
    await world.pass(SECOND_MS)
    expect(world.arrived.toSorted()).toEqual(['a', 'b'])
  })

  it('lets an entry wait for as long as is asked for it alone, also across a restart', async () => {
    world.outcomeOf = ({ text, attempt }) =>
      text === 'a' && attempt === 1 ? { ...failed, retryAfterMs: 30 * SECOND_MS } : delivered
    await world.append('a', '')
    await world.append('b', '')
    await world.start()
    await world.settled()
    expect(world.arrived).toEqual(['b'])
    await world.pass(10 * SECOND_MS)
    await world.restart()
    await world.pass(20 * SECOND_MS - 1)
    expect(world.arrived).toEqual(['b'])
    await world.pass(1)
    expect(world.arrived).toEqual(['b', 'a'])
  })

  it('tries once more before the end what is asked to wait for longer than it may', async () => {
    world.policy = { ageMsMax: 10 * SECOND_MS, attemptMsMax: SECOND_MS }
    world.outcomeOf = () => ({ ...down, retryAfterMs: MINUTE_MS })
    await world.append('a', '')
    await world.start()
    await world.pass(9 * SECOND_MS - 1)
    expect(world.batches).toHaveLength(1)
    await world.append('b', '')
    await world.pass(1)
    // The one that has just come waits its own time, for a destination that still asks to wait.
    expect(world.batches).toEqual([['a'], ['a']])
    expect(await world.dead()).toMatchObject([{ attemptsCount: 2, failure: 'nobody there' }])
    world.outcomeOf = () => delivered
    await world.pass(9 * SECOND_MS)
    expect(world.arrived).toEqual(['b'])
  })

  it('what waits for a destination that is down waits no longer than for that', async () => {
    world.outcomeOf = () => down
    await world.appendAll(['a', 'b'], one)
    await world.start()
    await world.pass(40 * SECOND_MS)
    // By itself at 0, 1, 3, 7 and 15 seconds, which opens the circuit, then as that has it.
    expect(await world.waiting()).toMatchObject([
      { attemptsCount: 9, dueAt: START + (15 + 1 + 2 + 4 + 8 + 16) * SECOND_MS },
      { attemptsCount: 0 },
    ])
    world.outcomeOf = () => delivered
    await world.pass(6 * SECOND_MS)
    expect(world.arrived).toEqual(['a', 'b'])
  })

  it('gives up what grows too old while its destination is down', async () => {
    const minute = { ageMsMax: MINUTE_MS, firstPauseMs: 50 * SECOND_MS, pauseMsMax: 10 * MINUTE_MS }
    world.policy = { batchesUnderWayMax: 5, ...minute }
    world.outcomeOf = () => down
    for (let n = 0; n < 6; n++) await world.append(`e${n}`, '')
    await world.start()
    await world.settled()
    world.clock.advance(SECOND_MS)
    await world.append('later', '')
    await world.pass(MINUTE_MS - 2 * SECOND_MS)
    expect(await world.waiting()).not.toHaveLength(0)
    const tried = world.batches.length
    await world.pass(SECOND_MS)
    expect((await world.waiting()).map((entry) => textOf(entry))).toEqual(['later'])
    await world.pass(SECOND_MS)
    expect(await world.waiting()).toEqual([])
    expect(world.batches).toHaveLength(tried)
    expect(await world.dead()).toHaveLength(7)
  })

  it('what hangs is broken off in time, and counts as a failure', async () => {
    world.policy = { attemptMsMax: 5 * SECOND_MS }
    const held = world.holdAll()
    await world.append('a', one)
    await world.start()
    await held.begun(1)
    await world.passWithin(5 * SECOND_MS)
    await world.settled()
    expect(held.abortedCount).toBe(1)
    expect(await world.waiting()).toMatchObject([
      { attemptsCount: 1, failure: 'no answer within 5000 ms' },
    ])
  })

  it('what does not even end when it is broken off is not waited for', async () => {
    world.policy = { attemptMsMax: SECOND_MS }
    const held = world.holdAll({ isDeaf: true })
    await world.append('a', one)
    await world.start()
    await held.begun(1)
    await world.passWithin(SECOND_MS)
    await world.passWithin(5 * SECOND_MS)
    await world.settled()
    expect(await world.waiting()).toMatchObject([{ attemptsCount: 1 }])
  })

  it('a destination that hangs holds up no other', async () => {
    const held = world.holdAll({ target: 'slow' })
    for (let n = 0; n < 99; n++) await world.append(`s${n}`, '', 'slow')
    world.policy = { batchesUnderWayMax: 99 }
    await world.start()
    await held.begun(48)
    await world.append('a', one)
    await world.arrival('a')
    expect(world.arrived).toEqual(['a'])
    held.release()
    await world.settled()
    expect(world.arrived).toHaveLength(100)
  })

  it('very many destinations that hang hold up no other, once they have failed', async () => {
    const held = world.holdAll({ target: 'slow' })
    for (let n = 0; n < 70; n++) await world.append(`s${n}`, '', `slow${n}`)
    world.policy = { attemptMsMax: SECOND_MS, pauseMsMax: SECOND_MS }
    await world.start()
    await held.begun(64)
    for (let n = 0; n < 2; n++) await world.passWithin(SECOND_MS)
    // Each has failed once, and some hang again.
    await held.begun(70 + 32)
    await world.append('a', one)
    await world.arrival('a')
    held.release()
    for (let n = 0; n < 70; n++) await world.passWithin(SECOND_MS)
    expect(world.arrived).toHaveLength(71)
  })

  it('finds what no nudge told of within half a minute', async () => {
    await world.start()
    world.areNudgesLost = true
    await world.append('a', one)
    await world.settled()
    expect(world.arrived).toEqual([])
    await world.pass(30 * SECOND_MS)
    expect(world.arrived).toEqual(['a'])
  })

  it('breaks off what is under way when the server stops, and leaves it for the next', async () => {
    const held = world.holdAll()
    await world.appendAll(['a', 'b'], one)
    await world.start()
    await held.begun(1)
    const closing = world.dispatcher.close()
    await world.passWithin(2 * SECOND_MS)
    await closing
    expect(held.abortedCount).toBe(1)
    expect(await world.waiting()).toMatchObject([{ attemptsCount: 0 }, { attemptsCount: 0 }])
    held.release()
    await world.start()
    await world.settled()
    expect(world.arrived).toEqual(['a', 'b'])
  })

  it('waits for what arrives while the server stops', async () => {
    const held = world.holdAll()
    await world.appendAll(['a', 'b'], one)
    await world.start()
    await held.begun(1)
    const closing = world.dispatcher.close()
    held.release()
    await closing
    expect((await world.waiting()).map((entry) => textOf(entry))).toEqual(['b'])
  })

  it('holds little in memory, however much waits', async () => {
    world.policy = { batchEntriesMax: 10 }
    const held = world.holdAll()
    const texts = Array.from({ length: 3_000 }, (_, index) => `e${index}`)
    await world.appendAll(texts, '')
    await world.start()
    await held.begun(1)
    await world.settledOrWaiting()
    expect(world.rowsRead).toBeLessThanOrEqual(3 * 128)
    held.release()
    await world.settled()
    expect(world.arrived).toHaveLength(3_000)
  })

  it('very many of one key hold up no other, arrive in order, and are read about twice', async () => {
    world.policy = { batchEntriesMax: 100, isBatchAtomic: true }
    const texts = Array.from({ length: 3_000 }, (_, index) => `e${index}`)
    await world.appendAll(texts, one)
    await world.append('other', two)
    await world.start()
    await world.settled()
    // Some batches arrive while what waits is looked through.
    expect(world.arrived.indexOf('other')).toBeLessThan(500)
    expect(world.arrived.filter((text) => text !== 'other')).toEqual(texts)
    expect(world.rowsRead).toBeLessThan(2.2 * texts.length)
  })

  it('tells of very many that wait as long as they do', async () => {
    world.policy = { batchEntriesMax: 500 }
    const texts = Array.from({ length: 20_000 }, (_, index) => `e${index}`)
    await world.appendAll(texts, '')
    let held: Held | undefined
    world.onTheWay = async () => {
      if (world.arrived.length >= 10_500) held ??= world.holdAll()
    }
    await world.start()
    await world.arrival('e10499')
    await world.settledOrWaiting()
    const waiting = await world.store.read.outbox.countWaiting(
      { kind: 'stream', target: 'arn:stream/a' },
      99_999,
    )
    expect(waiting).toBeGreaterThan(1_000)
    expect(world.dispatcher.overview()[0]?.waitingCount).toBeGreaterThanOrEqual(waiting)
    held?.release()
    await world.settled()
    expect(world.dispatcher.overview()).toEqual([])
  })

  it('leaves alone what nobody delivers', async () => {
    await world.store.transact(async (tx) =>
      tx.outbox.append({
        kind: 'processor',
        target: 'f',
        orderingKey: '',
        content: { callbackId: 'c' },
      }),
    )
    await world.start()
    await world.settled()
    const destination = { kind: 'processor', target: 'f' } as const
    expect(await world.store.read.outbox.listWaiting(destination, 0, 9)).toHaveLength(1)
  })

  it('tells in its metrics what waits, for how long, and what became of attempts', async () => {
    world.outcomeOf = ({ text }) => (text === 'a' ? delivered : text === 'b' ? refused : failed)
    await world.start()
    await world.append('a', '')
    await world.append('b', '')
    await world.append('c', one)
    await world.settled()
    world.clock.setNow(world.clock.now() + 500)
    const text = await world.metrics.render()
    for (const line of [
      'carillon_outbox_waiting{kind="stream"} 1',
      'carillon_outbox_oldest_waiting_seconds{kind="stream"} 0.5',
      'carillon_outbox_open_circuits{kind="stream"} 0',
      'carillon_outbox_deliveries_total{kind="stream",outcome="delivered"} 1',
      'carillon_outbox_deliveries_total{kind="stream",outcome="refused"} 1',
      'carillon_outbox_deliveries_total{kind="stream",outcome="failed"} 1',
      'carillon_outbox_dead_letters_total{kind="stream"} 1',
    ]) {
      expect(text).toContain(`${line}\n`)
    }
    world.outcomeOf = () => delivered
    await world.pass(SECOND_MS)
    expect(world.dispatcher.overview()).toEqual([])
    expect(await world.metrics.render()).not.toContain('carillon_outbox_waiting{')
  })
}
