// One attempt at a transaction: reads with what they depend on, writes kept back until the commit.
// Whether it may commit, and when, is the store's business.
import { assert } from '../../base/assert.ts'
import type { ChannelArn, MemberArn } from '../../base/arn.ts'
import type { ChannelEvent } from '../../domain/channel-event.ts'
import type { CommittedEvents, CountedThing, StoreTransaction } from '../../ports/store.ts'
import { AppInstanceAdminWriter } from '../sql/app-instance-admins.ts'
import { AppInstanceUserWriter, MemberReader } from '../sql/app-instance-users.ts'
import { AppInstanceWriter } from '../sql/app-instances.ts'
import { ChannelWriter } from '../sql/channels.ts'
import type { TrackedTransaction } from '../sql/conflict-tracker.ts'
import type { ReadContext, WriteContext } from '../sql/contexts.ts'
import { MembershipWriter, RoleWriter } from '../sql/memberships.ts'
import { countKey, findCount, planCountChange } from '../sql/quotas.ts'
import { RequestTokenWriter } from '../sql/request-tokens.ts'
import type { Statement } from '../sql/statement.ts'
import { MessageWriter, type MessageServices } from './message-writer.ts'
import type { Change } from './writer.ts'

/** The instant that a message of this transaction has in its conversation. */
export interface Stamp {
  readonly conversation: string
  readonly instant: number
}

interface CountRaise {
  readonly counted: CountedThing
  more: number
}

/** What `work` reads and writes through; everything throws once it is closed. */
export class TransactionContext implements WriteContext {
  readonly tracked: TrackedTransaction
  readonly stamps: Stamp[] = []
  /** By channel key: the instant of the last new message that every member may see, or 0. */
  readonly activities = new Map<number, number>()
  /** To run after the commit, in order. */
  readonly effects: ((events: CommittedEvents) => void)[] = []
  readonly #reader: ReadContext
  readonly #keys = new Map<string, number>()
  readonly #changes: Change[] = []
  readonly #sequenced: { readonly index: number; readonly change: Change }[] = []
  readonly #raises = new Map<string, CountRaise>()
  #isOpen = true

  constructor(reader: ReadContext, tracked: TrackedTransaction) {
    this.#reader = reader
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
      this.#changes.push(planCountChange(counted, more))
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

  dependOn(key: string): void {
    this.assertOpen()
    this.tracked.keysRead.push(key)
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

  changeKey(key: string): void {
    this.assertOpen()
    this.tracked.keysChanged.push(key)
  }

  countOneMore(counted: CountedThing): void {
    this.assertOpen()
    const key = countKey(counted)
    const raise = this.#raises.get(key)
    if (raise === undefined) this.#raises.set(key, { counted, more: 1 })
    else raise.more++
    const { countsRaised } = this.tracked
    countsRaised.set(key, (countsRaised.get(key) ?? 0) + 1)
  }

  assertOpen(): void {
    assert(this.#isOpen, 'a transaction is usable only until its callback has settled')
  }
}

export class SqliteTransaction implements StoreTransaction {
  readonly appInstances: AppInstanceWriter
  readonly appInstanceUsers: AppInstanceUserWriter
  readonly members: MemberReader
  readonly appInstanceAdmins: AppInstanceAdminWriter
  readonly channels: ChannelWriter
  readonly memberships: MembershipWriter
  readonly moderators: RoleWriter
  readonly bans: RoleWriter
  readonly messages: MessageWriter
  readonly requestTokens: RequestTokenWriter
  readonly #context: TransactionContext

  constructor(context: TransactionContext, services: MessageServices) {
    this.#context = context
    this.appInstances = new AppInstanceWriter(context)
    this.appInstanceUsers = new AppInstanceUserWriter(context)
    this.members = new MemberReader(context)
    this.appInstanceAdmins = new AppInstanceAdminWriter(context)
    this.channels = new ChannelWriter(context)
    this.memberships = new MembershipWriter(context)
    this.moderators = new RoleWriter(context, 'moderator')
    this.bans = new RoleWriter(context, 'ban')
    this.messages = new MessageWriter(context, services)
    this.requestTokens = new RequestTokenWriter(context)
  }

  async fitsQuota(counted: CountedThing, additional: number, quota: number): Promise<boolean> {
    const count = await findCount(this.#context, counted)
    if (count + additional > quota) return false
    this.#context.tracked.countsRead.push({ key: countKey(counted), count, additional, quota })
    return true
  }

  publish(event: ChannelEvent): void {
    this.#context.assertOpen()
    this.#context.effects.push((events) => events.channelEvent(event))
  }

  publishMemberRemoved(memberArn: MemberArn): void {
    this.#context.assertOpen()
    this.#context.effects.push((events) => events.memberRemoved(memberArn))
  }
}
