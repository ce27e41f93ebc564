// Which actions a request needs, and on which ARNs: the table that the authorizer asks with.
// Not what policies say: that is iam/.
// evidence: docs service authorization reference (Amazon Chime, IAM, STS), behaviour 2.5
import type { ArnScope } from '../base/arn.ts'

/**
 * A resource that is checked. Lists without a single resource are checked on the wildcard ARN of
 * what they list; the ARN is matched as it stands.
 * evidence: sdk aws-samples chat (ListChannelFlows on AI/channel-flow/*) | inferred for the others
 */
export type CheckedResource =
  | 'bearer'
  | 'channel'
  | 'channel-flow'
  | 'app-instance'
  | 'user'
  | 'bot'
  | 'admin'
  | 'tagged'
  | 'every-app-instance'
  | 'every-user'
  | 'every-bot'
  | 'every-channel-flow'
  /** `*`: no resource. */
  | 'none'

/** A resource of IAM that is checked; lists on the path that they are asked for. */
export type CheckedIamResource =
  'user' | 'role' | 'provider' | 'every-user' | 'every-role' | 'every-provider'

type Checks = readonly CheckedResource[]

const IN_CHANNEL: Checks = ['bearer', 'channel']
const FLOW_OF_CHANNEL: Checks = ['bearer', 'channel', 'channel-flow']
const BEARER: Checks = ['bearer']
const APP_INSTANCE: Checks = ['app-instance']
const ADMIN: Checks = ['app-instance', 'admin']
const FLOW: Checks = ['channel-flow']
const USER: Checks = ['user']
const BOT: Checks = ['bot']
const TAGGED: Checks = ['tagged']
const NONE: Checks = ['none']

/** Of both Chime APIs. Each line's action is `chime:` and the operation's name. */
export const chimeChecks = {
  AssociateChannelFlow: FLOW_OF_CHANNEL,
  BatchCreateChannelMembership: IN_CHANNEL,
  ChannelFlowCallback: ['channel'],
  CreateAppInstance: NONE,
  CreateAppInstanceAdmin: ADMIN,
  CreateAppInstanceBot: NONE,
  CreateAppInstanceUser: NONE,
  CreateChannel: BEARER,
  CreateChannelBan: IN_CHANNEL,
  CreateChannelFlow: APP_INSTANCE,
  CreateChannelMembership: IN_CHANNEL,
  CreateChannelModerator: IN_CHANNEL,
  DeleteAppInstance: APP_INSTANCE,
  DeleteAppInstanceAdmin: ADMIN,
  DeleteAppInstanceBot: BOT,
  DeleteAppInstanceUser: USER,
  DeleteChannel: IN_CHANNEL,
  DeleteChannelBan: IN_CHANNEL,
  // evidence: inferred (behaviour 2.5: the page lists `channel`, which the request does not name)
  DeleteChannelFlow: FLOW,
  DeleteChannelMembership: IN_CHANNEL,
  DeleteChannelMessage: IN_CHANNEL,
  DeleteChannelModerator: IN_CHANNEL,
  DeleteMessagingStreamingConfigurations: APP_INSTANCE,
  DeregisterAppInstanceUserEndpoint: USER,
  DescribeAppInstance: APP_INSTANCE,
  DescribeAppInstanceAdmin: ADMIN,
  DescribeAppInstanceBot: BOT,
  DescribeAppInstanceUser: USER,
  DescribeAppInstanceUserEndpoint: USER,
  DescribeChannel: IN_CHANNEL,
  DescribeChannelBan: IN_CHANNEL,
  DescribeChannelFlow: FLOW,
  DescribeChannelMembership: IN_CHANNEL,
  DescribeChannelMembershipForAppInstanceUser: IN_CHANNEL,
  DescribeChannelModeratedByAppInstanceUser: IN_CHANNEL,
  DescribeChannelModerator: IN_CHANNEL,
  DisassociateChannelFlow: FLOW_OF_CHANNEL,
  GetAppInstanceRetentionSettings: APP_INSTANCE,
  GetChannelMembershipPreferences: IN_CHANNEL,
  GetChannelMessage: IN_CHANNEL,
  GetChannelMessageStatus: IN_CHANNEL,
  GetMessagingSessionEndpoint: NONE,
  GetMessagingStreamingConfigurations: APP_INSTANCE,
  ListAppInstanceAdmins: APP_INSTANCE,
  ListAppInstanceBots: ['every-bot'],
  ListAppInstanceUserEndpoints: USER,
  ListAppInstanceUsers: ['every-user'],
  ListAppInstances: ['every-app-instance'],
  ListChannelBans: IN_CHANNEL,
  ListChannelFlows: ['every-channel-flow'],
  ListChannelMemberships: IN_CHANNEL,
  ListChannelMembershipsForAppInstanceUser: BEARER,
  ListChannelMessages: IN_CHANNEL,
  ListChannelModerators: IN_CHANNEL,
  ListChannels: BEARER,
  ListChannelsAssociatedWithChannelFlow: FLOW,
  ListChannelsModeratedByAppInstanceUser: BEARER,
  ListSubChannels: IN_CHANNEL,
  ListTagsForResource: TAGGED,
  PutAppInstanceRetentionSettings: APP_INSTANCE,
  PutAppInstanceUserExpirationSettings: USER,
  PutChannelExpirationSettings: IN_CHANNEL,
  PutChannelMembershipPreferences: IN_CHANNEL,
  PutMessagingStreamingConfigurations: APP_INSTANCE,
  RedactChannelMessage: IN_CHANNEL,
  RegisterAppInstanceUserEndpoint: USER,
  SearchChannels: BEARER,
  SendChannelMessage: IN_CHANNEL,
  TagResource: TAGGED,
  UntagResource: TAGGED,
  UpdateAppInstance: APP_INSTANCE,
  UpdateAppInstanceBot: BOT,
  UpdateAppInstanceUser: USER,
  UpdateAppInstanceUserEndpoint: USER,
  UpdateChannel: IN_CHANNEL,
  UpdateChannelFlow: FLOW,
  UpdateChannelMessage: IN_CHANNEL,
  UpdateChannelReadMarker: IN_CHANNEL,
} as const satisfies Readonly<Record<string, Checks>>

