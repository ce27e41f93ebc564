// Every operation that changes anything, done once where a member of a channel looks on. One that
// is missing here does not compile.
import type { ChimeSDKIdentity, ChimeSDKIdentityClient } from '@aws-sdk/client-chime-sdk-identity'
import type {
  ChimeSDKMessaging,
  ChimeSDKMessagingClient,
} from '@aws-sdk/client-chime-sdk-messaging'
import { lexConfiguration } from '../kit/lex.ts'
import { fails } from '../kit/answers.ts'
import { registerDevice } from '../kit/endpoints.ts'
import { createFlow, processor, putFlowBefore } from '../kit/flows.ts'
import { bothStreams } from '../kit/streams.ts'
import { unique, type World } from '../kit/world.ts'

/** Where an operation is done: a channel of `owner` and `member`, with one message of the owner. */
export interface Stage {
  readonly channelArn: string
  readonly owner: string
  readonly member: string
  readonly other: string
  readonly admin: string
  readonly messageId: string
}

export type Act = (stage: Stage) => Promise<unknown>

/** As the SDK names them, and it has all of them. */
type Operation = Capitalize<
  | Exclude<keyof ChimeSDKMessaging, keyof ChimeSDKMessagingClient>
  | Exclude<keyof ChimeSDKIdentity, keyof ChimeSDKIdentityClient>
>
type Reading = Extract<Operation, `${'Describe' | 'Get' | 'List' | 'Paginate' | 'Search'}${string}`>
/** Whether the channel is there before and after: those three have cases of their own. */
type Apart = 'CreateChannel' | 'DeleteChannel' | 'DeleteAppInstance'

export interface Acts {
  /** What they change comes with an event, or shows in nothing that is read. */
  readonly told: Readonly<Partial<Record<string, Act>>>
  /** They change the channel, and no event tells of it. evidence: docs (behaviour 1.9) */
  readonly untold: Readonly<Partial<Record<string, Act>>>
}

