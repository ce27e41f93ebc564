// Which entries are held, taken and passed over; and, over random histories, that each lane keeps
// its order and nothing is forgotten.
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { OutboxEntry } from '../../domain/outbox.ts'
import type { DeliveryPolicy } from '../../ports/outbound.ts'
import { EntryWindow, PAGE_ROWS, type NextRead } from './entry-window.ts'

const POLICY: DeliveryPolicy = {
  batchEntriesMax: 10,
  batchCharactersMax: 1_000_000,
  isBatchAtomic: false,
  batchesUnderWayMax: 4,
  attemptsMax: 9,
  ageMsMax: 1_000_000,
  firstPauseMs: 10,
  pauseMsMax: 1_000,
  attemptMsMax: 10,
}

function entry(entryId: number, orderingKey: string, dueAt = 0, record = ''): OutboxEntry {
  return {
    kind: 'stream',
    target: 't',
    orderingKey,
    content: { record },
    entryId,
    createdAt: 0,
    attemptsCount: 0,
    dueAt,
  }
}

function windowOf(entries: readonly OutboxEntry[], policy: Partial<DeliveryPolicy> = {}, now = 0) {
  const allHeld = { count: 0 }
  const window = new EntryWindow({ ...POLICY, ...policy }, allHeld)
  read(window, entries, now)
  return { window, allHeld }
}

/** Reads as long as the window wants more; how many rows that were. */
function read(window: EntryWindow, entries: readonly OutboxEntry[], now: number): number {
  let rowsCount = 0
  while (window.wantsMore) {
    const page = pageOf(window.beginPage(PAGE_ROWS), entries, PAGE_ROWS)
    rowsCount += page.length
    window.endPage(page, PAGE_ROWS, now)
  }
  return rowsCount
}

/** As the store reads it; `entries` are in the order of their ids. */
function pageOf(wanted: NextRead, entries: readonly OutboxEntry[], limit: number) {
  if (!('ids' in wanted)) {
    return entries.filter(({ entryId }) => entryId > wanted.after).slice(0, limit)
  }
  expect(wanted.ids.length).toBeLessThanOrEqual(limit)
  const ids = new Set(wanted.ids)
  return entries.filter(({ entryId }) => ids.has(entryId))
}

const ids = (batch: readonly OutboxEntry[]) => batch.map(({ entryId }) => entryId)

test('a batch holds at most one of each key, and any number without a key', () => {
  const { window } = windowOf([
    entry(1, 'a'),
    entry(2, 'a'),
    entry(3, 'b'),
    entry(4, ''),
    entry(5, ''),
  ])
  expect(ids(window.take())).toEqual([1, 3, 4, 5])
  // The rest of the lane waits for what is under way.
  expect(ids(window.take())).toEqual([])
})

test('an atomic batch holds several of a key, in their order', () => {
  const { window } = windowOf([entry(1, 'a'), entry(2, 'a'), entry(3, 'b')], {
    isBatchAtomic: true,
  })
  expect(ids(window.take())).toEqual([1, 2, 3])
})

test('a batch ends where it would be too long, but never without an entry', () => {
  const long = 'x'.repeat(60)
  const entries = [1, 2, 3].map((id) => entry(id, '', 0, long))
  const { window } = windowOf(entries, { batchCharactersMax: 150 })
  expect(ids(window.take())).toEqual([1, 2])
  expect(ids(window.take())).toEqual([3])
  expect(ids(windowOf(entries, { batchCharactersMax: 1 }).window.take())).toEqual([1])
})

test('what waits for its retry holds up its own key and no other', () => {
  const entries = [entry(1, 'a'), entry(2, 'a'), entry(3, 'b'), entry(4, 'b')]
  const { window } = windowOf(entries)
  const [first, other] = window.take()
  window.settle(first!, 50)
  window.settle(other!, undefined)
  const deferred = entries.map((each) => (each === first ? { ...each, dueAt: 50 } : each))
  read(window, deferred.slice(0, 2), 10)
  expect(ids(window.take())).toEqual([4])
  expect(window.nextDueAt).toBe(50)
  window.resume(50)
  read(window, deferred.slice(0, 2), 50)
  expect(ids(window.take())).toEqual([1])
})

test('a revived entry that was read past is found in its old place', () => {
  const { window } = windowOf([entry(3, 'a'), entry(4, 'a')])
  window.scanAgain()
  read(window, [entry(1, 'a'), entry(3, 'a'), entry(4, 'a')], 0)
  expect(ids(window.take())).toEqual([1])
  expect(window.heldCount).toBe(2)
})