/** Each line's action is `iam:` and the operation's name. */
export const iamChecks = {
  CreateAccessKey: 'user',
  CreateOpenIDConnectProvider: 'provider',
  CreateRole: 'role',
  CreateUser: 'user',
  DeleteAccessKey: 'user',
  DeleteOpenIDConnectProvider: 'provider',
  DeleteRole: 'role',
  DeleteRolePolicy: 'role',
  DeleteUser: 'user',
  DeleteUserPolicy: 'user',
  GetOpenIDConnectProvider: 'provider',
  GetRole: 'role',
  GetRolePolicy: 'role',
  GetUser: 'user',
  GetUserPolicy: 'user',
  ListAccessKeys: 'user',
  ListOpenIDConnectProviders: 'every-provider',
  ListRolePolicies: 'role',
  ListRoles: 'every-role',
  ListUserPolicies: 'user',
  ListUsers: 'every-user',
  PutRolePolicy: 'role',
  PutUserPolicy: 'user',
  UpdateAccessKey: 'user',
  UpdateAssumeRolePolicy: 'role',
} as const satisfies Readonly<Record<string, CheckedIamResource>>

/**
 * Each line's action is `sts:` and the operation's name. `open`: no policy can forbid it.
 * evidence: docs API_GetCallerIdentity; a web identity signs nothing
 */
export const stsChecks = {
  AssumeRole: 'role',
  AssumeRoleWithWebIdentity: 'open',
  GetCallerIdentity: 'open',
} as const satisfies Readonly<Record<string, 'role' | 'open'>>

/** Names under which actions were known before, and that policies may still hold. */
// evidence: docs service authorization reference (behaviour 2.5)
const FORMER_NAMES: ReadonlyMap<string, string> = new Map([
  ['DeleteMessagingStreamingConfigurations', 'DeleteAppInstanceStreamingConfigurations'],
  ['GetMessagingStreamingConfigurations', 'GetAppInstanceStreamingConfigurations'],
  ['PutMessagingStreamingConfigurations', 'PutAppInstanceStreamingConfigurations'],
])

/** An action as it is told to people, and as policies are asked for it. */
export interface CheckedAction {
  readonly name: string
  /** All of its names, in lower case. */
  readonly names: readonly string[]
}

export function actionOf(service: string, operation: string): CheckedAction {
  const former = FORMER_NAMES.get(operation)
  const names = former === undefined ? [operation] : [operation, former]
  return {
    name: `${service}:${operation}`,
    names: names.map((name) => `${service}:${name}`.toLowerCase()),
  }
}

type Input = Readonly<Record<string, unknown>>

/** An action on an ARN that a member of the request asks for in addition. */
export interface ExtraPermission {
  readonly action: CheckedAction
  readonly resources: readonly string[]
}

const PUT_CHANNEL_EXPIRATION = actionOf('chime', 'PutChannelExpirationSettings')
const PUT_USER_EXPIRATION = actionOf('chime', 'PutAppInstanceUserExpirationSettings')
const GET_PUSH_APP = actionOf('mobiletargeting', 'GetApp')
const TAG_SESSION = actionOf('sts', 'TagSession')
const SET_SOURCE_IDENTITY = actionOf('sts', 'SetSourceIdentity')

