// How much of everything may exist, and how often requests may come: the quotas and rates of
// behaviour 8.1 and 8.2 as data, in two profiles side by side. What is counted is told here; the
// counting itself is the store's and services/throttle.ts.

/** Quotas that an operation checks. Each is the greatest number that may exist. */
export interface Limits {
  readonly appInstancesPerAccount: number
  readonly usersPerAppInstance: number
  readonly adminsPerAppInstance: number
  readonly channelsPerAppInstance: number
  readonly membershipsPerChannel: number
  readonly membershipsPerMember: number
  readonly moderatorsPerChannel: number
  readonly botsPerAppInstance: number
  readonly endpointsPerUser: number
  readonly channelFlowsPerAppInstance: number
  readonly processorsPerChannelFlow: number
  readonly elasticChannelsPerAppInstance: number
  readonly subChannelsPerElasticChannel: number
  readonly membershipsPerSubChannel: number
  readonly membershipsPerElasticChannel: number
  readonly tagsPerResource: number
  readonly connectionsPerUser: number
  readonly prefetchedChannels: number
  readonly prefetchedMessagesPerChannel: number
  readonly prefetchedMembershipsPerChannel: number
  readonly iamUsersPerAccount: number
  readonly iamRolesPerAccount: number
  readonly openIdConnectProvidersPerAccount: number
  readonly accessKeysPerIamUser: number
  readonly clientIdsPerOpenIdConnectProvider: number
  readonly thumbprintsPerOpenIdConnectProvider: number
  /** All inline policies of one user, or of one role, in characters that are no white space. */
  readonly policyCharactersPerIamUser: number
  readonly policyCharactersPerIamRole: number
  /** Of a role's trust policy, counted likewise. */
  readonly trustPolicyCharacters: number
}

/** How each quota is called in errors. */
const QUOTA_NAMES: Readonly<Record<keyof Limits, string>> = {
  appInstancesPerAccount: 'app instances per account',
  usersPerAppInstance: 'users per app instance',
  adminsPerAppInstance: 'admins per app instance',
  channelsPerAppInstance: 'channels per app instance',
  membershipsPerChannel: 'memberships per channel',
  membershipsPerMember: 'memberships per user',
  moderatorsPerChannel: 'moderators per channel',
  botsPerAppInstance: 'bots per app instance',
  endpointsPerUser: 'endpoints per user',
  channelFlowsPerAppInstance: 'channel flows per app instance',
  processorsPerChannelFlow: 'processors per channel flow',
  elasticChannelsPerAppInstance: 'elastic channels per app instance',
  subChannelsPerElasticChannel: 'sub-channels per elastic channel',
  membershipsPerSubChannel: 'memberships per sub-channel',
  membershipsPerElasticChannel: 'memberships per elastic channel',
  tagsPerResource: 'tags per resource',
  connectionsPerUser: 'connections per user',
  prefetchedChannels: 'prefetched channels',
  prefetchedMessagesPerChannel: 'prefetched messages per channel',
  prefetchedMembershipsPerChannel: 'prefetched memberships per channel',
  iamUsersPerAccount: 'UsersPerAccount',
  iamRolesPerAccount: 'RolesPerAccount',
  openIdConnectProvidersPerAccount: 'OpenIdConnectProvidersPerAccount',
  accessKeysPerIamUser: 'AccessKeysPerUser',
  clientIdsPerOpenIdConnectProvider: 'ClientIdsPerOpenIdConnectProvider',
  thumbprintsPerOpenIdConnectProvider: 'ThumbprintsPerOpenIdConnectProvider',
  policyCharactersPerIamUser: 'PolicySizePerUser',
  policyCharactersPerIamRole: 'PolicySizePerRole',
  trustPolicyCharacters: 'ACLSizePerRole',
}

/** The text of the error for a quota that is used up: its value and its name. */
export function quotaText(limits: Limits, quota: keyof Limits): string {
  return `The quota of ${limits[quota]} ${QUOTA_NAMES[quota]} is used up`
}

/** The same as IAM says it. */
// evidence: field (texts of IAM's LimitExceeded)
export function iamQuotaText(limits: Limits, quota: keyof Limits): string {
  return `Cannot exceed quota for ${QUOTA_NAMES[quota]}: ${limits[quota]}`
}

