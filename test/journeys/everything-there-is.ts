// Everything that the four services show of an app, read with the root credential: what must be the
// same before and after somebody was refused.
import type { Clients } from './app-day.ts'

type Client = Clients['messaging']

export async function everythingThereIs(
  operator: Clients,
  appInstanceArn: string,
  /** An administrator, who sees every channel. */
  adminArn: string,
): Promise<unknown> {
  const { identity, messaging } = operator
  const app = { AppInstanceArn: appInstanceArn }
  const users = (await identity.listAppInstanceUsers(app)).AppInstanceUsers ?? []
  const byAdmin = { ...app, ChimeBearer: adminArn, MaxResults: 50 }
  const channels = [
    ...((await messaging.listChannels({ ...byAdmin, Privacy: 'PUBLIC' })).Channels ?? []),
    ...((await messaging.listChannels({ ...byAdmin, Privacy: 'PRIVATE' })).Channels ?? []),
  ]
  return {
    app: bare(await identity.describeAppInstance(app)),
    apps: (await identity.listAppInstances({})).AppInstances,
    admins: (await identity.listAppInstanceAdmins(app)).AppInstanceAdmins,
    bots: (await identity.listAppInstanceBots(app)).AppInstanceBots,
    retention: bare(await identity.getAppInstanceRetentionSettings(app)),
    tags: (await identity.listTagsForResource({ ResourceARN: appInstanceArn })).Tags,
    streams: bare(await messaging.getMessagingStreamingConfigurations(app)),
    flows: (await messaging.listChannelFlows(app)).ChannelFlows,
    users: await Promise.all(
      users.map(({ AppInstanceUserArn }) => user(operator, AppInstanceUserArn!)),
    ),
    channels: await Promise.all(
      channels.map(({ ChannelArn }) => channel(messaging, ChannelArn!, adminArn)),
    ),
    iam: await iamThereIs(operator),
  }
}

async function user({ identity }: Clients, AppInstanceUserArn: string) {
  const one = { AppInstanceUserArn }
  return {
    itself: bare(await identity.describeAppInstanceUser(one)),
    endpoints: (await identity.listAppInstanceUserEndpoints(one)).AppInstanceUserEndpoints,
    tags: (await identity.listTagsForResource({ ResourceARN: AppInstanceUserArn })).Tags,
  }
}

async function channel(messaging: Client, ChannelArn: string, ChimeBearer: string) {
  const one = { ChannelArn, ChimeBearer }
  const hidden = { ...one, Type: 'HIDDEN' as const }
  return {
    itself: bare(await messaging.describeChannel(one)),
    members: (await messaging.listChannelMemberships(one)).ChannelMemberships,
    hidden: (await messaging.listChannelMemberships(hidden)).ChannelMemberships,
    moderators: (await messaging.listChannelModerators(one)).ChannelModerators,
    bans: (await messaging.listChannelBans(one)).ChannelBans,
    messages: (await messaging.listChannelMessages(one)).ChannelMessages,
    tags: (await messaging.listTagsForResource({ ResourceARN: ChannelArn })).Tags,
  }
}

async function iamThereIs({ iam }: Clients) {
  const [users, roles] = [
    (await iam.listUsers({})).Users ?? [],
    (await iam.listRoles({})).Roles ?? [],
  ]
  return {
    users: await Promise.all(
      users.map(async ({ UserName, Arn }) => ({
        Arn,
        keys: (await iam.listAccessKeys({ UserName })).AccessKeyMetadata,
        policies: await Promise.all(
          ((await iam.listUserPolicies({ UserName })).PolicyNames ?? []).map(async (PolicyName) =>
            bare(await iam.getUserPolicy({ UserName, PolicyName })),
          ),
        ),
      })),
    ),
    roles: await Promise.all(
      roles.map(async ({ RoleName, AssumeRolePolicyDocument }) => ({
        RoleName,
        AssumeRolePolicyDocument,
        policies: await Promise.all(
          ((await iam.listRolePolicies({ RoleName })).PolicyNames ?? []).map(async (PolicyName) =>
            bare(await iam.getRolePolicy({ RoleName, PolicyName })),
          ),
        ),
      })),
    ),
    providers: (await iam.listOpenIDConnectProviders({})).OpenIDConnectProviderList,
  }
}

/** Without what belongs to the answer alone. */
function bare({ $metadata: _metadata, ...output }: { $metadata: object }): object {
  return output
}
