// A transaction as the port describes it, over the context that keeps what it reads and writes.
import type { AppInstanceArn, MemberArn } from '../../base/arn.ts'
import type { ChannelEvent } from '../../domain/channel-event.ts'
import type { CountedThing, StoreTransaction } from '../../ports/store.ts'
import { AccessWriter } from '../sql/access/access.ts'
import { AppInstanceAdminWriter } from '../sql/app-instances/app-instance-admins.ts'
import { AppInstanceBotWriter } from '../sql/app-instances/app-instance-bots.ts'
import { AppInstanceUserWriter } from '../sql/app-instances/app-instance-users.ts'
import { AppInstanceWriter } from '../sql/app-instances/app-instances.ts'
import { EndpointWriter } from '../sql/app-instances/endpoints.ts'
import { MemberWriter } from '../sql/app-instances/members.ts'
import { RetentionWriter } from '../sql/app-instances/retention.ts'
import { StreamingConfigurationWriter } from '../sql/app-instances/streaming-configurations.ts'
import { BanWriter } from '../sql/channels/bans.ts'
import { ChannelFlowWriter } from '../sql/channels/channel-flows.ts'
import { ChannelWriter } from '../sql/channels/channels.ts'
import { FlowCallbackWriter } from '../sql/channels/flow-callbacks.ts'
import { MembershipWriter } from '../sql/channels/memberships.ts'
import { ModeratorWriter } from '../sql/channels/moderators.ts'
import { OwnMembershipWriter } from '../sql/channels/own-memberships.ts'
import { OutboundSettingsReader } from '../sql/outbox/outbound-settings.ts'
import { OutboxWriter } from '../sql/outbox/outbox.ts'
import { PushRecipientReader } from '../sql/outbox/push-recipients.ts'
import { countKey, fallKey, findCount } from '../sql/quotas.ts'
import { RequestTokenWriter } from '../sql/request-tokens.ts'
import { TagWriter } from '../sql/tags.ts'
import { SubChannelWriter } from '../sql/channels/sub-channels.ts'
import { UpkeepWriter } from '../sql/upkeep/upkeep.ts'
import { MessageWriter, type MessageServices } from './message-writer.ts'
import type { TransactionContext } from './transaction-context.ts'

export class OptimisticTransaction implements StoreTransaction {
  readonly appInstances: AppInstanceWriter
  readonly appInstanceUsers: AppInstanceUserWriter
  readonly members: MemberWriter
  readonly appInstanceAdmins: AppInstanceAdminWriter
  readonly channels: ChannelWriter
  readonly memberships: MembershipWriter
  readonly subChannels: SubChannelWriter
  readonly moderators: ModeratorWriter
  readonly bans: BanWriter
  readonly ownMemberships: OwnMembershipWriter
  readonly channelFlows: ChannelFlowWriter
  readonly flowCallbacks: FlowCallbackWriter
  readonly streamingConfigurations: StreamingConfigurationWriter
  readonly appInstanceBots: AppInstanceBotWriter
  readonly endpoints: EndpointWriter
  readonly retention: RetentionWriter
  readonly tags: TagWriter
  readonly access: AccessWriter
  readonly upkeep: UpkeepWriter
  readonly messages: MessageWriter
  readonly outbox: OutboxWriter
  readonly outboundSettings: OutboundSettingsReader
  readonly pushRecipients: PushRecipientReader
  readonly requestTokens: RequestTokenWriter
  readonly #context: TransactionContext

  constructor(context: TransactionContext, services: MessageServices) {
    this.#context = context
    this.appInstances = new AppInstanceWriter(context)
    this.appInstanceUsers = new AppInstanceUserWriter(context)
    this.members = new MemberWriter(context)
    this.appInstanceAdmins = new AppInstanceAdminWriter(context)
    this.channels = new ChannelWriter(context)
    this.memberships = new MembershipWriter(context)
    this.subChannels = new SubChannelWriter(context)
    this.moderators = new ModeratorWriter(context)
    this.bans = new BanWriter(context)
    this.ownMemberships = new OwnMembershipWriter(context)
    this.channelFlows = new ChannelFlowWriter(context)
    this.flowCallbacks = new FlowCallbackWriter(context)
    this.streamingConfigurations = new StreamingConfigurationWriter(context)
    this.appInstanceBots = new AppInstanceBotWriter(context)
    this.endpoints = new EndpointWriter(context)
    this.retention = new RetentionWriter(context)
    this.tags = new TagWriter(context)
    this.access = new AccessWriter(context)
    this.upkeep = new UpkeepWriter(context)
    this.messages = new MessageWriter(context, services)
    this.outbox = new OutboxWriter(context)
    this.outboundSettings = new OutboundSettingsReader(context)
    this.pushRecipients = new PushRecipientReader(context)
    this.requestTokens = new RequestTokenWriter(context)
  }

  async fitsQuota(counted: CountedThing, additional: number, quota: number): Promise<boolean> {
    const { count, sequence } = await findCount(this.#context, counted)
    if (count + additional > quota) return false
    const key = countKey(counted)
    this.#context.tracked.countsRead.push({ key, count, sequence, additional, quota })
    return true
  }

  async keepsAtLeast(counted: CountedThing, fewer: number, floor: number): Promise<boolean> {
    const { count, sequence } = await findCount(this.#context, counted)
    if (count - fewer < floor) return false
    // A fall is the rise of what is missing: the same bookkeeping, upside down.
    const missing = { count: -count, sequence, additional: fewer, quota: -floor }
    this.#context.tracked.countsRead.push({ key: fallKey(counted), ...missing })
    return true
  }

  publish(event: ChannelEvent): void {
    this.#context.assertOpen()
    this.#context.events.push(event)
    if (event.audience === 'nobody') return
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
