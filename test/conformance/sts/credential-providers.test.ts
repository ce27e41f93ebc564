// The credential providers that apps have in their code already, with nothing changed but the
// endpoint: fromTemporaryCredentials, fromWebToken and fromTokenFile feed a messaging client.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ChimeSDKMessaging } from '@aws-sdk/client-chime-sdk-messaging'
import {
  fromTemporaryCredentials,
  fromTokenFile,
  fromWebToken,
} from '@aws-sdk/credential-providers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { connectSession } from '../../harness/messaging-session.ts'
import { createScenario, type Scenario } from '../../harness/scenario.ts'
import { createSdkClients, type SdkClients } from '../../harness/sdk-clients.ts'
import { allow, failsAs, trustAccount, useStsWorld, type TestRole } from '../kit/sts-world.ts'

const world = useStsWorld()

let clients: SdkClients
let scenario: Scenario
let ana: string
/** For an AppInstanceUser whose id is the tag `user`. */
let chatRole: TestRole
beforeAll(async () => {
  clients = createSdkClients(world.server)
  scenario = await createScenario(clients)
  ana = await scenario.user('ana')
  const trustIssuer = {
    Effect: 'Allow',
    Principal: { Federated: world.providerArn },
    Action: ['sts:AssumeRoleWithWebIdentity', 'sts:TagSession'],
    Condition: { StringEquals: { [`${world.issuer.url}:aud`]: 'app' } },
  }
  chatRole = await world.role(
    [trustAccount(['sts:AssumeRole', 'sts:TagSession']), trustIssuer],
    allow('chime:*', [
      `${scenario.appInstanceArn}/user/\${aws:PrincipalTag/user}`,
      `${scenario.appInstanceArn}/channel/*`,
    ]),
  )
})
afterAll(() => clients[Symbol.dispose]())

const userId = (arn: string) => arn.slice(arn.lastIndexOf('/') + 1)
const stsSettings = () => ({ endpoint: world.server.httpUrl, region: world.server.region })
const tokenFor = (arn: string) =>
  world.issuer.token({
    'https://aws.amazon.com/tags': { principal_tags: { user: [userId(arn)] } },
  })

type Provider = ReturnType<typeof fromWebToken>

/** A channel is made and heard of by whoever `credentials` speak for, and not by anyone else. */
async function chats(credentials: Provider): Promise<void> {
  const messaging = new ChimeSDKMessaging({ ...stsSettings(), credentials, maxAttempts: 1 })
  const AppInstanceArn = scenario.appInstanceArn
  const create = (ChimeBearer: string) =>
    messaging.createChannel({
      AppInstanceArn,
      Name: 'Of Ana',
      ChimeBearer,
      ClientRequestToken: crypto.randomUUID(),
    })
  const { ChannelArn } = await create(ana)
  const { Channel } = await messaging.describeChannel({ ChannelArn, ChimeBearer: ana })
  expect(Channel?.CreatedBy?.Arn).toBe(ana)
  await failsAs(create(await scenario.user('bob')), 'AccessDeniedException', 403)
  const resolved = await messaging.config.credentials()
  using session = await connectSession(world.server, ana, {
    credentials: {
      accessKeyId: resolved.accessKeyId,
      secretAccessKey: resolved.secretAccessKey,
      sessionToken: resolved.sessionToken ?? '',
    },
  })
  expect(session.events[0]?.type).toBe('SESSION_ESTABLISHED')
  messaging.destroy()
}

describe('fromTemporaryCredentials', () => {
  it("of a back end's user chats as the tagged user only", async () => {
    const backEnd = await world.user(allow(['sts:AssumeRole', 'sts:TagSession'], chatRole.arn))
    await chats(
      fromTemporaryCredentials({
        masterCredentials: backEnd.credentials,
        params: {
          RoleArn: chatRole.arn,
          RoleSessionName: 'ana',
          Tags: [{ Key: 'user', Value: userId(ana) }],
        },
        clientConfig: stsSettings(),
      }),
    )
  })

  it('chains over another role', async () => {
    const between = await world.role(
      trustAccount(),
      allow(['sts:AssumeRole', 'sts:TagSession'], chatRole.arn),
    )
    const first = fromTemporaryCredentials({
      masterCredentials: world.server.credentials,
      params: { RoleArn: between.arn, RoleSessionName: 'between' },
      clientConfig: stsSettings(),
    })
    await chats(
      fromTemporaryCredentials({
        masterCredentials: first,
        params: {
          RoleArn: chatRole.arn,
          RoleSessionName: 'ana',
          Tags: [{ Key: 'user', Value: userId(ana) }],
        },
        clientConfig: stsSettings(),
      }),
    )
  })
})

describe('a web identity', () => {
  it('of fromWebToken chats as the user whom the token names', async () => {
    await chats(
      fromWebToken({
        roleArn: chatRole.arn,
        roleSessionName: 'ana',
        webIdentityToken: await tokenFor(ana),
        clientConfig: stsSettings(),
      }),
    )
  })

  it('of fromTokenFile chats as the user whom the token names', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'carillon-token-'))
    const webIdentityTokenFile = join(directory, 'token')
    await writeFile(webIdentityTokenFile, await tokenFor(ana))
    await chats(
      fromTokenFile({
        roleArn: chatRole.arn,
        roleSessionName: 'ana',
        webIdentityTokenFile,
        clientConfig: stsSettings(),
      }),
    )
    await rm(directory, { recursive: true })
  })

  it('that was meant for another app gives no credentials', async () => {
    const provider = fromWebToken({
      roleArn: chatRole.arn,
      roleSessionName: 'ana',
      webIdentityToken: await world.issuer.token({ aud: 'other-app' }),
      clientConfig: { ...stsSettings(), maxAttempts: 1 },
    })
    const call = provider()
    const message = await failsAs(call, 'AccessDenied', 403)
    expect(message).toBe('Not authorized to perform sts:AssumeRoleWithWebIdentity')
  })
})
