// The part of a destination's entries that is in memory: which of them may be sent next, and what
// is to be read. Decides alone, without waiting, so that its order can be tested by itself.
//
// Entries with one ordering key form a lane. Of each lane the window holds the oldest entries that
// still wait: all that were scanned up to the first one that is not due, or that exceeds the share
// of a lane. There the lane is cut: what is behind is passed over, so that it holds up no other
// lane. Its ids are noted, and it is read by these when its time has come.
import { assert } from '../../base/assert.ts'
import type { OutboxEntry } from '../../domain/outbox.ts'
import type { DeliveryPolicy } from '../../ports/outbound.ts'
import { isDue } from './retry.ts'

/** Entries of one destination that are held, apart from those under way. */
// Some batches ahead; what is behind is on disk.
const HELD_MAX = 256
/** Of them, those of one lane: a busy channel leaves room for others. */
const LANE_HELD_MAX = 32
/** Rows of one read: a millisecond or two of the event loop. */
export const PAGE_ROWS = 128
/** Entries that are known to be passed over, before the scan waits for some of them to be read. */
const PASSED_OVER_MAX = 10_000
/** Lanes that are remembered, cut ones among them. */
const LANES_MAX = 4_096

interface HeldEntry {
  readonly entry: OutboxEntry
  readonly key: string
  readonly charactersCount: number
}

interface Lane {
  heldCount: number
  underWayCount: number
  /** Where the lane is cut: entries from this id on are not held. */
  cutAt: number | undefined
  /** When they are looked at again. */
  resumeAt: number
  /** The ids of those of them that were scanned, ascending; some may be gone. */
  passedOver: number[]
}

/** What is to be read: what the scan has not seen yet, or entries that were passed over. */
export type NextRead = { readonly after: number } | { readonly ids: readonly number[] }

/** What all windows hold together. */
export interface HeldEntries {
  count: number
}

/** What is read of a lane that was cut there. */
interface LaneReading {
  readonly cutAt: number
  readonly ids: readonly number[]
}

/** A read that is under way. */
interface Reading {
  /** Undefined for a scan. */
  readonly lanes: ReadonlyMap<string, LaneReading> | undefined
  /** What was settled meanwhile, which the page may show still. */
  readonly settled: Set<number>
  isOutdated: boolean
}

export class EntryWindow {
  readonly #policy: DeliveryPolicy
  readonly #allHeld: HeldEntries
  /** In the order of their ids. */
  #held: HeldEntry[] = []
  readonly #lanes = new Map<string, Lane>()
  /** Of what is held or under way. */
  readonly #knownIds = new Set<number>()
  #reading: Reading | undefined
  #scannedTo = 0
  #hasMore = true
  #passedOverCount = 0
  /** No lane resumes before. */
  #resumeNotBefore = Number.POSITIVE_INFINITY
  /** Lanes whose time has come, the first one first. */
  readonly #resumed = new Set<string>()
  /** Neither kind of read keeps the other from its turn. */
  #isScanNext = true

  constructor(policy: DeliveryPolicy, allHeld: HeldEntries) {
    this.#policy = policy
    this.#allHeld = allHeld
  }

  get heldCount(): number {
    return this.#held.length
  }

