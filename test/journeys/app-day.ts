// One app with everybody who uses it, as its operator sets it up: a back end with a key of its own,
// a role that end users sign in to by OpenID Connect, a role that the back end assumes for each of
// them, and what the back end makes on its first morning. All by the official clients.
import { ChimeSDKIdentity } from '@aws-sdk/client-chime-sdk-identity'
import { ChimeSDKMessaging } from '@aws-sdk/client-chime-sdk-messaging'
import { IAM } from '@aws-sdk/client-iam'
import { STS } from '@aws-sdk/client-sts'
import { fromTemporaryCredentials, fromWebToken } from '@aws-sdk/credential-providers'
import { startOpenIdIssuer, type OpenIdIssuer } from '../harness/openid-issuer.ts'
import { startServer, type Credentials, type TestServer } from '../harness/start-server.ts'

type Provider = ReturnType<typeof fromWebToken>

/** All four clients of one credential. */
export interface Clients {
  readonly identity: ChimeSDKIdentity
  readonly messaging: ChimeSDKMessaging
  readonly iam: IAM
  readonly sts: STS
}

/** Somebody with temporary credentials, who acts as one AppInstanceUser. */
export interface EndUser extends Clients {
  readonly arn: string
  credentials(): Promise<Credentials>
}

export interface AppDay {
  readonly server: TestServer
  readonly issuer: OpenIdIssuer
  readonly providerArn: string
  readonly operator: Clients
  readonly backEnd: Clients
  readonly backEndName: string
  readonly backEndCredentials: Credentials
  readonly appInstanceArn: string
  /** What end users sign in to by OpenID Connect. */
  readonly signInRoleArn: string
  /** What the back end assumes with a session tag for each user. */
  readonly userRoleArn: string
  clients(credentials: Credentials | Provider): Clients
  /** The back end registers an AppInstanceUser; returns its ARN. */
  register(userId: string, name: string): Promise<string>
  /** By the token of the issuer, as a page does it. */
  signIn(userArn: string, claims?: Readonly<Record<string, unknown>>): Promise<EndUser>
  /** By the back end's AssumeRole, as apps with logins of their own do it. */
  vend(userArn: string): EndUser
  end(): Promise<void>
}

/** Spelled out: `chime:*Channel*` would hand end users ChannelFlowCallback, too. */
const END_USER_ACTIONS = [
  'Connect DescribeAppInstanceUser AssociateChannelFlow DisassociateChannelFlow',
  'PutChannelExpirationSettings CreateChannel UpdateChannel DeleteChannel DescribeChannel',
  'ListChannels SearchChannels ListSubChannels UpdateChannelReadMarker',
  'CreateChannelMembership BatchCreateChannelMembership DeleteChannelMembership',
  'DescribeChannelMembership ListChannelMemberships',
  'DescribeChannelMembershipForAppInstanceUser ListChannelMembershipsForAppInstanceUser',
  'DescribeChannelModeratedByAppInstanceUser ListChannelsModeratedByAppInstanceUser',
  'GetChannelMembershipPreferences PutChannelMembershipPreferences CreateChannelModerator',
  'DeleteChannelModerator DescribeChannelModerator ListChannelModerators CreateChannelBan',
  'DeleteChannelBan DescribeChannelBan ListChannelBans SendChannelMessage GetChannelMessage',
  'GetChannelMessageStatus ListChannelMessages UpdateChannelMessage RedactChannelMessage',
  'DeleteChannelMessage',
]
  .join(' ')
  .split(' ')

/** What an end user may do: what AWS documents, with the actions of a chat spelled out. */
export const endUserPolicy = (appInstanceArn: string) =>
  policy(
    {
      Effect: 'Allow',
      Action: ['chime:GetMessagingSessionEndpoint'],
      Resource: ['*'],
    },
    {
      Effect: 'Allow',
      Action: END_USER_ACTIONS.map((action) => `chime:${action}`),
      Resource: [`${appInstanceArn}/user/\${aws:PrincipalTag/user}`, `${appInstanceArn}/channel/*`],
    },
  )

export const policy = (...statements: object[]): string =>
  JSON.stringify({ Version: '2012-10-17', Statement: statements })

/** The session tag that names the user in a token. */
export const tagClaims = (userId: string) => ({
  'https://aws.amazon.com/tags': { principal_tags: { user: [userId] } },
})

export const userIdOf = (arn: string) => arn.slice(arn.lastIndexOf('/') + 1)