/** What AWS publishes. */
// evidence: docs general/latest/gr/chime-sdk (behaviour 8.1)
export const awsLimits: Limits = {
  appInstancesPerAccount: 100,
  usersPerAppInstance: 100_000,
  adminsPerAppInstance: 100,
  channelsPerAppInstance: 10_000_000,
  membershipsPerChannel: 10_000,
  membershipsPerMember: 20_000,
  moderatorsPerChannel: 1_000,
  botsPerAppInstance: 10_000,
  endpointsPerUser: 10,
  channelFlowsPerAppInstance: 100,
  processorsPerChannelFlow: 1,
  elasticChannelsPerAppInstance: 1,
  subChannelsPerElasticChannel: 100,
  membershipsPerSubChannel: 1_000,
  membershipsPerElasticChannel: 1_000_000,
  tagsPerResource: 50,
  connectionsPerUser: 10,
  prefetchedChannels: 50,
  prefetchedMessagesPerChannel: 20,
  prefetchedMembershipsPerChannel: 30,
  // evidence: docs IAM and AWS STS quotas
  iamUsersPerAccount: 5_000,
  iamRolesPerAccount: 1_000,
  openIdConnectProvidersPerAccount: 100,
  accessKeysPerIamUser: 2,
  clientIdsPerOpenIdConnectProvider: 100,
  thumbprintsPerOpenIdConnectProvider: 5,
  policyCharactersPerIamUser: 2_048,
  policyCharactersPerIamRole: 10_240,
  trustPolicyCharacters: 2_048,
}

/**
 * As high as is safe for one node: a channel or a member at its limit still fits the deletions that
 * run as one statement, and everything that is listed is paged.
 */
export const relaxedLimits: Limits = {
  appInstancesPerAccount: 10_000,
  usersPerAppInstance: 10_000_000,
  adminsPerAppInstance: 1_000,
  channelsPerAppInstance: 100_000_000,
  membershipsPerChannel: 100_000,
  membershipsPerMember: 20_000,
  moderatorsPerChannel: 10_000,
  botsPerAppInstance: 1_000_000,
  endpointsPerUser: 1_000,
  channelFlowsPerAppInstance: 10_000,
  processorsPerChannelFlow: 3,
  elasticChannelsPerAppInstance: 10_000,
  subChannelsPerElasticChannel: 10_000,
  membershipsPerSubChannel: 10_000,
  membershipsPerElasticChannel: 10_000_000,
  tagsPerResource: 50,
  // More is a client that leaks connections: each takes its share of every event of the user.
  connectionsPerUser: 10,
  prefetchedChannels: 50,
  prefetchedMessagesPerChannel: 20,
  prefetchedMembershipsPerChannel: 30,
  iamUsersPerAccount: 100_000,
  iamRolesPerAccount: 10_000,
  openIdConnectProvidersPerAccount: 1_000,
  accessKeysPerIamUser: 2,
  clientIdsPerOpenIdConnectProvider: 100,
  thumbprintsPerOpenIdConnectProvider: 5,
  // Policies are evaluated with every request: what AWS takes at most for a role or by request.
  policyCharactersPerIamUser: 10_240,
  policyCharactersPerIamRole: 10_240,
  trustPolicyCharacters: 2_048,
}

/**
 * What a bucket belongs to. `conversation` is a channel, or a sub-channel of it where the request
 * names one; `user` the AppInstanceUser that a request is about, else its bearer; `resource` the
 * channel that a batch is for.
 */
export type RateKey =
  'account' | 'app-instance' | 'user' | 'channel' | 'conversation' | 'resource' | 'bearer'

/** A group of operations that share one bucket for each key. */
export interface RequestRate {
  readonly service: 'messaging' | 'identity' | 'iam' | 'sts'
  /** `all` of the service, including those that other rates name. */
  readonly operations: readonly string[] | 'all'
  readonly per: RateKey
  readonly perSecond: number
  /** Where the channel is elastic; the same as `perSecond` unless given. */
  readonly perSecondIfElastic?: number
}

/** How often things may be asked for. */
export interface RequestRates {
  readonly requests: readonly RequestRate[]
  /** Messaging sessions that one user may open in a second, over all of its devices. */
  readonly connectsPerUserPerSecond: number | undefined
}

/** A bucket holds this many seconds' worth of requests. */
// evidence: inferred (behaviour 8.2; the service publishes neither bursts nor windows)
export const BURST_SECONDS = 2