  /** Whether the next page should be read. */
  get wantsMore(): boolean {
    const hasRoom = this.#held.length <= HELD_MAX - PAGE_ROWS
    return hasRoom && (this.#resumed.size > 0 || this.#mayScan)
  }

  /** No cut lane resumes before; infinite when there is none. */
  get nextDueAt(): number {
    return this.#resumeNotBefore
  }

  /** Something was appended behind everything else. */
  expectMore(): void {
    this.#hasMore = true
  }

  /** Something may wait where it was read already: everything is looked through once more. */
  scanAgain(): void {
    this.#scannedTo = 0
    this.#hasMore = true
    if (this.#reading !== undefined) this.#reading.isOutdated = true
    // The scan finds them, too.
    for (const lane of this.#lanes.values()) lane.passedOver = []
    this.#passedOverCount = 0
  }

  /** What to read, at most `limit` rows. To be followed by `endPage` before it is called again. */
  beginPage(limit: number): NextRead {
    const isScan = this.#resumed.size === 0 || (this.#isScanNext && this.#mayScan)
    this.#isScanNext = !isScan
    const lanes = isScan ? undefined : this.#lanesToRead(limit)
    this.#reading = { lanes, settled: new Set(), isOutdated: false }
    if (lanes !== undefined) return { ids: [...lanes.values()].flatMap(({ ids }) => ids) }
    this.#hasMore = false
    return { after: this.#scannedTo }
  }

  /** What was read, at most `limit` rows; undefined when it could not be read. */
  endPage(page: readonly OutboxEntry[] | undefined, limit: number, now: number): void {
    const reading = this.#reading
    assert(reading !== undefined, 'a page ends that has begun')
    this.#reading = undefined
    if (reading.lanes !== undefined) this.#endLanes(reading.lanes, page, now)
    else this.#endScan(reading, page, limit, now)
  }

  /** Lanes whose time has come are read again from where they were cut. */
  resume(now: number): void {
    const notBefore = this.#resumeNotBefore
    if (notBefore === Number.POSITIVE_INFINITY || !isDue(notBefore, now, this.#policy)) return
    this.#resumeNotBefore = Number.POSITIVE_INFINITY
    for (const [key, lane] of this.#lanes) {
      // Those with entries that are still to be sent come back to this when these are settled.
      if (lane.cutAt === undefined || lane.heldCount + lane.underWayCount > 0) continue
      if (isDue(lane.resumeAt, now, this.#policy)) this.#resumed.add(key)
      else this.#noteResumption(lane)
    }
  }

  /** The next batch, now under way; empty when nothing may be sent. */
  take(): readonly OutboxEntry[] {
    const { batchEntriesMax, batchCharactersMax, isBatchAtomic } = this.#policy
    if (this.#held.length === 0) return []
    const batch: HeldEntry[] = []
    const keys = new Set<string>()
    let charactersCount = 0
    for (const held of this.#held) {
      if (batch.length >= batchEntriesMax) break
      if (this.#laneOf(held.key).underWayCount > 0) continue
      if (keys.has(held.key) && !isBatchAtomic) continue
      charactersCount += held.charactersCount
      if (batch.length > 0 && charactersCount > batchCharactersMax) break
      batch.push(held)
      keys.add(held.key)
    }
    const taken = new Set(batch)
    this.#keepHeld((held) => !taken.has(held))
    for (const { key, entry } of batch) {
      this.#laneOf(key).underWayCount++
      this.#knownIds.add(entry.entryId)
    }
    return batch.map(({ entry }) => entry)
  }

  /** An entry that was taken is gone, or waits until `dueAt`. */
  settle(entry: OutboxEntry, dueAt: number | undefined): void {
    const key = laneKeyOf(entry)
    const lane = this.#laneOf(key)
    lane.underWayCount--
    this.#knownIds.delete(entry.entryId)
    this.#reading?.settled.add(entry.entryId)
    if (dueAt !== undefined) {
      this.#cut(key, lane, entry.entryId, dueAt)
      this.#passOver(lane, entry.entryId)
    }
    if (lane.cutAt !== undefined) this.#noteResumption(lane)
    else this.#forgetIfEmpty(key, lane)
  }

  /** Holds nothing any more; not to be used again. */
  drop(): void {
    this.#keepHeld(() => false)
  }

  get #mayScan(): boolean {
    const hasRoom = this.#passedOverCount < PASSED_OVER_MAX && this.#lanes.size < LANES_MAX
    return this.#hasMore && hasRoom
  }

  #lanesToRead(limit: number): ReadonlyMap<string, LaneReading> {
    const lanes = new Map<string, LaneReading>()
    let left = limit
    for (const key of this.#resumed) {
      if (left === 0) break
      this.#resumed.delete(key)
      const lane = this.#lanes.get(key)
      // One that has something to send again comes back to this when that is settled.
      if (lane?.cutAt === undefined || lane.heldCount + lane.underWayCount > 0) continue
      const ids = lane.passedOver.slice(0, Math.min(left, LANE_HELD_MAX))
      left -= ids.length
      lanes.set(key, { cutAt: lane.cutAt, ids })
    }
    return lanes
  }

  #endLanes(
    lanes: ReadonlyMap<string, LaneReading>,
    page: readonly OutboxEntry[] | undefined,
    now: number,
  ): void {
    const found = new Map(page?.map((entry) => [entry.entryId, entry]))
    for (const [key, { cutAt, ids }] of lanes) {
      const lane = this.#lanes.get(key)
      if (lane?.cutAt !== cutAt) continue
      const entries = ids.flatMap((id) => found.get(id) ?? [])
      if (page === undefined) this.#resumed.add(key)
      else this.#continueLane(key, lane, { ids, entries }, now)
    }
  }

  /** Holds what was read of a lane, and cuts it behind that if more was passed over. */
  #continueLane(
    key: string,
    lane: Lane,
    { ids, entries }: { readonly ids: readonly number[]; readonly entries: readonly OutboxEntry[] },
    now: number,
  ): void {
    const lastId = ids.at(-1) ?? 0
    const countBefore = lane.passedOver.length
    lane.passedOver = lane.passedOver.filter((id) => id > lastId)
    this.#passedOverCount -= countBefore - lane.passedOver.length
    lane.cutAt = undefined
    for (const entry of entries) this.#see(entry, now)
    const [next] = lane.passedOver
    if (next !== undefined) this.#cut(key, lane, next, 0)
    this.#forgetIfEmpty(key, lane)
  }

  #endScan(
    { isOutdated, settled }: Reading,
    page: readonly OutboxEntry[] | undefined,
    limit: number,
    now: number,
  ): void {
    // When the scan was sent back meanwhile, what is in front of the page must be seen first.
    if (page === undefined || isOutdated) {
      this.#hasMore = true
      return
    }
    if (page.length === limit) this.#hasMore = true
    for (const entry of page) {
      const { entryId } = entry
      this.#scannedTo = entryId
      if (this.#knownIds.has(entryId)) continue
      if (settled.has(entryId)) this.#seeSettled(entry)
      else this.#see(entry, now)
    }
  }

  #see(entry: OutboxEntry, now: number): void {
    const key = laneKeyOf(entry)
    const lane = this.#laneOf(key)
    const isBehindCut = lane.cutAt !== undefined && entry.entryId >= lane.cutAt
    const isEntryDue = isDue(entry.dueAt, now, this.#policy)
    if (!isBehindCut && isEntryDue && lane.heldCount < LANE_HELD_MAX) {
      this.#hold(entry, key, lane)
      return
    }
    if (!isBehindCut) this.#cut(key, lane, entry.entryId, isEntryDue ? 0 : entry.dueAt)
    this.#passOver(lane, entry.entryId)
  }

  /** It was settled while it was read: it is gone, or waits as its lane knows. */
  #seeSettled(entry: OutboxEntry): void {
    const lane = this.#lanes.get(laneKeyOf(entry))
    if (lane?.cutAt !== undefined && lane.cutAt <= entry.entryId)
      this.#passOver(lane, entry.entryId)
  }

  #hold(entry: OutboxEntry, key: string, lane: Lane): void {
    const held = { entry, key, charactersCount: this.#charactersOf(entry) }
    // Almost always the last one; one that was found when scanning again goes to its place.
    let place = this.#held.length
    while (place > 0 && (this.#held[place - 1]?.entry.entryId ?? 0) > entry.entryId) place--
    this.#held.splice(place, 0, held)
    this.#allHeld.count++
    lane.heldCount++
    this.#knownIds.add(entry.entryId)
  }

  /** Of no interest where each entry goes alone. */
  #charactersOf({ content }: OutboxEntry): number {
    return this.#policy.batchEntriesMax === 1 ? 0 : JSON.stringify(content).length
  }

  #cut(key: string, lane: Lane, cutAt: number, resumeAt: number): void {
    if (lane.cutAt !== undefined && lane.cutAt <= cutAt) return
    lane.cutAt = cutAt
    lane.resumeAt = resumeAt
    this.#resumed.delete(key)
    this.#noteResumption(lane)
    if (lane.heldCount === 0) return
    this.#keepHeld((held) => {
      const isKept = held.key !== key || held.entry.entryId < cutAt
      if (!isKept) this.#passOver(lane, held.entry.entryId)
      return isKept
    })
  }

  /** The scan still comes to what is behind it. */
  #passOver(lane: Lane, entryId: number): void {
    if (entryId > this.#scannedTo) return
    const before = lane.passedOver.findLastIndex((id) => id <= entryId)
    if (lane.passedOver[before] === entryId) return
    lane.passedOver.splice(before + 1, 0, entryId)
    this.#passedOverCount++
  }

  #noteResumption({ resumeAt }: Lane): void {
    this.#resumeNotBefore = Math.min(this.#resumeNotBefore, resumeAt)
  }

  #keepHeld(isKept: (held: HeldEntry) => boolean): void {
    this.#held = this.#held.filter((held) => {
      if (isKept(held)) return true
      this.#allHeld.count--
      this.#laneOf(held.key).heldCount--
      this.#knownIds.delete(held.entry.entryId)
      return false
    })
  }

  #laneOf(key: string): Lane {
    let lane = this.#lanes.get(key)
    if (lane === undefined) {
      lane = { heldCount: 0, underWayCount: 0, cutAt: undefined, resumeAt: 0, passedOver: [] }
      this.#lanes.set(key, lane)
    }
    return lane
  }

  #forgetIfEmpty(key: string, lane: Lane): void {
    if (lane.heldCount + lane.underWayCount === 0 && lane.cutAt === undefined)
      this.#lanes.delete(key)
  }
}

/** What overtakes and is overtaken has a lane of its own. No ordering key begins with a blank. */
function laneKeyOf({ orderingKey, entryId }: OutboxEntry): string {
  return orderingKey === '' ? ` ${entryId}` : orderingKey
}
