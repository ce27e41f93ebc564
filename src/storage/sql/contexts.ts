// What the queries of this folder need from the database that runs them. Each database has its own
// implementation, and within it one for plain reads and one per transaction.
import type { ChannelArn, MemberArn } from '../../base/arn.ts'
import type { CommittedEvents, CountedThing } from '../../ports/store.ts'
import type { KeyedResult } from './read-cache.ts'
import type { Statement } from './statement.ts'

export interface ReadContext {
  all<Parameters extends object, Row>(
    statement: Statement<Parameters, Row>,
    parameters: Parameters,
  ): Promise<readonly Row[]>
  first<Parameters extends object, Row>(
    statement: Statement<Parameters, Row>,
    parameters: Parameters,
  ): Promise<Row | undefined>
  /**
   * The result of this transaction depends on what `key` names: if another transaction changes it
   * meanwhile, this one runs again. Without effect outside a transaction. Keys are ARNs, or made by
   * keys.ts. Names that come along with a result (of a creator, say) are not depended upon.
   */
  dependOn(key: string): void
  /**
   * What `read` finds, or what it found before under this name, as long as none of its keys has
   * changed since. A transaction depends on the keys, as by `dependOn`. Names are keys, too: what
   * is remembered of one thing.
   */
  recall<Result>(
    name: string,
    read: () => Promise<KeyedResult<Result>>,
  ): Promise<KeyedResult<Result>>
  /**
   * As `recall`, for what is asked for again within moments and then never: kept apart, in little
   * room, so that it drives out nothing else.
   */
  recallBriefly<Result>(
    name: string,
    read: () => Promise<KeyedResult<Result>>,
  ): Promise<KeyedResult<Result>>
  /**
   * Throws when the transaction will run again, whatever it reads from here on: saves the rest of
   * it. Without effect outside a transaction.
   */
  requireCurrent(): void
  /** The internal key of the living channel or member `arn`, as a read has just found it. */
  rememberKey(arn: ChannelArn | MemberArn, key: number): void
  /** What was remembered; outside a transaction nothing is. */
  rememberedKey(arn: ChannelArn | MemberArn): number | undefined
  /** Every commit up to this sequence number is seen by reads; those to come are above it. */
  visibleSequence(): number
  /**
   * How many of `counted` are added by commits that are on their way, and come after the commit
   * `above`; what they take away is not looked at, as in `fitsQuota`. Outside a transaction 0.
   */
  queuedCount(counted: CountedThing, above: number): number
  /** Epoch milliseconds. */
  now(): number
}

export interface WriteContext extends ReadContext {
  /** Runs `statement` at commit. */
  change<Parameters extends object>(
    statement: Statement<Parameters, unknown>,
    parameters: Parameters,
  ): void
  /** Runs `statement` at commit with the commit's sequence number as its parameter `sequence`. */
  changeWithSequence<Parameters extends object>(
    statement: Statement<Parameters & { readonly sequence: number }, unknown>,
    parameters: Parameters,
  ): void
  /** Runs once the commit is durable, in the order of these calls; must not throw or wait. */
  afterCommit(effect: (events: CommittedEvents) => void): void
  /** Whoever depends on `key` must run again. */
  changeKey(key: string): void
  /**
   * `recallBriefly` of `name` finds this once the transaction is committed, without a read. For
   * what nobody changes who has not read it.
   */
  keepBriefly(name: string, found: KeyedResult<unknown>): void
  /** One more of `counted` exists after the commit. */
  countOneMore(counted: CountedThing): void
  /** As many more. */
  countMore(counted: CountedThing, more: number): void
  /** One more, which a `change` of this transaction adds to the count that is kept. */
  noteOneMore(counted: CountedThing): void
  /** One less of `counted` exists after the commit. */
  countOneLess(counted: CountedThing): void
}