/** What AWS publishes for us-east-1; of IAM nothing is published, so it has none. */
// evidence: docs general/latest/gr/chime-sdk (behaviour 8.2); docs IAM quotas (STS)
export const awsRates: RequestRates = {
  connectsPerUserPerSecond: 1,
  requests: [
    {
      service: 'identity',
      operations: ['CreateAppInstance', 'UpdateAppInstance', 'DeleteAppInstance'],
      per: 'account',
      perSecond: 5,
    },
    {
      service: 'identity',
      operations: ['CreateAppInstanceUser', 'UpdateAppInstanceUser', 'DeleteAppInstanceUser'],
      per: 'app-instance',
      perSecond: 10,
    },
    {
      service: 'identity',
      operations: ['DescribeAppInstance'],
      per: 'app-instance',
      perSecond: 20,
    },
    { service: 'identity', operations: ['DescribeAppInstanceUser'], per: 'user', perSecond: 20 },
    { service: 'identity', operations: ['ListAppInstances'], per: 'account', perSecond: 10 },
    {
      service: 'identity',
      operations: ['ListAppInstanceUsers'],
      per: 'app-instance',
      perSecond: 10,
    },
    { service: 'identity', operations: 'all', per: 'account', perSecond: 50 },
    {
      service: 'messaging',
      operations: ['CreateChannel', 'UpdateChannel', 'DeleteChannel'],
      per: 'app-instance',
      perSecond: 15,
    },
    { service: 'messaging', operations: ['ListChannels'], per: 'app-instance', perSecond: 10 },
    { service: 'messaging', operations: ['DescribeChannel'], per: 'channel', perSecond: 20 },
    {
      service: 'messaging',
      operations: [
        'CreateChannelMembership',
        'DeleteChannelMembership',
        'CreateChannelBan',
        'DeleteChannelBan',
        'CreateChannelModerator',
        'DeleteChannelModerator',
      ],
      per: 'channel',
      perSecond: 15,
      perSecondIfElastic: 30,
    },
    {
      service: 'messaging',
      operations: ['ListChannelMemberships', 'ListChannelBans', 'ListChannelModerators'],
      per: 'channel',
      perSecond: 15,
    },
    {
      service: 'messaging',
      operations: [
        'SendChannelMessage',
        'UpdateChannelMessage',
        'RedactChannelMessage',
        'DeleteChannelMessage',
        'ChannelFlowCallback',
      ],
      per: 'conversation',
      perSecond: 30,
    },
    {
      service: 'messaging',
      operations: ['ListChannelMessages'],
      per: 'conversation',
      perSecond: 30,
    },
    { service: 'messaging', operations: ['GetChannelMessage'], per: 'conversation', perSecond: 30 },
    {
      service: 'messaging',
      operations: [
        'ListChannelMembershipsForAppInstanceUser',
        'ListChannelsModeratedByAppInstanceUser',
      ],
      per: 'user',
      perSecond: 15,
    },
    { service: 'messaging', operations: ['ListSubChannels'], per: 'channel', perSecond: 15 },
    {
      service: 'messaging',
      operations: ['BatchCreateChannelMembership'],
      per: 'resource',
      perSecond: 1,
    },
    { service: 'messaging', operations: 'all', per: 'bearer', perSecond: 10 },
    { service: 'sts', operations: 'all', per: 'account', perSecond: 600 },
  ],
}

/** No rates at all: nothing is counted. */
export const relaxedRates: RequestRates = { connectsPerUserPerSecond: undefined, requests: [] }

/** How a rate is called in errors: its value, its key and its operations. */
export function rateText(rate: RequestRate, perSecond: number): string {
  const operations =
    rate.operations === 'all' ? `any ${rate.service} call` : rate.operations.join(', ')
  const requests = perSecond === 1 ? 'request' : 'requests'
  return (
    `Rate exceeded: ${perSecond} ${requests} a second per ${KEY_NAMES[rate.per]} ` +
    `(${operations}); try again later`
  )
}

const KEY_NAMES: Readonly<Record<RateKey, string>> = {
  account: 'account',
  'app-instance': 'AppInstance',
  user: 'AppInstanceUser',
  channel: 'channel',
  conversation: 'channel or sub-channel',
  resource: 'channel',
  bearer: 'bearer',
}
