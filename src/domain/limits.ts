// How much of everything may exist: the quotas of behaviour 8.1, in two profiles of one type.

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
