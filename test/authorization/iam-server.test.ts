// Policies over the wire: a back end's user and an end user's session, put through IAM and STS,
// refused and allowed by a real server.
import {
  CreateAppInstanceCommand,
  CreateAppInstanceUserCommand,
  DescribeAppInstanceUserCommand,
  ListAppInstanceUsersCommand,
  type ChimeSDKIdentityClient,
} from '@aws-sdk/client-chime-sdk-identity'
import {
  CreateChannelCommand,
  ListChannelsCommand,
  ListTagsForResourceCommand,
  SendChannelMessageCommand,
  TagResourceCommand,
} from '@aws-sdk/client-chime-sdk-messaging'
import {
  CreateAccessKeyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  GetUserCommand,
  IAMClient,
  PutRolePolicyCommand,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam'
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createSdkClients, type SdkClients } from '../harness/sdk-clients.ts'
import { startServer, type Credentials, type TestServer } from '../harness/start-server.ts'
import { policyText, type StatementText } from './iam-policies.ts'

let server: TestServer
let root: SdkClients
let iam: IAMClient
let appInstanceArn: string
const open: Disposable[] = []

beforeAll(async () => {
  server = await startServer()
  root = createSdkClients(server)
  iam = new IAMClient(settingsOf(server.credentials))
  const created = await root.identity.send(
    new CreateAppInstanceCommand({ Name: 'Policies', ClientRequestToken: 'policies' }),
  )
  appInstanceArn = created.AppInstanceArn ?? ''
  for (const id of ['alice', 'bob']) await createUser(root.identity, id)
})

afterAll(async () => {
  for (const clients of open) clients[Symbol.dispose]()
  root[Symbol.dispose]()
  iam.destroy()
  await server.stop()
})

function settingsOf(credentials: Credentials) {
  return { endpoint: server.httpUrl, region: server.region, credentials, maxAttempts: 1 }
}

async function createUser(identity: ChimeSDKIdentityClient, id: string): Promise<string> {
  const { AppInstanceUserArn: arn } = await identity.send(
    new CreateAppInstanceUserCommand({
      AppInstanceArn: appInstanceArn,
      AppInstanceUserId: id,
      Name: id,
      ClientRequestToken: `user-${id}`,
    }),
  )
  return arn ?? ''
}

/** A new IAM user with one policy, and clients that sign as it. */
async function signIn(
  userName: string,
  ...statements: readonly StatementText[]
): Promise<{ readonly clients: SdkClients; readonly credentials: Credentials }> {
  await iam.send(new CreateUserCommand({ UserName: userName }))
  await putPolicy(userName, ...statements)
  const { AccessKey: key } = await iam.send(new CreateAccessKeyCommand({ UserName: userName }))
  const credentials = {
    accessKeyId: key?.AccessKeyId ?? '',
    secretAccessKey: key?.SecretAccessKey ?? '',
  }
  const clients = createSdkClients({ ...server, credentials })
  open.push(clients)
  return { clients, credentials }
}

async function putPolicy(userName: string, ...statements: readonly StatementText[]): Promise<void> {
  const document = policyText(...statements)
  await iam.send(
    new PutUserPolicyCommand({ UserName: userName, PolicyName: 'p', PolicyDocument: document }),
  )
}

function createChannel(bearer: string, name: string, team?: string) {
  return new CreateChannelCommand({
    AppInstanceArn: appInstanceArn,
    Name: name,
    Privacy: 'PUBLIC',
    ClientRequestToken: name,
    ChimeBearer: bearer,
    ...(team !== undefined && { Tags: [{ Key: 'team', Value: team }] }),
  })
}

function sendTo(channelArn: string, bearer: string) {
  return new SendChannelMessageCommand({
    ChannelArn: channelArn,
    Content: 'hello',
    Type: 'STANDARD',
    Persistence: 'PERSISTENT',
    ClientRequestToken: 'hello',
    ChimeBearer: bearer,
  })
}

