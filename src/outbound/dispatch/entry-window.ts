// The part of a destination's entries that is in memory: which of them may be sent next, and what
// is to be read. Decides alone, without waiting, so that its order can be tested by itself.
//
// Of each lane the window holds the oldest entries that still wait: all that were scanned up to
// where the lane is cut. It scans the destination's entries once, in their order; those that lanes
// passed over it reads by their ids.
import { assert } from '../../base/assert.ts'
import type { OutboxEntry } from '../../domain/outbox.ts'
import type { DeliveryPolicy } from '../../ports/outbound.ts'
import { laneKeyOf, Lanes, type LaneReading } from './lanes.ts'
import { isDue } from './retry.ts'

/** Entries of one destination that are held, apart from those under way. */
// Some batches ahead; what is behind is on disk.
const HELD_MAX = 256
/** Rows of one read: a millisecond or two of the event loop. */
export const PAGE_ROWS = 128

interface HeldEntry {
  readonly entry: OutboxEntry
  readonly key: string
  readonly charactersCount: number
}

/** What is to be read: what the scan has not seen yet, or entries that were passed over. */
export type NextRead = { readonly after: number } | { readonly ids: readonly number[] }

/** What all windows hold together. */
export interface HeldEntries {
  count: number
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
  readonly #lanes: Lanes
  /** Of what is held or under way. */
  readonly #knownIds = new Set<number>()
  #reading: Reading | undefined
  #scannedTo = 0
  #hasMore = true
  /** Neither kind of read keeps the other from its turn. */
  #isScanNext = true

  constructor(policy: DeliveryPolicy, allHeld: HeldEntries) {
    this.#policy = policy
    this.#allHeld = allHeld
    this.#lanes = new Lanes(policy)
  }

  get heldCount(): number {
    return this.#held.length
  }

  /** Whether the next page should be read. */
  get wantsMore(): boolean {
    const hasRoom = this.#held.length <= HELD_MAX - PAGE_ROWS
    return hasRoom && (this.#lanes.haveResumed || this.#mayScan)
  }

  /** No cut lane resumes before; infinite when there is none. */
  get nextDueAt(): number {
    return this.#lanes.nextDueAt
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
    this.#lanes.forgetPassedOver()
  }

  /** What to read, at most `limit` rows. To be followed by `endPage` before it is called again. */
  beginPage(limit: number): NextRead {
    const isScan = !this.#lanes.haveResumed || (this.#isScanNext && this.#mayScan)
    this.#isScanNext = !isScan
    const lanes = isScan ? undefined : this.#lanes.takeResumed(limit)
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
    this.#lanes.resume(now)
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
      if (this.#lanes.isUnderWay(held.key)) continue
      if (keys.has(held.key) && !isBatchAtomic) continue
      charactersCount += held.charactersCount
      if (batch.length > 0 && charactersCount > batchCharactersMax) break
      batch.push(held)
      keys.add(held.key)
    }
    const taken = new Set(batch)
    this.#keepHeld((held) => !taken.has(held))
    for (const { key, entry } of batch) {
      this.#lanes.begin(key)
      this.#knownIds.add(entry.entryId)
    }
    return batch.map(({ entry }) => entry)
  }

  /** An entry that was taken is gone, or waits until `dueAt`. */
  settle(entry: OutboxEntry, dueAt: number | undefined): void {
    const key = laneKeyOf(entry)
    this.#lanes.end(key)
    this.#knownIds.delete(entry.entryId)
    this.#reading?.settled.add(entry.entryId)
    if (dueAt !== undefined) {
      this.#cut(key, entry.entryId, dueAt)
      this.#passOver(key, entry.entryId)
    }
    this.#lanes.rest(key)
  }

  /** Holds nothing any more; not to be used again. */
  drop(): void {
    this.#keepHeld(() => false)
  }

  get #mayScan(): boolean {
    return this.#hasMore && this.#lanes.haveRoom
  }

  #endLanes(
    lanes: ReadonlyMap<string, LaneReading>,
    page: readonly OutboxEntry[] | undefined,
    now: number,
  ): void {
    const found = new Map(page?.map((entry) => [entry.entryId, entry]))
    for (const [key, reading] of lanes) {
      if (!this.#lanes.isAsRead(key, reading)) continue
      if (page === undefined) {
        this.#lanes.readAgain(key)
        continue
      }
      this.#lanes.goOn(key, reading, () => {
        for (const entry of reading.ids.flatMap((id) => found.get(id) ?? [])) this.#see(entry, now)
      })
    }
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
    const isBehindCut = this.#lanes.isCutBefore(key, entry.entryId)
    const isEntryDue = isDue(entry.dueAt, now, this.#policy)
    if (!isBehindCut && isEntryDue && this.#lanes.mayHold(key)) {
      this.#hold(entry, key)
      return
    }
    if (!isBehindCut) this.#cut(key, entry.entryId, isEntryDue ? 0 : entry.dueAt)
    this.#passOver(key, entry.entryId)
  }

  /** It was settled while it was read: it is gone, or waits as its lane knows. */
  #seeSettled(entry: OutboxEntry): void {
    const key = laneKeyOf(entry)
    if (this.#lanes.isCutBefore(key, entry.entryId)) this.#passOver(key, entry.entryId)
  }

  #hold(entry: OutboxEntry, key: string): void {
    const held = { entry, key, charactersCount: this.#charactersOf(entry) }
    // Almost always the last one; one that was found when scanning again goes to its place.
    let place = this.#held.length
    while (place > 0 && (this.#held[place - 1]?.entry.entryId ?? 0) > entry.entryId) place--
    this.#held.splice(place, 0, held)
    this.#allHeld.count++
    this.#lanes.hold(key)
    this.#knownIds.add(entry.entryId)
  }

  /** Of no interest where each entry goes alone. */
  #charactersOf({ content }: OutboxEntry): number {
    return this.#policy.batchEntriesMax === 1 ? 0 : JSON.stringify(content).length
  }

  #cut(key: string, cutAt: number, resumeAt: number): void {
    if (!this.#lanes.cut(key, cutAt, resumeAt) || !this.#lanes.hasHeld(key)) return
    this.#keepHeld((held) => {
      const isKept = held.key !== key || held.entry.entryId < cutAt
      if (!isKept) this.#passOver(key, held.entry.entryId)
      return isKept
    })
  }

  /** The scan still comes to what is behind it. */
  #passOver(key: string, entryId: number): void {
    if (entryId <= this.#scannedTo) this.#lanes.passOver(key, entryId)
  }

  #keepHeld(isKept: (held: HeldEntry) => boolean): void {
    this.#held = this.#held.filter((held) => {
      if (isKept(held)) return true
      this.#allHeld.count--
      this.#lanes.letGo(held.key)
      this.#knownIds.delete(held.entry.entryId)
      return false
    })
  }
}
