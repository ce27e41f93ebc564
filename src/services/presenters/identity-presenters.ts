// What lives in an app instance, as the identity API shows it: users, bots, administrators,
// endpoints and settings, and what of it comes from the wire.
import type {
  AppInstance,
  AppInstanceAdmin,
  AppInstanceBot,
  AppInstanceUser,
  AppInstanceUserEndpoint,
  Identity,
  LexConfiguration,
  RetentionSettings,
} from '../../domain/identity.ts'
import type {
  AppInstanceRetentionSettings,
  Configuration,
  ExpirationSettings,
} from '../../protocol/generated/identity-types.ts'

export function presentIdentity(identity: Identity) {
  return { Arn: identity.arn, Name: identity.name }
}

export function presentAppInstanceSummary(appInstance: AppInstance) {
  return {
    AppInstanceArn: appInstance.arn,
    Name: appInstance.name,
    Metadata: appInstance.metadata,
  }
}

export function presentAppInstance(appInstance: AppInstance) {
  return {
    ...presentAppInstanceSummary(appInstance),
    CreatedTimestamp: new Date(appInstance.createdAt),
    LastUpdatedTimestamp: new Date(appInstance.lastUpdatedAt),
  }
}

export function presentAppInstanceUserSummary(user: AppInstanceUser) {
  return { AppInstanceUserArn: user.arn, Name: user.name, Metadata: user.metadata }
}

export function presentAppInstanceUser(user: AppInstanceUser) {
  return {
    ...presentAppInstanceUserSummary(user),
    CreatedTimestamp: new Date(user.createdAt),
    LastUpdatedTimestamp: new Date(user.lastUpdatedAt),
  }
}

export function presentAppInstanceAdminSummary(admin: AppInstanceAdmin) {
  return { Admin: presentIdentity(admin.admin) }
}

export function presentAppInstanceAdmin(admin: AppInstanceAdmin) {
  return {
    ...presentAppInstanceAdminSummary(admin),
    AppInstanceArn: admin.appInstanceArn,
    CreatedTimestamp: new Date(admin.createdAt),
  }
}

/** What lists show of a bot. A bot without a name has an empty one. */
export function presentAppInstanceBotSummary(bot: AppInstanceBot) {
  return { AppInstanceBotArn: bot.arn, Name: bot.name, Metadata: bot.metadata }
}

export function presentAppInstanceBot(bot: AppInstanceBot) {
  return {
    ...presentAppInstanceBotSummary(bot),
    Configuration: presentConfiguration(bot.configuration),
    CreatedTimestamp: new Date(bot.createdAt),
    LastUpdatedTimestamp: new Date(bot.lastUpdatedAt),
  }
}

/** As it was given: members that were not given are absent. */
function presentConfiguration(configuration: LexConfiguration): Configuration {
  const { invokedBy } = configuration
  return {
    Lex: {
      LexBotAliasArn: configuration.lexBotAliasArn,
      LocaleId: configuration.localeId,
      RespondsTo: configuration.respondsTo,
      InvokedBy: invokedBy && {
        StandardMessages: invokedBy.standardMessages,
        TargetedMessages: invokedBy.targetedMessages,
      },
      WelcomeIntent: configuration.welcomeIntent,
    },
  }
}

/** The way back; the model has checked ARN, intent and the rest. */
export function lexConfigurationOf({ Lex }: Configuration): LexConfiguration {
  return {
    lexBotAliasArn: Lex.LexBotAliasArn,
    localeId: Lex.LocaleId,
    respondsTo: Lex.RespondsTo,
    invokedBy: Lex.InvokedBy && {
      standardMessages: Lex.InvokedBy.StandardMessages,
      targetedMessages: Lex.InvokedBy.TargetedMessages,
    },
    welcomeIntent: Lex.WelcomeIntent,
  }
}

/** What lists show of an endpoint: without its device. */
export function presentEndpointSummary(endpoint: AppInstanceUserEndpoint) {
  return {
    AppInstanceUserArn: endpoint.appInstanceUserArn,
    EndpointId: endpoint.endpointId,
    Name: endpoint.name,
    Type: endpoint.type,
    AllowMessages: endpoint.allowMessages,
    EndpointState: { Status: endpoint.status, StatusReason: endpoint.statusReason },
  }
}

export function presentEndpoint(endpoint: AppInstanceUserEndpoint) {
  return {
    ...presentEndpointSummary(endpoint),
    ResourceArn: endpoint.resourceArn,
    EndpointAttributes: {
      DeviceToken: endpoint.deviceToken,
      VoipDeviceToken: endpoint.voipDeviceToken,
    },
    CreatedTimestamp: new Date(endpoint.createdAt),
    LastUpdatedTimestamp: new Date(endpoint.lastUpdatedAt),
  }
}

/** Absent for a user who stays. */
export function presentUserExpiration({
  expirationDays,
}: Pick<AppInstanceUser, 'expirationDays'>): ExpirationSettings | undefined {
  return expirationDays === undefined
    ? undefined
    : { ExpirationDays: expirationDays, ExpirationCriterion: 'CREATED_TIMESTAMP' }
}

/**
 * Settings that were never put look like those that were switched off: an empty object, and no
 * instant of a deletion that will not come.
 */
// evidence: docs ChannelRetentionSettings (behaviour 7.4); never put inferred
export function presentRetention(settings: RetentionSettings | undefined): {
  readonly AppInstanceRetentionSettings: AppInstanceRetentionSettings
  readonly InitiateDeletionTimestamp: Date | undefined
} {
  const retentionDays = settings?.retentionDays
  return {
    AppInstanceRetentionSettings: { ChannelRetentionSettings: { RetentionDays: retentionDays } },
    InitiateDeletionTimestamp:
      settings === undefined || retentionDays === undefined
        ? undefined
        : new Date(settings.initiateDeletionAt),
  }
}