test('a page that was read while its entries were settled does not bring them back', () => {
  const entries = [entry(1, ''), entry(2, '')]
  const { window } = windowOf(entries)
  const batch = window.take()
  window.scanAgain()
  window.beginPage(PAGE_ROWS)
  for (const each of batch) window.settle(each, undefined)
  window.endPage(entries, PAGE_ROWS, 0)
  expect(window.take()).toEqual([])
})

test('what remains is read again with what it says now, even while a page was being read', () => {
  const { window } = windowOf([entry(1, 'a')])
  const [first] = window.take()
  window.scanAgain()
  window.beginPage(PAGE_ROWS)
  window.settle(first!, 0)
  window.resume(7)
  window.endPage([entry(1, 'a')], PAGE_ROWS, 7)
  read(window, [entry(1, 'a', 0, 'new')], 7)
  expect(window.take()).toMatchObject([{ entryId: 1, content: { record: 'new' } }])
})

test('no more is held than the bound, nor read than rows that may be passed over', () => {
  const many = Array.from({ length: 2_000 }, (_, index) => entry(index + 1, `key ${index % 9}`))
  const { window, allHeld } = windowOf(many)
  expect(window.heldCount).toBe(256)
  expect(allHeld.count).toBe(256)
  window.drop()
  expect(allHeld.count).toBe(0)
  const waiting = Array.from({ length: 50_000 }, (_, index) => entry(index + 1, 'a', 500))
  const passing = new EntryWindow(POLICY, allHeld)
  read(passing, [...waiting, entry(60_000, 'b')], 0)
  expect(passing.heldCount).toBe(0)
  expect(passing.nextDueAt).toBe(500)
  // From where the lane was cut, once its time has come.
  passing.resume(500)
  read(passing, waiting, 500)
  expect(ids(passing.take())).toEqual([1])
})

test('a lane holds no more than its share: behind very many of one key, others come to their turn', () => {
  const busy = Array.from({ length: 5_000 }, (_, index) => entry(index + 1, 'busy'))
  const { window } = windowOf([...busy, entry(5_001, 'quiet')], { batchEntriesMax: 100 })
  expect(window.heldCount).toBe(33)
  expect(ids(window.take())).toEqual([1, 5_001])
})

test('what is passed over is read about once more, whoever has how much', () => {
  const keys = ['busy', 'busy', 'busy', 'busy', 'busy', 'quiet', 'other', '']
  const count = 30_000
  let waiting = Array.from({ length: count }, (_, index) =>
    entry(index + 1, index < count / 2 ? 'busy' : keys[index % keys.length]!),
  )
  const policy = { batchEntriesMax: 100, isBatchAtomic: true }
  const window = new EntryWindow({ ...POLICY, ...policy }, { count: 0 })
  const sent: number[] = []
  let rowsCount = 0
  while (waiting.length > 0) {
    window.resume(0)
    rowsCount += read(window, waiting, 0)
    const batch = window.take()
    expect(batch.length).toBeGreaterThan(0)
    for (const each of batch) window.settle(each, undefined)
    const gone = new Set(batch)
    waiting = waiting.filter((each) => !gone.has(each))
    sent.push(...ids(batch))
  }
  expect(new Set(sent).size).toBe(count)
  expect(rowsCount).toBeLessThan(2.1 * count)
})

test('entries that fail together are read again together', () => {
  const entries = Array.from({ length: 100 }, (_, index) => entry(index + 1, index < 50 ? '' : 'a'))
  const policy = { batchEntriesMax: 100, isBatchAtomic: true }
  const { window } = windowOf(entries, policy)
  for (const each of window.take()) window.settle(each, 20)
  window.resume(20)
  const wanted = window.beginPage(PAGE_ROWS)
  expect(wanted).toEqual({ ids: ids(entries).slice(0, 82) })
  window.endPage(pageOf(wanted, entries, PAGE_ROWS), PAGE_ROWS, 20)
  expect(ids(window.take())).toEqual(ids(entries).slice(0, 82))
})

test('a page of passed over entries that could not be read is read once more', () => {
  const entries = [entry(1, 'a', 5), entry(2, 'a', 5)]
  const { window } = windowOf(entries)
  window.resume(5)
  window.beginPage(PAGE_ROWS)
  window.endPage(undefined, PAGE_ROWS, 5)
  expect(window.wantsMore).toBe(true)
  read(window, entries, 5)
  expect(ids(window.take())).toEqual([1])
})

test('a clock that is set back keeps nothing waiting for the old time', () => {
  const { window } = windowOf([entry(1, 'a', 5_000)], { ageMsMax: 1_000 }, 4_500)
  window.resume(100)
  read(window, [entry(1, 'a', 5_000)], 100)
  expect(ids(window.take())).toEqual([1])
})

/** What waits on disk, changed as the store would change it. */
interface Disk {
  entries: OutboxEntry[]
  nextId: number
}