test('a refusal is a front-door error that says who, what and why; a change holds at once', async () => {
  const { clients } = await signIn('reader', { Action: 'chime:List*' })
  const list = new ListAppInstanceUsersCommand({ AppInstanceArn: appInstanceArn })
  expect((await clients.identity.send(list)).AppInstanceUsers).toHaveLength(2)
  await expect(createUser(clients.identity, 'carol')).rejects.toMatchObject({
    name: 'AccessDeniedException',
    message:
      `User: arn:aws:iam::${server.accountId}:user/reader is not authorized to perform: ` +
      'chime:CreateAppInstanceUser on resource: * because no identity-based policy allows the ' +
      'chime:CreateAppInstanceUser action',
    $metadata: { httpStatusCode: 403 },
    $response: { headers: { 'x-amzn-errortype': 'AccessDeniedException' } },
  })
  // Nothing was made.
  const carolArn = `${appInstanceArn}/user/carol`
  const describeCarol = new DescribeAppInstanceUserCommand({ AppInstanceUserArn: carolArn })
  await expect(root.identity.send(describeCarol)).rejects.toMatchObject({
    name: 'ForbiddenException',
  })
  await putPolicy('reader', { Action: 'chime:*' }, { Effect: 'Deny', Action: 'chime:List*' })
  await expect(clients.identity.send(list)).rejects.toThrow(
    `chime:ListAppInstanceUsers on resource: ${appInstanceArn}/user/* with an explicit deny in an ` +
      'identity-based policy',
  )
  expect(await createUser(clients.identity, 'carol')).toBe(carolArn)
})

test('IAM answers in XML: AccessDenied', async () => {
  const { credentials } = await signIn('nobody', { Action: 'chime:*' })
  const own = new IAMClient(settingsOf(credentials))
  try {
    await expect(own.send(new GetUserCommand({}))).rejects.toMatchObject({
      name: 'AccessDenied',
      message: expect.stringContaining(`iam:GetUser on resource: arn:aws:iam::`) as string,
      $metadata: { httpStatusCode: 403 },
    })
  } finally {
    own.destroy()
  }
})

test('what tags say: of the request and of the resource', async () => {
  const alice = `${appInstanceArn}/user/alice`
  const { clients } = await signIn(
    'tagger',
    {
      Action: ['chime:CreateChannel', 'chime:TagResource'],
      Condition: { StringEquals: { 'aws:RequestTag/team': 'red' } },
    },
    { Action: 'chime:SendChannelMessage', Resource: `${appInstanceArn}/user/*` },
    {
      Action: ['chime:SendChannelMessage', 'chime:ListTagsForResource'],
      Condition: { StringEquals: { 'aws:ResourceTag/team': 'red' } },
    },
  )
  const { messaging } = clients
  for (const team of ['blue', undefined]) {
    const refused = messaging.send(createChannel(alice, `refused-${team}`, team))
    await expect(refused).rejects.toThrow(`chime:CreateChannel on resource: ${alice} because`)
  }
  const { ChannelArn: red = '' } = await messaging.send(createChannel(alice, 'red', 'red'))
  const { ChannelArn: blue = '' } = await root.messaging.send(createChannel(alice, 'blue', 'blue'))
  await messaging.send(sendTo(red, alice))
  const tags = await messaging.send(new ListTagsForResourceCommand({ ResourceARN: red }))
  expect(tags.Tags).toEqual([{ Key: 'team', Value: 'red' }])
  await expect(messaging.send(sendTo(blue, alice))).rejects.toThrow(`on resource: ${blue} because`)
  // A change of the tags holds at once.
  await root.messaging.send(
    new TagResourceCommand({ ResourceARN: red, Tags: [{ Key: 'team', Value: 'green' }] }),
  )
  await expect(messaging.send(sendTo(red, alice))).rejects.toThrow(`on resource: ${red} because`)
})

