// The part of a destination's entries that is in memory: which of them may be sent next, and where
// reading goes on. Decides alone, without waiting, so that its order can be tested by itself.
//
// Entries with one ordering key form a lane. Of each lane the window holds the oldest entries that
// still wait: all that were scanned up to the first one that is not due. From there on the lane is
// cut: its entries are passed over, so that they hold up no other lane, and are read again later.
import { assert } from '../../base/assert.ts'
import type { OutboxEntry } from '../../domain/outbox.ts'
import type { DeliveryPolicy } from '../../ports/outbound.ts'
import { isDue } from './retry.ts'

/** Entries of one destination that are held, apart from those under way. */
// Some batches ahead; what is behind is on disk.
const HELD_MAX = 256
/** Rows of one read: a millisecond or two of the event loop. */
export const PAGE_ROWS = 128
/** Rows that are passed over before others must wait for them: a bound for the cost of a scan. */
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
}

/** What all windows hold together. */
export interface HeldEntries {
  count: number
}

export class EntryWindow {
  readonly #policy: DeliveryPolicy
  readonly #allHeld: HeldEntries
  /** In the order of their ids. */
  #held: HeldEntry[] = []
  readonly #lanes = new Map<string, Lane>()
  /** Of what is held or under way. */
  readonly #knownIds = new Set<number>()
  /** What was settled while a page was being read, which may show it still. */
  #settledWhileReading: Set<number> | undefined
  #isPageOutdated = false
  #scannedTo = 0
  #hasMore = true
  #passedOverCount = 0
  /** No lane resumes before. */
  #resumeNotBefore = Number.POSITIVE_INFINITY

  constructor(policy: DeliveryPolicy, allHeld: HeldEntries) {
    this.#policy = policy
    this.#allHeld = allHeld
  }

  get heldCount(): number {
    return this.#held.length
  }

  /** Whether the next page should be read. */
  get wantsMore(): boolean {
    return (
      this.#hasMore &&
      this.#held.length <= HELD_MAX - PAGE_ROWS &&
      this.#passedOverCount < PASSED_OVER_MAX &&
      this.#lanes.size < LANES_MAX
    )
  }

  /** No cut lane resumes before; infinite when there is none. */
  get nextDueAt(): number {
    return this.#resumeNotBefore
  }

  /** Something was appended behind everything else. */
  expectMore(): void {
    this.#hasMore = true
  }

  /** Something may wait where it was read already. */
  scanAgain(after = 0): void {
    this.#scannedTo = Math.min(this.#scannedTo, after)
    this.#hasMore = true
    this.#isPageOutdated = true
    this.#passedOverCount = 0
  }

  /** Where the next page begins. To be followed by `endPage` before it is called again. */
  beginPage(): number {
    this.#settledWhileReading = new Set()
    this.#isPageOutdated = false
    this.#hasMore = false
    return this.#scannedTo
  }

  /** What was read, at most `limit` rows; undefined when it could not be read. */
  endPage(page: readonly OutboxEntry[] | undefined, limit: number, now: number): void {
    const settled = this.#settledWhileReading
    assert(settled !== undefined, 'a page ends that has begun')
    this.#settledWhileReading = undefined
    // When the scan was sent back meanwhile, what is in front of the page must be seen first.
    if (page === undefined || this.#isPageOutdated) {
      this.#hasMore = true
      return
    }
    if (page.length === limit) this.#hasMore = true
    for (const entry of page) {
      this.#scannedTo = entry.entryId
      if (!this.#knownIds.has(entry.entryId) && !settled.has(entry.entryId)) this.#see(entry, now)
    }
  }

  /** Lanes whose time has come are read again from where they were cut. */
  resume(now: number): void {
    const notBefore = this.#resumeNotBefore
    if (notBefore === Number.POSITIVE_INFINITY || !isDue(notBefore, now, this.#policy)) return
    this.#resumeNotBefore = Number.POSITIVE_INFINITY
    for (const [key, lane] of this.#lanes) {
      // Those with entries that are still to be sent come back to this when these are settled.
      if (lane.cutAt === undefined || lane.heldCount + lane.underWayCount > 0) continue
      if (isDue(lane.resumeAt, now, this.#policy)) {
        this.scanAgain(lane.cutAt - 1)
        this.#lanes.delete(key)
      } else {
        this.#resumeNotBefore = Math.min(this.#resumeNotBefore, lane.resumeAt)
      }
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
    this.#settledWhileReading?.add(entry.entryId)
    if (dueAt !== undefined) this.#cut(key, lane, entry.entryId, dueAt)
    if (lane.cutAt !== undefined) this.#noteResumption(lane)
    else if (lane.heldCount + lane.underWayCount === 0) this.#lanes.delete(key)
  }

  /** Holds nothing any more; not to be used again. */
  drop(): void {
    this.#keepHeld(() => false)
  }

  #see(entry: OutboxEntry, now: number): void {
    const key = laneKeyOf(entry)
    const lane = this.#laneOf(key)
    if (lane.cutAt !== undefined && entry.entryId >= lane.cutAt) {
      this.#passedOverCount++
    } else if (isDue(entry.dueAt, now, this.#policy)) {
      this.#hold(entry, key, lane)
    } else {
      this.#passedOverCount++
      this.#cut(key, lane, entry.entryId, entry.dueAt)
    }
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
    this.#noteResumption(lane)
    if (lane.heldCount > 0) {
      this.#keepHeld((held) => held.key !== key || held.entry.entryId < cutAt)
    }
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
      lane = { heldCount: 0, underWayCount: 0, cutAt: undefined, resumeAt: 0 }
      this.#lanes.set(key, lane)
    }
    return lane
  }
}

/** What overtakes and is overtaken has a lane of its own. No ordering key begins with a blank. */
function laneKeyOf({ orderingKey, entryId }: OutboxEntry): string {
  return orderingKey === '' ? ` ${entryId}` : orderingKey
}
