// Group commit: transactions in their order, as many as fit share one commit, one commit at a time.
import type { Clock } from '../../base/clock.ts'
import type { Metrics } from '../../observability/metrics.ts'
import {
  moveActivity,
  moveSubChannelActivity,
  type SubChannelActivityValues,
} from '../sql/messages/message-statements.ts'
import type { Change } from './backend.ts'
import { conversationPlace } from './message-tokens.ts'

/** A transaction that is ready to commit. */
export interface QueuedCommit {
  readonly sequence: number
  readonly changes: readonly Change[]
  /** What it changes, in terms of the conflict tracker. */
  readonly keysChanged: readonly string[]
  /** Channels with new messages, and what `ActivityValues.lastMessageAt` says. */
  readonly activities: ReadonlyMap<number, number>
  /** Those in sub-channels that everybody there may see. */
  readonly subChannelActivities: readonly SubChannelActivityValues[]
  /** Runs once the commit is durable, before the next one's; must not throw. */
  readonly committed: () => void
  readonly resolve: () => void
  readonly reject: (error: Error) => void
}

export interface CommitQueueOptions {
  readonly clock: Clock
  readonly metrics: Metrics
  readonly groupChangesMax: number
  /** Writes one group, whose last commit has the number `sequence`. */
  readonly write: (changes: readonly Change[], sequence: number) => void
  /** Called in order of sequence numbers, before the effects of the commits are. */
  readonly settled: (sequence: number, keysChanged: readonly string[]) => void
}

interface Waiter {
  readonly sequence: number
  readonly resolve: () => void
}

export class CommitQueue {
  readonly #options: CommitQueueOptions
  #queue: QueuedCommit[] = []
  #group: QueuedCommit[] | undefined
  #groupChangesCount = 0
  #groupStartedAtMs = 0
  /** This many at the head go alone: they were in a group that failed. */
  #aloneCount = 0
  #settledSequence: number
  #waiters: Waiter[] = []
  #brokenBy: Error | undefined

  constructor(options: CommitQueueOptions, settledSequence: number) {
    this.#options = options
    this.#settledSequence = settledSequence
  }

  get length(): number {
    return this.#queue.length + (this.#group?.length ?? 0)
  }

  push(commit: QueuedCommit): void {
    if (this.#brokenBy) return commit.reject(this.#brokenBy)
    this.#queue.push(commit)
    if (this.#group === undefined) this.#next()
  }

  /** Resolves when the commit `sequence` is durable or has failed. */
  async whenSettled(sequence: number): Promise<void> {
    if (sequence <= this.#settledSequence || this.#brokenBy) return
    await new Promise<void>((resolve) => this.#waiters.push({ sequence, resolve }))
  }

  /** The group that was written last is durable, or failed as a whole. */
  replied(failure: Error | undefined): void {
    const group = this.#group
    if (group === undefined) return
    this.#group = undefined
    if (failure === undefined) {
      const { clock, metrics } = this.#options
      const durationMs = clock.monotonicMs() - this.#groupStartedAtMs
      metrics.commitFinished(this.#groupChangesCount, durationMs)
      this.#settle(group)
    } else if (group.length > 1) {
      this.#queue = [...group, ...this.#queue]
      this.#aloneCount = group.length
    } else {
      this.#settle(group, failure)
    }
    this.#next()
  }

  /** The writer is gone: nothing that waits will ever be durable. */
  break(error: Error): void {
    this.#brokenBy = error
    const lost = [...(this.#group ?? []), ...this.#queue]
    this.#group = undefined
    this.#queue = []
    for (const commit of lost) commit.reject(error)
    for (const waiter of this.#waiters.splice(0)) waiter.resolve()
  }

  #next(): void {
    while (this.#group === undefined && this.#queue.length > 0) {
      const group = this.#takeGroup()
      const changes = changesOf(group)
      if (changes.length === 0) {
        this.#settle(group)
        continue
      }
      this.#group = group
      this.#groupChangesCount = changes.length
      this.#groupStartedAtMs = this.#options.clock.monotonicMs()
      this.#options.write(changes, group.at(-1)?.sequence ?? 0)
    }
  }

  #takeGroup(): QueuedCommit[] {
    const { groupChangesMax } = this.#options
    let taken = 0
    let changesCount = 0
    for (const commit of this.#queue) {
      changesCount += commit.changes.length
      if (taken > 0 && (changesCount > groupChangesMax || this.#aloneCount > 0)) break
      taken++
    }
    if (this.#aloneCount > 0) this.#aloneCount--
    return this.#queue.splice(0, taken)
  }

  #settle(group: readonly QueuedCommit[], failure?: Error): void {
    const last = group.at(-1)
    if (last === undefined) return
    this.#settledSequence = last.sequence
    this.#options.settled(
      last.sequence,
      group.flatMap(({ keysChanged }) => keysChanged),
    )
    if (failure === undefined) for (const commit of group) commit.committed()
    for (const commit of group) {
      if (failure === undefined) commit.resolve()
      else commit.reject(failure)
    }
    if (this.#waiters.length === 0) return
    const ready = this.#waiters.filter((waiter) => waiter.sequence <= this.#settledSequence)
    this.#waiters = this.#waiters.filter((waiter) => waiter.sequence > this.#settledSequence)
    for (const waiter of ready) waiter.resolve()
  }
}

/** A channel or sub-channel moves once per group, however many messages it got. */
function changesOf(group: readonly QueuedCommit[]): readonly Change[] {
  const changes: Change[] = []
  const moved = new Map<number, { sequence: number; lastMessageAt: number }>()
  let movedSubChannels: Map<string, SubChannelActivityValues> | undefined
  for (const { changes: own, activities, subChannelActivities, sequence } of group) {
    for (const change of own) changes.push(change)
    for (const activity of subChannelActivities) {
      movedSubChannels ??= new Map()
      const place = conversationPlace(activity.channelKey, activity.subChannelId)
      // A message that waited for its flow may be older than one that did not.
      const before = movedSubChannels.get(place)?.lastMessageAt ?? 0
      if (activity.lastMessageAt > before) movedSubChannels.set(place, activity)
    }
    for (const [channelKey, lastMessageAt] of activities) {
      const before = moved.get(channelKey)?.lastMessageAt ?? 0
      moved.set(channelKey, { sequence, lastMessageAt: Math.max(before, lastMessageAt) })
    }
  }
  for (const [channelKey, { sequence, lastMessageAt }] of moved) {
    changes.push({
      statement: moveActivity,
      parameters: { channelKey, sequence, lastMessageAt },
    })
  }
  for (const parameters of movedSubChannels?.values() ?? []) {
    changes.push({ statement: moveSubChannelActivity, parameters })
  }
  return changes
}