export async function beginDay(): Promise<AppDay> {
  const [server, issuer] = [await startServer(), await startOpenIdIssuer()]
  const opened: { destroy(): void }[] = []
  const settings = { endpoint: server.httpUrl, region: server.region }
  const clients = (credentials: Credentials | Provider): Clients => {
    const options = { ...settings, credentials, maxAttempts: 1 }
    const made = {
      identity: new ChimeSDKIdentity(options),
      messaging: new ChimeSDKMessaging(options),
      iam: new IAM(options),
      sts: new STS(options),
    }
    opened.push(...Object.values(made))
    return made
  }
  const operator = clients(server.credentials)
  const backEndCredentials = await hireBackEnd(operator.iam)
  const backEnd = clients(backEndCredentials)

  // The app instance is the back end's first act; the roles name it.
  const { AppInstanceArn } = await backEnd.identity.createAppInstance({ Name: 'Shop' })
  const appInstanceArn = AppInstanceArn!
  const { OpenIDConnectProviderArn } = await operator.iam.createOpenIDConnectProvider({
    Url: `https://${issuer.url}`,
    ClientIDList: ['app'],
  })
  const providerArn = OpenIDConnectProviderArn!
  const role = (name: string, trust: object) =>
    makeRole(operator.iam, name, trust, endUserPolicy(appInstanceArn))
  const signInRoleArn = await role('end-user-sign-in', {
    Effect: 'Allow',
    Principal: { Federated: providerArn },
    Action: ['sts:AssumeRoleWithWebIdentity', 'sts:TagSession'],
    Condition: {
      StringEquals: { [`${issuer.url}:aud`]: 'app' },
      StringLike: { [`${issuer.url}:sub`]: 'customer-*' },
    },
  })
  const { User } = await operator.iam.getUser({ UserName: BACK_END })
  const userRoleArn = await role('end-user', {
    Effect: 'Allow',
    Principal: { AWS: User!.Arn },
    Action: ['sts:AssumeRole', 'sts:TagSession'],
    Condition: { StringLike: { 'aws:RequestTag/user': '?*' } },
  })

  const endUser = (arn: string, provider: Provider): EndUser => {
    const made = clients(provider)
    return { ...made, arn, credentials: () => held(made.messaging) }
  }
  return {
    server,
    issuer,
    providerArn,
    operator,
    backEnd,
    backEndName: BACK_END,
    backEndCredentials,
    appInstanceArn,
    signInRoleArn,
    userRoleArn,
    clients,
    async register(AppInstanceUserId, Name) {
      const input = { AppInstanceArn: appInstanceArn, AppInstanceUserId, Name }
      return (await backEnd.identity.createAppInstanceUser(input)).AppInstanceUserArn!
    },
    async signIn(arn, claims = {}) {
      const userId = userIdOf(arn)
      const webIdentityToken = await issuer.token({
        sub: `customer-${userId}`,
        ...tagClaims(userId),
        ...claims,
      })
      const roleArn = signInRoleArn
      const roleSessionName = userId
      const clientConfig = { ...settings, maxAttempts: 1 }
      return endUser(
        arn,
        fromWebToken({ roleArn, roleSessionName, webIdentityToken, clientConfig }),
      )
    },
    vend: (arn) =>
      endUser(
        arn,
        fromTemporaryCredentials({
          masterCredentials: backEndCredentials,
          params: {
            RoleArn: userRoleArn,
            RoleSessionName: userIdOf(arn),
            Tags: [{ Key: 'user', Value: userIdOf(arn) }],
          },
          clientConfig: { ...settings, maxAttempts: 1 },
        }),
      ),
    async end() {
      for (const client of opened) client.destroy()
      await issuer[Symbol.asyncDispose]()
      await server.stop()
    },
  }
}

const BACK_END = 'back-end'

/** A user with a key that may do everything in Chime but take the app away, and vend sessions. */
async function hireBackEnd(iam: IAM): Promise<Credentials> {
  await iam.createUser({ UserName: BACK_END })
  await iam.putUserPolicy({
    UserName: BACK_END,
    PolicyName: 'chat',
    PolicyDocument: policy(
      { Effect: 'Allow', Action: 'chime:*', Resource: '*' },
      { Effect: 'Deny', Action: 'chime:DeleteAppInstance', Resource: '*' },
      { Effect: 'Allow', Action: 'mobiletargeting:GetApp', Resource: '*' },
      {
        Effect: 'Allow',
        Action: ['sts:AssumeRole', 'sts:TagSession'],
        Resource: 'arn:aws:iam::*:role/end-user',
      },
    ),
  })
  const { AccessKey } = await iam.createAccessKey({ UserName: BACK_END })
  return { accessKeyId: AccessKey!.AccessKeyId!, secretAccessKey: AccessKey!.SecretAccessKey! }
}

async function makeRole(
  iam: IAM,
  RoleName: string,
  trust: object,
  PolicyDocument: string,
): Promise<string> {
  const AssumeRolePolicyDocument = policy(trust)
  const { Role } = await iam.createRole({ RoleName, AssumeRolePolicyDocument })
  await iam.putRolePolicy({ RoleName, PolicyName: 'chat', PolicyDocument })
  return Role!.Arn!
}

/** The credentials that a client holds at the moment. */
async function held({ config }: ChimeSDKMessaging): Promise<Credentials> {
  const { accessKeyId, secretAccessKey, sessionToken = '' } = await config.credentials()
  return { accessKeyId, secretAccessKey, sessionToken }
}
