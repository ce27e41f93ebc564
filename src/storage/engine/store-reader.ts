// Everything that can be read, over one context: the store's own, outside of transactions.
import type { StoreReader } from '../../ports/store.ts'
import { AccessReader } from '../sql/access/access.ts'
import { AppInstanceAdminReader } from '../sql/app-instances/app-instance-admins.ts'
import { AppInstanceBotReader } from '../sql/app-instances/app-instance-bots.ts'
import { AppInstanceUserReader } from '../sql/app-instances/app-instance-users.ts'
import { AppInstanceReader } from '../sql/app-instances/app-instances.ts'
import { EndpointReader } from '../sql/app-instances/endpoints.ts'
import { MemberReader } from '../sql/app-instances/members.ts'
import { RetentionReader } from '../sql/app-instances/retention.ts'
import { StreamingConfigurationReader } from '../sql/app-instances/streaming-configurations.ts'
import { BanReader } from '../sql/channels/bans.ts'
import { ChannelFlowReader } from '../sql/channels/channel-flows.ts'
import { ChannelReader } from '../sql/channels/channels.ts'
import { FlowCallbackReader } from '../sql/channels/flow-callbacks.ts'
import { MembershipReader } from '../sql/channels/memberships.ts'
import { ModeratorReader } from '../sql/channels/moderators.ts'
import { OwnMembershipReader } from '../sql/channels/own-memberships.ts'
import { SubChannelReader } from '../sql/channels/sub-channels.ts'
import type { ReadContext } from '../sql/contexts.ts'
import { OutboundSettingsReader } from '../sql/outbox/outbound-settings.ts'
import { OutboxReader } from '../sql/outbox/outbox.ts'
import { PushRecipientReader } from '../sql/outbox/push-recipients.ts'
import { RequestTokenReader } from '../sql/request-tokens.ts'
import { TagReader } from '../sql/tags.ts'
import { UpkeepReader } from '../sql/upkeep/upkeep.ts'
import type { MessageTokens } from './message-tokens.ts'
import { MessageReader } from './message-writer.ts'

export function createStoreReader(context: ReadContext, tokens: MessageTokens): StoreReader {
  return {
    appInstances: new AppInstanceReader(context),
    appInstanceUsers: new AppInstanceUserReader(context),
    members: new MemberReader(context),
    appInstanceAdmins: new AppInstanceAdminReader(context),
    channels: new ChannelReader(context),
    memberships: new MembershipReader(context),
    messages: new MessageReader(context, tokens),
    outbox: new OutboxReader(context),
    outboundSettings: new OutboundSettingsReader(context),
    pushRecipients: new PushRecipientReader(context),
    requestTokens: new RequestTokenReader(context),
    subChannels: new SubChannelReader(context),
    moderators: new ModeratorReader(context),
    bans: new BanReader(context),
    ownMemberships: new OwnMembershipReader(context),
    channelFlows: new ChannelFlowReader(context),
    flowCallbacks: new FlowCallbackReader(context),
    streamingConfigurations: new StreamingConfigurationReader(context),
    appInstanceBots: new AppInstanceBotReader(context),
    endpoints: new EndpointReader(context),
    retention: new RetentionReader(context),
    tags: new TagReader(context),
    access: new AccessReader(context),
    upkeep: new UpkeepReader(context),
  }
}
