// What most tests begin with: an app instance, users, a channel and its members, made through the
// official clients. Every name is new, so scenarios never meet.
import {
  CreateAppInstanceAdminCommand,
  CreateAppInstanceBotCommand,
  CreateAppInstanceCommand,
  CreateAppInstanceUserCommand,
} from '@aws-sdk/client-chime-sdk-identity'
import {
  CreateChannelCommand,
  CreateChannelMembershipCommand,
  SendChannelMessageCommand,
} from '@aws-sdk/client-chime-sdk-messaging'
import type {
  CreateChannelCommandInput,
  SendChannelMessageCommandInput,
} from '@aws-sdk/client-chime-sdk-messaging'
import type { SdkClients } from './sdk-clients.ts'

/** Calls that make one thing each and return its ARN. */
export interface Scenario {
  readonly appInstanceArn: string
  /** A new user; the id is `name` with something unique behind it. */
  user(name: string): Promise<string>
  /** A new user who is an administrator of the app instance. */
  admin(name: string): Promise<string>
  /** A new bot that is asked about every standard message, under the alias of that ARN. */
  bot(lexBotAliasArn: string): Promise<string>
  /** A new channel of `creatorArn`, who is its first member and moderator. */
  channel(creatorArn: string, input?: Partial<CreateChannelCommandInput>): Promise<string>
  /** Adds a member in the name of `inviterArn`. */
  member(
    channelArn: string,
    inviterArn: string,
    memberArn: string,
    type?: 'DEFAULT' | 'HIDDEN',
  ): Promise<void>
  /** Sends a persistent standard message and returns its id. */
  send(
    channelArn: string,
    senderArn: string,
    content: string,
    input?: Partial<SendChannelMessageCommandInput>,
  ): Promise<string>
}

/** A new app instance on the server of `clients`. */
export async function createScenario({ identity, messaging }: SdkClients): Promise<Scenario> {
  const created = await identity.send(
    new CreateAppInstanceCommand({ Name: 'Scenario', ClientRequestToken: unique() }),
  )
  const appInstanceArn = present(created.AppInstanceArn)

  async function user(name: string): Promise<string> {
    const output = await identity.send(
      new CreateAppInstanceUserCommand({
        AppInstanceArn: appInstanceArn,
        AppInstanceUserId: `${name}-${unique()}`,
        Name: name,
        ClientRequestToken: unique(),
      }),
    )
    return present(output.AppInstanceUserArn)
  }

  return {
    appInstanceArn,
    user,
    async admin(name) {
      const arn = await user(name)
      await identity.send(
        new CreateAppInstanceAdminCommand({
          AppInstanceArn: appInstanceArn,
          AppInstanceAdminArn: arn,
        }),
      )
      return arn
    },
    async bot(lexBotAliasArn) {
      const output = await identity.send(
        new CreateAppInstanceBotCommand({
          AppInstanceArn: appInstanceArn,
          Name: 'Botty',
          ClientRequestToken: unique(),
          Configuration: {
            Lex: {
              LexBotAliasArn: lexBotAliasArn,
              LocaleId: 'en_US',
              InvokedBy: { StandardMessages: 'ALL', TargetedMessages: 'NONE' },
            },
          },
        }),
      )
      return present(output.AppInstanceBotArn)
    },
    async channel(creatorArn, input = {}) {
      const output = await messaging.send(
        new CreateChannelCommand({
          AppInstanceArn: appInstanceArn,
          Name: 'A channel',
          ClientRequestToken: unique(),
          ChimeBearer: creatorArn,
          ...input,
        }),
      )
      return present(output.ChannelArn)
    },
    async member(channelArn, inviterArn, memberArn, type = 'DEFAULT') {
      await messaging.send(
        new CreateChannelMembershipCommand({
          ChannelArn: channelArn,
          MemberArn: memberArn,
          Type: type,
          ChimeBearer: inviterArn,
        }),
      )
    },
    async send(channelArn, senderArn, content, input = {}) {
      const output = await messaging.send(
        new SendChannelMessageCommand({
          ChannelArn: channelArn,
          Content: content,
          Type: 'STANDARD',
          Persistence: 'PERSISTENT',
          ClientRequestToken: unique(),
          ChimeBearer: senderArn,
          ...input,
        }),
      )
      return present(output.MessageId)
    },
  }
}

/** A text that no other call returns, fit for ids and request tokens. */
export function unique(): string {
  return crypto.randomUUID()
}

function present(value: string | undefined): string {
  if (value === undefined) throw new Error('the answer lacks a member that it must have')
  return value
}
