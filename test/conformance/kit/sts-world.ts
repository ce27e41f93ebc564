// What cases of STS begin with: a server, clients of IAM and STS for any credential, roles, users
// and an issuer of web identities. Every name is new, so cases never meet.
import { IAM } from '@aws-sdk/client-iam'
import { STS } from '@aws-sdk/client-sts'
import { afterAll, beforeAll, expect } from 'vitest'
import { ChimeSDKMessaging } from '@aws-sdk/client-chime-sdk-messaging'
import { startOpenIdIssuer, type OpenIdIssuer } from '../../harness/openid-issuer.ts'
import { signedFetch, type RawAnswer } from '../../harness/signed-fetch.ts'
import { withRecordedErrors } from './recorded-clients.ts'
import { startServer, type Credentials, type TestServer } from '../../harness/start-server.ts'

/** A statement or several. */
export type Statements = object | readonly object[]

export interface TestRole {
  readonly name: string
  readonly arn: string
  readonly id: string
}

export interface StsWorld {
  readonly server: TestServer
  readonly issuer: OpenIdIssuer
  /** Of `issuer`, for the client ids `app` and `other-app`. */
  readonly providerArn: string
  readonly accountArn: string
  /** Of the root credential unless told otherwise. */
  sts(credentials?: Credentials): STS
  iam(credentials?: Credentials): IAM
  messaging(credentials: Credentials): ChimeSDKMessaging
  /** A user with a key, and an inline policy if `statements` are given. */
  user(
    statements?: Statements,
    tags?: Readonly<Record<string, string>>,
  ): Promise<{ readonly name: string; readonly arn: string; readonly credentials: Credentials }>
  /** A role; `trust` is its trust policy's statements, `allow` those of an inline policy. */
  role(
    trust: Statements,
    allow?: Statements,
    options?: { maxSessionDuration?: number; tags?: Readonly<Record<string, string>> },
  ): Promise<TestRole>
  /** One form-encoded request to STS and its answer as it came. */
  raw(
    parameters: Readonly<Record<string, string>>,
    options?: { credentials?: Credentials; region?: string; headers?: Record<string, string> },
  ): Promise<RawAnswer>
}

export function policy(statements: Statements): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: statements })
}

/** Everyone of the account whose own policies allow it. */
export const trustAccount = (action: string | string[] = 'sts:AssumeRole') => ({
  Effect: 'Allow',
  Principal: { AWS: 'arn:aws:iam::000000000000:root' },
  Action: action,
})

/** An allowed action on everything. */
export const allow = (action: string | string[], resource: string | string[] = '*') => ({
  Effect: 'Allow',
  Action: action,
  Resource: resource,
})

type StsCredential = 'AccessKeyId' | 'SecretAccessKey' | 'SessionToken'

/** The credentials of an answer of STS. */
export function credentialsOf(output: {
  readonly Credentials?: Partial<Record<StsCredential, string | undefined>> | undefined
}): Required<Omit<Credentials, 'expiration'>> {
  const { AccessKeyId, SecretAccessKey, SessionToken } = output.Credentials ?? {}
  return {
    accessKeyId: AccessKeyId ?? '',
    secretAccessKey: SecretAccessKey ?? '',
    sessionToken: SessionToken ?? '',
  }
}

/** The call fails with this name (the SDK's class or the code) and status; returns its message. */
export async function failsAs(
  call: Promise<unknown>,
  name: string,
  status: number,
): Promise<string> {
  const outcome = await call.then(
    () => new Error('the call succeeded'),
    (error: unknown) => error as Error & { $metadata?: { httpStatusCode?: number } },
  )
  const { httpStatusCode } =
    (outcome as { $metadata?: { httpStatusCode?: number } }).$metadata ?? {}
  expect({ name: outcome.name, status: httpStatusCode }, outcome.message).toEqual({ name, status })
  return outcome.message
}

let named = 0
/** A name that no other call returns. */
export function newName(prefix: string): string {
  named += 1
  return `${prefix}-${named}-${crypto.randomUUID().slice(0, 8)}`
}

/** One world for the cases of a file; it exists from before the first case on. */
export function useStsWorld(): StsWorld {
  const world = {} as StsWorld
  let end = () => Promise.resolve()
  beforeAll(async () => {
    const server = await startServer()
    const issuer = await startOpenIdIssuer()
    const clients: { destroy(): void }[] = []
    Object.assign(world, await buildWorld(server, issuer, clients))
    end = async () => {
      for (const client of clients) client.destroy()
      await issuer[Symbol.asyncDispose]()
      await server.stop()
    }
  })
  afterAll(() => end())
  return world
}

async function buildWorld(
  server: TestServer,
  issuer: OpenIdIssuer,
  clients: { destroy(): void }[],
): Promise<StsWorld> {
  const settings = (credentials: Credentials) => ({
    endpoint: server.httpUrl,
    region: server.region,
    credentials,
    maxAttempts: 1,
  })
  const keep = <Client extends { destroy(): void }>(client: Client): Client => {
    clients.push(client)
    return client
  }
  const iamOf = (credentials: Credentials) => keep(new IAM(settings(credentials)))
  const rootIam = iamOf(server.credentials)
  const { OpenIDConnectProviderArn } = await rootIam.createOpenIDConnectProvider({
    Url: `https://${issuer.url}`,
    ClientIDList: ['app', 'other-app'],
  })
  return {
    server,
    issuer,
    providerArn: OpenIDConnectProviderArn!,
    accountArn: 'arn:aws:iam::000000000000:root',
    sts: (credentials = server.credentials) =>
      keep(withRecordedErrors(new STS(settings(credentials)))),
    iam: (credentials) => (credentials === undefined ? rootIam : iamOf(credentials)),
    messaging: (credentials) => keep(new ChimeSDKMessaging(settings(credentials))),
    async user(statements, tags = {}) {
      const name = newName('user')
      const { User } = await rootIam.createUser({ UserName: name, Tags: listOf(tags) })
      if (statements !== undefined) {
        const PolicyDocument = policy(statements)
        await rootIam.putUserPolicy({ UserName: name, PolicyName: 'own', PolicyDocument })
      }
      const { AccessKey } = await rootIam.createAccessKey({ UserName: name })
      const credentials = {
        accessKeyId: AccessKey!.AccessKeyId!,
        secretAccessKey: AccessKey!.SecretAccessKey!,
      }
      return { name, arn: User!.Arn!, credentials }
    },
    async role(trust, statements, options = {}) {
      const name = newName('role')
      const { Role } = await rootIam.createRole({
        RoleName: name,
        AssumeRolePolicyDocument: policy(trust),
        MaxSessionDuration: options.maxSessionDuration,
        Tags: listOf(options.tags ?? {}),
      })
      if (statements !== undefined) {
        const PolicyDocument = policy(statements)
        await rootIam.putRolePolicy({ RoleName: name, PolicyName: 'own', PolicyDocument })
      }
      return { name, arn: Role!.Arn!, id: Role!.RoleId! }
    },
    raw(parameters, { credentials, region, headers } = {}) {
      const body = new URLSearchParams({ Version: '2011-06-15', ...parameters }).toString()
      const endpoint = region === undefined ? server : { ...server, region }
      return signedFetch(endpoint, {
        method: 'POST',
        path: '/',
        service: 'sts',
        headers: {
          'content-type': 'application/x-www-form-urlencoded; charset=utf-8',
          ...headers,
        },
        body,
        ...(credentials === undefined ? {} : { credentials }),
      })
    },
  }
}

function listOf(tags: Readonly<Record<string, string>>): { Key: string; Value: string }[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }))
}