const step = fc.oneof(
  fc.record({
    kind: fc.constant('append' as const),
    key: fc.constantFrom('a', 'b', 'c', ''),
    count: fc.constantFrom(1, 1, 1, 5, 40),
  }),
  fc.record({ kind: fc.constant('take' as const) }),
  fc.record({
    kind: fc.constant('settle' as const),
    which: fc.nat(9),
    pauseMs: fc.constantFrom(undefined, undefined, 0, 5, 40),
  }),
  fc.record({ kind: fc.constant('begin' as const) }),
  fc.record({ kind: fc.constant('end' as const) }),
  fc.record({ kind: fc.constant('pass' as const), ms: fc.nat(30) }),
  fc.record({ kind: fc.constant('revive' as const), which: fc.nat(9) }),
  fc.record({ kind: fc.constant('look' as const) }),
)

test('every lane keeps its order and nothing is forgotten (property)', () => {
  fc.assert(
    fc.property(
      fc.array(step, { maxLength: 150, size: 'max' }),
      fc.boolean(),
      fc.constantFrom(3, 40),
      (steps, isBatchAtomic, pageRows) => {
        const disk: Disk = { entries: [], nextId: 1 }
        const dead: OutboxEntry[] = []
        const window = new EntryWindow({ ...POLICY, isBatchAtomic }, { count: 0 })
        let underWay: OutboxEntry[] = []
        let page: readonly OutboxEntry[] | undefined
        let now = 0
        const begin = () => {
          page = pageOf(window.beginPage(pageRows), disk.entries, pageRows)
        }
        const end = () => {
          window.endPage(page, pageRows, now)
          page = undefined
        }
        const take = () => {
          window.resume(now)
          const batch = window.take()
          for (const taken of batch) {
            expect(taken.dueAt <= now).toBe(true)
            const waiting = disk.entries.find(({ entryId }) => entryId === taken.entryId)
            expect(waiting, 'sent only what waits').toEqual(taken)
            if (taken.orderingKey === '') continue
            const before = disk.entries.filter(
              (other) => other.orderingKey === taken.orderingKey && other.entryId < taken.entryId,
            )
            // A revived one that has not been read yet may come late.
            const overtaken = before.filter(
              (other) => !batch.includes(other) && !late.has(other.entryId),
            )
            expect(overtaken, 'nothing is overtaken').toEqual([])
          }
          for (const { entryId } of batch) late.delete(entryId)
          underWay.push(...batch)
          const keys = underWay.map(({ orderingKey }) => orderingKey).filter((key) => key !== '')
          expect(isBatchAtomic || new Set(keys).size === keys.length).toBe(true)
        }
        const settle = (which: number, pauseMs: number | undefined) => {
          const settled = underWay[which % Math.max(1, underWay.length)]
          if (settled === undefined) return
          // What goes together in one lane is settled together: as the store does it.
          const lane = underWay.filter(
            (each) =>
              each === settled ||
              (isBatchAtomic &&
                each.orderingKey === settled.orderingKey &&
                settled.orderingKey !== ''),
          )
          for (const each of lane) {
            underWay = underWay.filter((other) => other !== each)
            disk.entries = disk.entries.flatMap((other) => {
              if (other.entryId !== each.entryId) return [other]
              return pauseMs === undefined ? [] : [{ ...other, dueAt: now + pauseMs }]
            })
            if (pauseMs === undefined) dead.push(each)
            window.settle(each, pauseMs === undefined ? undefined : now + pauseMs)
          }
        }
        const late = new Set<number>()
        for (const each of steps) {
          if (each.kind === 'append') {
            for (let count = 0; count < each.count; count++) {
              disk.entries.push(entry(disk.nextId++, each.key, now))
              window.expectMore()
            }
          } else if (each.kind === 'take') take()
          else if (each.kind === 'settle') settle(each.which, each.pauseMs)
          else if (each.kind === 'begin' && page === undefined && window.wantsMore) begin()
          else if (each.kind === 'end' && page !== undefined) end()
          else if (each.kind === 'pass') now += each.ms
          else if (each.kind === 'look') window.scanAgain()
          else if (each.kind === 'revive' && dead.length > 0) {
            const [revived] = dead.splice(each.which % dead.length, 1)
            disk.entries.push({ ...revived!, dueAt: now })
            disk.entries.sort((one, other) => one.entryId - other.entryId)
            late.add(revived!.entryId)
            window.scanAgain()
          }
        }
        // In the end everything is sent.
        for (let turn = 0; turn < 2_000 && disk.entries.length > 0; turn++) {
          if (page !== undefined) end()
          take()
          while (underWay.length > 0) settle(0, undefined)
          window.resume(now)
          if (window.wantsMore) begin()
          else now += 10
        }
        expect(disk.entries).toEqual([])
      },
    ),
    { numRuns: 500 },
  )
})