test('where a request comes from, and how', async () => {
  const Condition = {
    Bool: { 'aws:SecureTransport': 'false' },
    IpAddress: { 'aws:SourceIp': '127.0.0.0/8' },
  }
  const { clients } = await signIn('local', { Condition })
  const list = new ListAppInstanceUsersCommand({ AppInstanceArn: appInstanceArn })
  await clients.identity.send(list)
  await putPolicy('local', { Condition: { Bool: { 'aws:SecureTransport': 'true' } } })
  await expect(clients.identity.send(list)).rejects.toThrow('is not authorized')
  await putPolicy('local', { Condition: { NotIpAddress: { 'aws:SourceIp': '127.0.0.0/8' } } })
  await expect(clients.identity.send(list)).rejects.toThrow('is not authorized')
})

test('a session is its own user and nobody else, until its role is gone or made again', async () => {
  const own = `${appInstanceArn}/user/\${aws:PrincipalTag/user}`
  const chat = { Action: 'chime:*', Resource: [own, `${appInstanceArn}/channel/*`] }
  const trust = {
    Effect: 'Allow',
    Action: ['sts:AssumeRole', 'sts:TagSession'],
    Principal: { AWS: `arn:aws:iam::${server.accountId}:root` },
  }
  const createRole = async (): Promise<void> => {
    const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: trust })
    await iam.send(new CreateRoleCommand({ RoleName: 'chat', AssumeRolePolicyDocument }))
    const PolicyDocument = policyText(chat)
    await iam.send(new PutRolePolicyCommand({ RoleName: 'chat', PolicyName: 'p', PolicyDocument }))
  }
  await createRole()
  const roleArn = `arn:aws:iam::${server.accountId}:role/chat`
  const { credentials } = await signIn('backend', { Action: 'sts:*', Resource: roleArn })
  const sts = new STSClient(settingsOf(credentials))
  const assume = async (user: string, policy?: string): Promise<SdkClients> => {
    const { Credentials: made } = await sts.send(
      new AssumeRoleCommand({
        RoleArn: roleArn,
        RoleSessionName: 'browser',
        Tags: [{ Key: 'user', Value: user }],
        ...(policy !== undefined && { Policy: policy }),
      }),
    )
    const clients = createSdkClients({
      ...server,
      credentials: {
        accessKeyId: made?.AccessKeyId ?? '',
        secretAccessKey: made?.SecretAccessKey ?? '',
        sessionToken: made?.SessionToken ?? '',
      },
    })
    open.push(clients)
    return clients
  }
  const [alice, bob] = [`${appInstanceArn}/user/alice`, `${appInstanceArn}/user/bob`]
  const list = (ChimeBearer: string) =>
    new ListChannelsCommand({ AppInstanceArn: appInstanceArn, ChimeBearer })
  const { messaging } = await assume('alice')
  const { ChannelArn: channelArn = '' } = await messaging.send(createChannel(alice, 'own'))
  await messaging.send(sendTo(channelArn, alice))
  await expect(messaging.send(list(bob))).rejects.toThrow(`on resource: ${bob} because`)
  const reader = await assume('alice', policyText({ Action: 'chime:List*' }))
  await reader.messaging.send(list(alice))
  await expect(reader.messaging.send(sendTo(channelArn, alice))).rejects.toThrow(
    'because no session policy allows the chime:SendChannelMessage action',
  )

  await iam.send(new DeleteRolePolicyCommand({ RoleName: 'chat', PolicyName: 'p' }))
  await iam.send(new DeleteRoleCommand({ RoleName: 'chat' }))
  await expect(messaging.send(list(alice))).rejects.toThrow('is not authorized')
  await createRole()
  await expect(messaging.send(list(alice))).rejects.toThrow('is not authorized')
  const again = await assume('alice')
  await again.messaging.send(list(alice))
  sts.destroy()
})
