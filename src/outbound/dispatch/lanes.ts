// The lanes of a destination: entries with one ordering key, which go one after the other. A lane
// is cut at its first entry that is not due, or that exceeds its share of what is held: what is
// behind is passed over, so that it holds up no other lane. Its ids are noted, and it is read by
// these when its time has come. Which entries are held is the window's business; lanes count them.
import type { OutboxEntry } from '../../domain/outbox.ts'
import { isDue, type LongPausePolicy } from './retry.ts'

/** Entries of one lane that are held: a busy channel leaves room for others. */
const LANE_HELD_MAX = 32
/** Entries that are known to be passed over, before the scan waits for some of them to be read. */
const PASSED_OVER_MAX = 10_000
/** Lanes that are remembered, cut ones among them. */
const LANES_MAX = 4_096

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

/** What is read of a lane that was cut there. */
export interface LaneReading {
  readonly cutAt: number
  readonly ids: readonly number[]
}

export class Lanes {
  readonly #policy: LongPausePolicy
  readonly #lanes = new Map<string, Lane>()
  #passedOverCount = 0
  /** No lane resumes before. */
  #resumeNotBefore = Number.POSITIVE_INFINITY
  /** Lanes whose time has come, the first one first. */
  readonly #resumed = new Set<string>()

  constructor(policy: LongPausePolicy) {
    this.#policy = policy
  }

  /** No cut lane resumes before; infinite when there is none. */
  get nextDueAt(): number {
    return this.#resumeNotBefore
  }

  /** Whether the time of some that are cut has come. */
  get haveResumed(): boolean {
    return this.#resumed.size > 0
  }

  /** Whether more may be remembered. */
  get haveRoom(): boolean {
    return this.#passedOverCount < PASSED_OVER_MAX && this.#lanes.size < LANES_MAX
  }

  isUnderWay(key: string): boolean {
    return (this.#lanes.get(key)?.underWayCount ?? 0) > 0
  }

  /** Whether an entry may be held in front of whatever the lane passes over. */
  mayHold(key: string): boolean {
    return (this.#lanes.get(key)?.heldCount ?? 0) < LANE_HELD_MAX
  }

  hasHeld(key: string): boolean {
    return (this.#lanes.get(key)?.heldCount ?? 0) > 0
  }

  /** Whether the lane is cut there or before. */
  isCutBefore(key: string, entryId: number): boolean {
    const { cutAt } = this.#lanes.get(key) ?? {}
    return cutAt !== undefined && cutAt <= entryId
  }

  /** An entry is held. */
  hold(key: string): void {
    this.#of(key).heldCount++
  }

  /** It is not held any more: it is under way, or passed over. */
  letGo(key: string): void {
    this.#of(key).heldCount--
  }

  /** An entry is under way. */
  begin(key: string): void {
    this.#of(key).underWayCount++
  }

  /** It is not any more. To be followed by `rest`, when it is known whether it waits. */
  end(key: string): void {
    this.#of(key).underWayCount--
  }

  /** Goes on with what is passed over, or is forgotten if it has nothing. */
  rest(key: string): void {
    const lane = this.#of(key)
    if (lane.cutAt !== undefined) this.#noteResumption(lane)
    else this.#forgetIfEmpty(key, lane)
  }

  /** Cuts the lane in front of `entryId` until `resumeAt`. False: it is cut there or before. */
  cut(key: string, entryId: number, resumeAt: number): boolean {
    const lane = this.#of(key)
    if (lane.cutAt !== undefined && lane.cutAt <= entryId) return false
    lane.cutAt = entryId
    lane.resumeAt = resumeAt
    this.#resumed.delete(key)
    this.#noteResumption(lane)
    return true
  }

  /** An entry of a cut lane that was scanned is read by its id. */
  passOver(key: string, entryId: number): void {
    const { passedOver } = this.#of(key)
    const before = passedOver.findLastIndex((id) => id <= entryId)
    if (passedOver[before] === entryId) return
    passedOver.splice(before + 1, 0, entryId)
    this.#passedOverCount++
  }

  /** A scan from the beginning finds all that is passed over. */
  forgetPassedOver(): void {
    for (const lane of this.#lanes.values()) lane.passedOver = []
    this.#passedOverCount = 0
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

  /** What to read of lanes whose time has come, at most `limit` entries. */
  takeResumed(limit: number): ReadonlyMap<string, LaneReading> {
    const readings = new Map<string, LaneReading>()
    let left = limit
    for (const key of this.#resumed) {
      if (left === 0) break
      this.#resumed.delete(key)
      const lane = this.#lanes.get(key)
      // One that has something to send again comes back to this when that is settled.
      if (lane?.cutAt === undefined || lane.heldCount + lane.underWayCount > 0) continue
      const ids = lane.passedOver.slice(0, Math.min(left, LANE_HELD_MAX))
      left -= ids.length
      readings.set(key, { cutAt: lane.cutAt, ids })
    }
    return readings
  }

  /** Whether the lane is as it was when this was to be read. */
  isAsRead(key: string, { cutAt }: LaneReading): boolean {
    return this.#lanes.get(key)?.cutAt === cutAt
  }

  /** What was to be read of it could not be. */
  readAgain(key: string): void {
    this.#resumed.add(key)
  }

  /**
   * Goes on with what was read, which `see` holds or passes over, and is cut behind that if more
   * was passed over.
   */
  goOn(key: string, { ids }: LaneReading, see: () => void): void {
    const lane = this.#of(key)
    const lastId = ids.at(-1) ?? 0
    const countBefore = lane.passedOver.length
    lane.passedOver = lane.passedOver.filter((id) => id > lastId)
    this.#passedOverCount -= countBefore - lane.passedOver.length
    lane.cutAt = undefined
    see()
    const [next] = lane.passedOver
    if (next !== undefined) this.cut(key, next, 0)
    this.#forgetIfEmpty(key, lane)
  }

  #of(key: string): Lane {
    let lane = this.#lanes.get(key)
    if (lane === undefined) {
      lane = { heldCount: 0, underWayCount: 0, cutAt: undefined, resumeAt: 0, passedOver: [] }
      this.#lanes.set(key, lane)
    }
    return lane
  }

  #noteResumption({ resumeAt }: Lane): void {
    this.#resumeNotBefore = Math.min(this.#resumeNotBefore, resumeAt)
  }

  #forgetIfEmpty(key: string, lane: Lane): void {
    const { heldCount, underWayCount, cutAt } = lane
    if (heldCount + underWayCount === 0 && cutAt === undefined) this.#lanes.delete(key)
  }
}

/** What overtakes and is overtaken has a lane of its own. No ordering key begins with a blank. */
export function laneKeyOf({ orderingKey, entryId }: OutboxEntry): string {
  return orderingKey === '' ? ` ${entryId}` : orderingKey
}
