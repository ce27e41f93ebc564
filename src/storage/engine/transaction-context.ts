// What one attempt at a transaction has read, and what it would write: kept until the commit.
import type { ChannelArn, MemberArn } from '../../base/arn.ts'
import { assert } from '../../base/assert.ts'
import type { ChannelEvent } from '../../domain/channel-event.ts'
import type { CommittedEvents, CountedThing } from '../../ports/store.ts'
import type { ConflictTracker, TrackedTransaction } from '../sql/conflict-tracker.ts'
import type { ReadContext, WriteContext } from '../sql/contexts.ts'
import { countKey, fallKey, planCountChange } from '../sql/quotas.ts'
import type { SubChannelActivityValues } from '../sql/messages/message-statements.ts'
import type { KeyedResult } from '../sql/read-cache.ts'
import type { Statement } from '../sql/statement.ts'
import type { Change } from './backend.ts'

/** The instant that a message of this transaction has in its conversation. */
export interface Stamp {
  readonly conversation: string
  readonly instant: number
}

interface CountRaise {
  readonly counted: CountedThing
  more: number
}

/** Never leaves the engine, which runs the transaction again. */
class OutdatedError extends Error {
  override readonly name = 'OutdatedError'
}

/** What `work` reads and writes through; everything throws once it is closed. */
export class TransactionContext implements WriteContext {
  readonly tracked: TrackedTransaction
  readonly stamps: Stamp[] = []
  /** By channel key, as `ActivityValues.lastMessageAt`. */
  readonly activities = new Map<number, number>()
  /** Of new messages in sub-channels that everybody there may see, oldest first. */
  readonly subChannelActivities: SubChannelActivityValues[] = []
  /** What is published, also what only streams hear of. */
  readonly events: ChannelEvent[] = []
  /** What `recallBriefly` is to find after the commit. */
  readonly kept: { readonly name: string; readonly found: KeyedResult<unknown> }[] = []
  /** To run after the commit, in order. */
  readonly effects: ((events: CommittedEvents) => void)[] = []
  readonly #reader: ReadContext
  readonly #tracker: Pick<ConflictTracker, 'conflictOf' | 'queuedOf'>
  readonly #keys = new Map<string, number>()
  readonly #changes: Change[] = []
  readonly #sequenced: { readonly index: number; readonly change: Change }[] = []
  readonly #raises = new Map<string, CountRaise>()
  #isOpen = true

  constructor(
    reader: ReadContext,
    tracked: TrackedTransaction,
    tracker: Pick<ConflictTracker, 'conflictOf' | 'queuedOf'>,
  ) {
    this.#reader = reader
    this.#tracker = tracker
    this.tracked = tracked
  }

  close(): void {
    this.#isOpen = false
  }

  /** Whether there is anything to commit. */
  get isEmpty(): boolean {
    return (
      this.#changes.length === 0 &&
      this.#raises.size === 0 &&
      this.effects.length === 0 &&
      this.stamps.length === 0
    )
  }

  /** The changes of the commit with this number. */
  changesAt(sequence: number): readonly Change[] {
    for (const { index, change } of this.#sequenced) {
      this.#changes[index] = { ...change, parameters: { ...change.parameters, sequence } }
    }
    for (const { counted, more } of this.#raises.values()) {
      const isOfMember = counted.kind === 'memberships-of-member'
      const memberKey = isOfMember ? this.#keys.get(counted.of) : undefined
      this.#changes.push(planCountChange(counted, more, sequence, memberKey))
    }
    return this.#changes
  }

  all<Parameters extends object, Row>(statement: Statement<Parameters, Row>, given: Parameters) {
    this.assertOpen()
    return this.#reader.all(statement, given)
  }

  first<Parameters extends object, Row>(statement: Statement<Parameters, Row>, given: Parameters) {
    this.assertOpen()
    return this.#reader.first(statement, given)
  }

  async recall<Result>(
    name: string,
    read: () => Promise<KeyedResult<Result>>,
  ): Promise<KeyedResult<Result>> {
    this.assertOpen()
    return this.#depending(await this.#reader.recall(name, read))
  }

  async recallBriefly<Result>(
    name: string,
    read: () => Promise<KeyedResult<Result>>,
  ): Promise<KeyedResult<Result>> {
    this.assertOpen()
    return this.#depending(await this.#reader.recallBriefly(name, read))
  }

  #depending<Result>(found: KeyedResult<Result>): KeyedResult<Result> {
    for (const key of found.keys) this.tracked.keysRead.push(key)
    return found
  }

  dependOn(key: string): void {
    this.assertOpen()
    this.tracked.keysRead.push(key)
  }

  requireCurrent(): void {
    this.assertOpen()
    if (this.#tracker.conflictOf(this.tracked) !== undefined) throw new OutdatedError()
  }

  rememberKey(arn: ChannelArn | MemberArn, key: number): void {
    this.#keys.set(arn, key)
  }

  rememberedKey(arn: ChannelArn | MemberArn): number | undefined {
    return this.#keys.get(arn)
  }

  visibleSequence(): number {
    return this.#reader.visibleSequence()
  }

  queuedCount(counted: CountedThing, above: number): number {
    return this.#tracker.queuedOf(countKey(counted), above)
  }

  now(): number {
    return this.#reader.now()
  }

  change<Parameters extends object>(
    statement: Statement<Parameters, unknown>,
    parameters: Parameters,
  ): void {
    this.assertOpen()
    this.#changes.push({ statement, parameters })
  }

  changeWithSequence<Parameters extends object>(
    statement: Statement<Parameters & { readonly sequence: number }, unknown>,
    parameters: Parameters,
  ): void {
    this.assertOpen()
    const change = { statement, parameters }
    this.#sequenced.push({ index: this.#changes.length, change })
    this.#changes.push(change)
  }

  afterCommit(effect: (events: CommittedEvents) => void): void {
    this.assertOpen()
    this.effects.push(effect)
  }

  changeKey(key: string): void {
    this.assertOpen()
    this.tracked.keysChanged.push(key)
  }

  keepBriefly(name: string, found: KeyedResult<unknown>): void {
    this.assertOpen()
    this.kept.push({ name, found })
  }

  countOneMore(counted: CountedThing): void {
    this.#count(counted, 1)
  }

  countOneLess(counted: CountedThing): void {
    this.#count(counted, -1)
  }

  countMore(counted: CountedThing, more: number): void {
    this.#count(counted, more)
  }

  noteOneMore(counted: CountedThing): void {
    this.assertOpen()
    this.#track(countKey(counted), 1)
  }

  #count(counted: CountedThing, more: number): void {
    this.assertOpen()
    const key = countKey(counted)
    const raise = this.#raises.get(key)
    if (raise === undefined) this.#raises.set(key, { counted, more })
    else raise.more += more
    // Raises and falls are told apart: what one takes away, no other may count on.
    this.#track(more > 0 ? key : fallKey(counted), Math.abs(more))
  }

  #track(key: string, more: number): void {
    const { countsRaised } = this.tracked
    countsRaised.set(key, (countsRaised.get(key) ?? 0) + more)
  }

  assertOpen(): void {
    assert(this.#isOpen, 'a transaction is usable only until its callback has settled')
  }
}