/** The acts in `world`, by the operation, with what is special behind a comma. */
export function actsIn(world: World): Acts {
  // Read at the time of the act: the world is built after the cases are named.
  const app = () => ({ AppInstanceArn: world.appInstanceArn })
  const as = (ChannelArn: string, ChimeBearer: string) => ({ ChannelArn, ChimeBearer })
  const message = (stage: Stage, bearer: string) => ({
    ...as(stage.channelArn, bearer),
    MessageId: stage.messageId,
  })
  const ofOwner = ({ channelArn, owner }: Stage) => as(channelArn, owner)
  const endpoint = async (AppInstanceUserArn: string) => {
    const { EndpointId } = await registerDevice(world, AppInstanceUserArn)
    return { AppInstanceUserArn, EndpointId: EndpointId! }
  }
  const operations: Readonly<
    Record<Exclude<Operation, Reading | Apart | keyof typeof untold>, Act>
  > = {
    SendChannelMessage: (stage) =>
      world.post(stage.channelArn, stage.member, 'more', { Metadata: 'm' }),
    UpdateChannelMessage: (stage) =>
      world.messaging.updateChannelMessage({ ...message(stage, stage.owner), Content: 'edited' }),
    RedactChannelMessage: (stage) =>
      world.messaging.redactChannelMessage(message(stage, stage.owner)),
    DeleteChannelMessage: (stage) =>
      world.messaging.deleteChannelMessage(message(stage, stage.admin)),
    UpdateChannel: (stage) =>
      world.messaging.updateChannel({
        ...ofOwner(stage),
        Name: 'N',
        Mode: 'UNRESTRICTED',
        Metadata: 'm',
      }),
    CreateChannelMembership: (stage) => world.join(stage.channelArn, stage.owner, stage.other),
    BatchCreateChannelMembership: (stage) =>
      world.messaging.batchCreateChannelMembership({
        ...ofOwner(stage),
        MemberArns: [stage.other, stage.admin],
      }),
    DeleteChannelMembership: (stage) =>
      world.messaging.deleteChannelMembership({ ...ofOwner(stage), MemberArn: stage.member }),
    CreateChannelBan: (stage) => world.ban(stage.channelArn, stage.owner, stage.member),
    async DeleteChannelBan(stage) {
      await world.ban(stage.channelArn, stage.owner, stage.member)
      await world.messaging.deleteChannelBan({ ...ofOwner(stage), MemberArn: stage.member })
    },
    CreateChannelModerator: (stage) =>
      world.messaging.createChannelModerator({
        ...ofOwner(stage),
        ChannelModeratorArn: stage.member,
      }),
    DeleteChannelModerator: (stage) =>
      world.messaging.deleteChannelModerator({
        ...ofOwner(stage),
        ChannelModeratorArn: stage.owner,
      }),
    PutChannelMembershipPreferences: (stage) =>
      world.messaging.putChannelMembershipPreferences({
        ...ofOwner(stage),
        MemberArn: stage.owner,
        Preferences: { PushNotifications: { AllowNotifications: 'NONE' } },
      }),
    UpdateChannelReadMarker: (stage) => world.messaging.updateChannelReadMarker(ofOwner(stage)),
    CreateChannelFlow: () => createFlow(world),
    async UpdateChannelFlow() {
      const ChannelFlowArn = await createFlow(world)
      const Processors = [processor(world)]
      await world.messaging.updateChannelFlow({ ChannelFlowArn, Name: 'Other', Processors })
    },
    async DeleteChannelFlow() {
      await world.messaging.deleteChannelFlow({ ChannelFlowArn: await createFlow(world) })
    },
    ChannelFlowCallback: (stage) =>
      fails(
        world.messaging.channelFlowCallback({
          ChannelArn: stage.channelArn,
          CallbackId: unique(),
          ChannelMessage: { MessageId: stage.messageId, Content: 'changed' },
        }),
        'ForbiddenException',
      ),
    PutMessagingStreamingConfigurations: () =>
      world.messaging.putMessagingStreamingConfigurations({
        ...app(),
        StreamingConfigurations: bothStreams(world),
      }),
    DeleteMessagingStreamingConfigurations: () =>
      world.messaging.deleteMessagingStreamingConfigurations(app()),
    TagResource: (stage) =>
      world.messaging.tagResource({
        ResourceARN: stage.channelArn,
        Tags: [{ Key: 'team', Value: 'a' }],
      }),
    UntagResource: (stage) =>
      world.messaging.untagResource({ ResourceARN: stage.channelArn, TagKeys: ['team'] }),
    CreateAppInstance: () => world.stranger(),
    UpdateAppInstance: () =>
      world.identity.updateAppInstance({ ...app(), Name: 'Other', Metadata: '' }),
    CreateAppInstanceUser: () => world.user(),
    UpdateAppInstanceUser: (stage) =>
      world.identity.updateAppInstanceUser({
        AppInstanceUserArn: stage.other,
        Name: 'Other',
        Metadata: '',
      }),
    DeleteAppInstanceUser: (stage) =>
      world.identity.deleteAppInstanceUser({ AppInstanceUserArn: stage.member }),
    PutAppInstanceUserExpirationSettings: (stage) =>
      world.identity.putAppInstanceUserExpirationSettings({
        AppInstanceUserArn: stage.member,
        ExpirationSettings: { ExpirationDays: 9, ExpirationCriterion: 'CREATED_TIMESTAMP' },
      }),
    CreateAppInstanceAdmin: (stage) =>
      world.identity.createAppInstanceAdmin({
        ...app(),
        AppInstanceAdminArn: stage.member,
      }),
    DeleteAppInstanceAdmin: (stage) =>
      world.identity.deleteAppInstanceAdmin({
        ...app(),
        AppInstanceAdminArn: stage.admin,
      }),
    CreateAppInstanceBot: () => world.bot(),
    async UpdateAppInstanceBot() {
      const AppInstanceBotArn = await world.bot()
      const Configuration = lexConfiguration(world)
      await world.identity.updateAppInstanceBot({
        AppInstanceBotArn,
        Name: 'Other',
        Metadata: '',
        Configuration,
      })
    },
    async DeleteAppInstanceBot(stage) {
      const AppInstanceBotArn = await world.bot()
      await world.join(stage.channelArn, stage.owner, AppInstanceBotArn)
      await world.identity.deleteAppInstanceBot({ AppInstanceBotArn })
    },
    PutAppInstanceRetentionSettings: () =>
      world.identity.putAppInstanceRetentionSettings({
        ...app(),
        AppInstanceRetentionSettings: { ChannelRetentionSettings: { RetentionDays: 9 } },
      }),
    RegisterAppInstanceUserEndpoint: (stage) => endpoint(stage.owner),
    UpdateAppInstanceUserEndpoint: async (stage) =>
      world.identity.updateAppInstanceUserEndpoint({
        ...(await endpoint(stage.owner)),
        AllowMessages: 'NONE',
      }),
    DeregisterAppInstanceUserEndpoint: async (stage) =>
      world.identity.deregisterAppInstanceUserEndpoint(await endpoint(stage.owner)),
  }
  const variants: Readonly<Record<string, Act>> = {
    'SendChannelMessage, not persistent': (stage) =>
      world.post(stage.channelArn, stage.member, 'now', { Persistence: 'NON_PERSISTENT' }),
    'SendChannelMessage, targeted': (stage) =>
      world.post(stage.channelArn, stage.member, 'psst', { Target: [{ MemberArn: stage.owner }] }),
    'CreateChannelMembership, hidden': (stage) =>
      world.joinHidden(stage.channelArn, stage.owner, stage.other),
    'CreateChannelBan, of nobody in it': (stage) =>
      world.ban(stage.channelArn, stage.owner, stage.other),
  }
  const untold = {
    PutChannelExpirationSettings: (stage: Stage) =>
      world.messaging.putChannelExpirationSettings({
        ...ofOwner(stage),
        ExpirationSettings: { ExpirationDays: 9, ExpirationCriterion: 'CREATED_TIMESTAMP' },
      }),
    AssociateChannelFlow: ({ channelArn, owner }: Stage) => putFlowBefore(world, channelArn, owner),
    async DisassociateChannelFlow(stage: Stage) {
      const ChannelFlowArn = await putFlowBefore(world, stage.channelArn, stage.owner)
      await world.messaging.disassociateChannelFlow({ ...ofOwner(stage), ChannelFlowArn })
    },
  }
  return { told: { ...operations, ...variants }, untold }
}
