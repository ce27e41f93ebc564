// App instances and who lives in them: users, bots and administrators, as the server sees them.
import type {
  AppInstanceArn,
  AppInstanceBotArn,
  AppInstanceUserArn,
  MemberArn,
} from '../base/arn.ts'

/** An ARN with the name to show for it: the current one, or the last known of a deleted user. */
export interface Identity {
  readonly arn: MemberArn
  readonly name: string
}

/** A tenant: the namespace of users, bots and channels. Instants are epoch milliseconds. */
export interface AppInstance {
  readonly arn: AppInstanceArn
  readonly name: string
  /** Absent when never given; may be empty. */
  readonly metadata?: string | undefined
  readonly createdAt: number
  readonly lastUpdatedAt: number
}

/** A user of an app instance. Instants are epoch milliseconds. */
export interface AppInstanceUser {
  readonly arn: AppInstanceUserArn
  readonly name: string
  readonly metadata?: string | undefined
  /** Days from creation to deletion, 1 to 5475; absent for a user who stays. */
  readonly expirationDays?: number | undefined
  readonly createdAt: number
  readonly lastUpdatedAt: number
}

/** A bot of Amazon Lex V2 that can be a bearer and member like a user. */
export interface AppInstanceBot {
  readonly arn: AppInstanceBotArn
  readonly name: string
  readonly metadata?: string | undefined
  readonly configuration: LexConfiguration
  readonly createdAt: number
  readonly lastUpdatedAt: number
}

/** How a bot is reached and when it answers. */
// evidence: docs CreateAppInstanceBot (behaviour 7.3)
export interface LexConfiguration {
  readonly lexBotAliasArn: string
  readonly localeId: string
  /** As given; `respondsTo` is the deprecated form and may be the only one. */
  readonly respondsTo?: 'STANDARD_MESSAGES' | undefined
  readonly invokedBy?:
    | {
        readonly standardMessages: 'AUTO' | 'ALL' | 'MENTIONS' | 'NONE'
        readonly targetedMessages: 'ALL' | 'NONE'
      }
    | undefined
  readonly welcomeIntent?: string | undefined
}

/** A device that push notifications for a user go to. */
export interface AppInstanceUserEndpoint {
  readonly appInstanceUserArn: AppInstanceUserArn
  readonly endpointId: string
  readonly name?: string | undefined
  readonly type: 'APNS' | 'APNS_SANDBOX' | 'GCM'
  /** Names the push provider. */
  readonly resourceArn: string
  readonly deviceToken: string
  readonly voipDeviceToken?: string | undefined
  readonly allowMessages: 'ALL' | 'NONE'
  readonly status: 'ACTIVE' | 'INACTIVE'
  /** Present exactly when INACTIVE. */
  readonly statusReason?: 'INVALID_DEVICE_TOKEN' | 'INVALID_PINPOINT_ARN' | undefined
  readonly createdAt: number
  readonly lastUpdatedAt: number
}

/** How long the messages of an app instance are kept. */
export interface RetentionSettings {
  /** 1 to 5475; absent: for ever. */
  readonly retentionDays?: number | undefined
  /** From this instant on, what is past its period is purged; before, a change brings it back. */
  readonly initiateDeletionAt: number
}

/** Where the events of an app instance are streamed to. */
export interface StreamingConfiguration {
  readonly dataType: 'Channel' | 'ChannelMessage'
  readonly resourceArn: string
}

/** A user or bot that administers its app instance. */
export interface AppInstanceAdmin {
  readonly appInstanceArn: AppInstanceArn
  readonly admin: Identity
  readonly createdAt: number
}