/** What `chimeChecks` does not say, as only some requests need it. */
// evidence: docs API_CreateAppInstanceUser, API_RegisterAppInstanceUserEndpoint (behaviour 2.5) |
//   inferred for CreateChannel, by the same rule
export function extraPermissions(
  operation: string,
  input: Input,
  bearerArn: string,
): readonly ExtraPermission[] {
  if (operation === 'RegisterAppInstanceUserEndpoint') {
    return [{ action: GET_PUSH_APP, resources: [textOf(input, 'ResourceArn')] }]
  }
  if (input['ExpirationSettings'] === undefined) return []
  const appInstanceArn = textOf(input, 'AppInstanceArn')
  if (operation === 'CreateChannel') {
    const channelId = input['ChannelId'] === undefined ? '*' : textOf(input, 'ChannelId')
    const resources = [bearerArn, `${appInstanceArn}/channel/${channelId}`]
    return [{ action: PUT_CHANNEL_EXPIRATION, resources }]
  }
  if (operation === 'CreateAppInstanceUser') {
    const resources = [`${appInstanceArn}/user/${textOf(input, 'AppInstanceUserId')}`]
    return [{ action: PUT_USER_EXPIRATION, resources }]
  }
  return []
}

/** What AssumeRole needs besides itself, on the same role. */
// evidence: docs id_session-tags, id_credentials_temp_control-access_monitor (source identity)
export function extraRoleActions(input: Input): readonly CheckedAction[] {
  const { Tags: tags, SourceIdentity: sourceIdentity } = input
  return [
    ...(Array.isArray(tags) && tags.length > 0 ? [TAG_SESSION] : []),
    ...(sourceIdentity === undefined ? [] : [SET_SOURCE_IDENTITY]),
  ]
}

/** The ARN of a resource of Chime that a request names. */
export function chimeArn(
  resource: CheckedResource,
  input: Input,
  bearerArn: string,
  scope: ArnScope,
): string {
  return CHIME_ARNS[resource](input, bearerArn, scope)
}

const CHIME_ARNS: Readonly<
  Record<CheckedResource, (input: Input, bearerArn: string, scope: ArnScope) => string>
> = {
  none: () => '*',
  bearer: (_input, bearerArn) => bearerArn,
  channel: (input) => textOf(input, 'ChannelArn'),
  'channel-flow': (input) => textOf(input, 'ChannelFlowArn'),
  'app-instance': (input) => textOf(input, 'AppInstanceArn'),
  user: (input) => textOf(input, 'AppInstanceUserArn'),
  bot: (input) => textOf(input, 'AppInstanceBotArn'),
  admin: (input) => textOf(input, 'AppInstanceAdminArn'),
  tagged: (input) => textOf(input, 'ResourceARN'),
  'every-app-instance': (_input, _bearerArn, { region, accountId }) =>
    `arn:aws:chime:${region}:${accountId}:app-instance/*`,
  'every-user': (input) => `${textOf(input, 'AppInstanceArn')}/user/*`,
  'every-bot': (input) => `${textOf(input, 'AppInstanceArn')}/bot/*`,
  'every-channel-flow': (input) => `${textOf(input, 'AppInstanceArn')}/channel-flow/*`,
}

/** The ARN of a user or role that is to be, or that does not exist. */
export function newIamArn(
  accountId: string,
  kind: 'user' | 'role',
  name: string,
  input: Input,
): string {
  return `arn:aws:iam::${accountId}:${kind}${textOf(input, 'Path') || '/'}${name}`
}

/** The ARN of a provider, or what a list is about. evidence: field (ARNs in refusals of lists) */
export function listedIamArn(
  accountId: string,
  resource: Exclude<CheckedIamResource, 'user' | 'role'>,
  input: Input,
): string {
  return `arn:aws:iam::${accountId}:${LISTED_IAM_RESOURCES[resource](input)}`
}

const LISTED_IAM_RESOURCES: Readonly<
  Record<Exclude<CheckedIamResource, 'user' | 'role'>, (input: Input) => string>
> = {
  'every-user': (input) => `user${textOf(input, 'PathPrefix') || '/'}`,
  'every-role': (input) => `role${textOf(input, 'PathPrefix') || '/'}`,
  'every-provider': () => 'oidc-provider/*',
  provider(input) {
    const arn = textOf(input, 'OpenIDConnectProviderArn')
    const name = arn === '' ? textOf(input, 'Url') : arn.slice(arn.indexOf('/') + 1)
    return `oidc-provider/${name.replace(/^https:\/\//i, '')}`
  },
}

/**
 * The member as text. The model has checked that it is there; a request that lacks it all the same
 * is about nothing that a policy could allow but "*".
 */
function textOf(input: Input, name: string): string {
  const value = input[name]
  return typeof value === 'string' ? value : ''
}
