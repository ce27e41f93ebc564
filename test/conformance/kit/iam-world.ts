// The server under test as IAM's users see it, and what cases begin with: users, keys, roles.
import { afterAll, beforeAll } from 'vitest'
import type { IAM } from '@aws-sdk/client-iam'
import { startServer } from '../../harness/start-server.ts'
import type { StartServerOptions, TestServer } from '../../harness/start-server.ts'
import { createRecordedClients } from './recorded-clients.ts'
import type { RecordedClients } from './recorded-clients.ts'

export interface KeyPair {
  readonly accessKeyId: string
  readonly secretAccessKey: string
}

export interface IamWorld extends Pick<RecordedClients, 'iam' | 'altered'> {
  readonly server: TestServer
  /** A new user; returns the name. */
  user(): Promise<string>
  /** A new key of that user. */
  key(userName: string): Promise<KeyPair>
  /** A new role that everybody of the account may assume; returns the name. */
  role(): Promise<string>
  /** A new provider; returns the ARN. */
  provider(): Promise<string>
  /** All clients, as whoever has that key. */
  as(key: KeyPair): RecordedClients
  /** A new user who may do what `actions` name (none unless given) and its clients. */
  signedInUser(...actions: string[]): Promise<{ userName: string; clients: RecordedClients }>
}

export const TRUST_POLICY = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { AWS: '*' }, Action: 'sts:AssumeRole' }],
})

/** A policy that allows `actions` on everything. */
export function policyOf(...actions: readonly string[]): string {
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: actions, Resource: '*' }],
  })
}

/** A name that no other call returns, which begins with `prefix`. */
export function uniqueName(prefix: string): string {
  return `${prefix}-${crypto.randomUUID()}`
}

/** One world for the cases of a file; it exists from before the first case on. */
export function useIamWorld(settings: StartServerOptions['settings'] = {}): IamWorld {
  const world = {} as IamWorld
  const opened: RecordedClients[] = []
  let server: TestServer | undefined
  beforeAll(async () => {
    server = await startServer({ settings })
    Object.assign(world, buildWorld(server, opened))
  })
  afterAll(async () => {
    for (const clients of opened) clients.destroy()
    await server?.stop()
  })
  return world
}

function buildWorld(server: TestServer, opened: RecordedClients[]): IamWorld {
  const as = (credentials: KeyPair): RecordedClients => {
    const { httpUrl: endpoint, region } = server
    const clients = createRecordedClients({ endpoint, region, credentials })
    opened.push(clients)
    return clients
  }
  const clients = as(server.credentials)
  const { iam } = clients

  async function user(): Promise<string> {
    const UserName = uniqueName('user')
    await iam.createUser({ UserName })
    return UserName
  }

  async function key(UserName: string): Promise<KeyPair> {
    const { AccessKey } = await iam.createAccessKey({ UserName })
    return { accessKeyId: AccessKey!.AccessKeyId!, secretAccessKey: AccessKey!.SecretAccessKey! }
  }

  return {
    server,
    iam,
    altered: (changes, call) => clients.altered(changes, call),
    user,
    key,
    as,
    async role() {
      const RoleName = uniqueName('role')
      await iam.createRole({ RoleName, AssumeRolePolicyDocument: TRUST_POLICY })
      return RoleName
    },
    async provider() {
      const Url = `https://${uniqueName('issuer')}.example.com/tenant`
      const { OpenIDConnectProviderArn } = await iam.createOpenIDConnectProvider({ Url })
      return OpenIDConnectProviderArn!
    },
    async signedInUser(...actions) {
      const userName = await user()
      if (actions.length > 0) {
        const PolicyDocument = policyOf(...actions)
        await iam.putUserPolicy({ UserName: userName, PolicyName: 'own', PolicyDocument })
      }
      return { userName, clients: as(await key(userName)) }
    },
  }
}

/** A call that succeeds when it is made by somebody who may; it makes one request. */
export type IamCall = (iam: IAM) => Promise<object>
