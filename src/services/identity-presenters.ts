// Bots, endpoints and settings of the identity API as the wire shows them, and back. Users, app
// instances and administrators are in presenters.ts, because events show them, too.
import type {
  AppInstanceBot,
  AppInstanceUser,
  AppInstanceUserEndpoint,
  LexConfiguration,
  RetentionSettings,
} from '../domain/identity.ts'
import type {
  AppInstanceRetentionSettings,
  Configuration,
  ExpirationSettings,
} from '../protocol/generated/identity-types.ts'

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
