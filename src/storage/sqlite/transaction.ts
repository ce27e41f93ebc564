// A transaction as the port describes it, over the context that keeps what it reads and writes.
import type { AppInstanceArn, MemberArn } from '../../base/arn.ts'
import type { ChannelEvent } from '../../domain/channel-event.ts'
import type { CountedThing, StoreTransaction } from '../../ports/store.ts'
import { AppInstanceAdminWriter } from '../sql/app-instance-admins.ts'
import { AppInstanceUserWriter, MemberReader } from '../sql/app-instance-users.ts'
import { AppInstanceWriter } from '../sql/app-instances.ts'
import { ChannelWriter } from '../sql/channels.ts'
import { MembershipWriter, RoleWriter } from '../sql/memberships.ts'
import { countKey, findCount } from '../sql/quotas.ts'
import { RequestTokenWriter } from '../sql/request-tokens.ts'
import { MessageWriter, type MessageServices } from './message-writer.ts'
import type { TransactionContext } from './transaction-context.ts'

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

  publishAppInstanceRemoved(appInstanceArn: AppInstanceArn): void {
    this.#context.assertOpen()
    this.#context.effects.push((events) => events.appInstanceRemoved(appInstanceArn))
  }
}
