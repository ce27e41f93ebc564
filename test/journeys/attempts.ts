// What somebody tries who means harm: one request for every operation of all four services, about
// things that belong to others. The lists are those of the registry, so a new operation is tried,
// too; one whose request cannot be filled with real things fails instead of being left out.
import * as identitySdk from '@aws-sdk/client-chime-sdk-identity'
import * as messagingSdk from '@aws-sdk/client-chime-sdk-messaging'
import * as iamSdk from '@aws-sdk/client-iam'
import type { iamOperations } from '../../src/operations/iam-operations.ts'
import { identityOperations } from '../../src/operations/identity-operations.ts'
import { messagingOperations } from '../../src/operations/messaging-operations.ts'
import { minimalInput } from '../model/violations.ts'
import type { RestService } from '../model/raw-models.ts'
import type { Clients } from './app-day.ts'

type Input = Readonly<Record<string, unknown>>

/** Things of others, by the member that names them. */
export type Targets = Readonly<Record<string, unknown>>

const OPERATIONS = { messaging: messagingOperations, identity: identityOperations } as const

export function operationsOf(service: RestService): readonly string[] {
  return Object.keys(OPERATIONS[service])
}

/** Those that act for a bearer. */
export const bearerOperations: readonly string[] = Object.entries(messagingOperations)
  .filter(([, { access }]) => access === 'bearer')
  .map(([name]) => name)

/** Marks the generator's own app instance, which no request may still speak of. */
const SAMPLE_ID = '0b9c2c1e-77aa-4e5e-9d53-3c1f6f0a5b11'

/** The smallest valid request of an operation, about `targets`. */
export function attemptInput(service: RestService, operation: string, targets: Targets): Input {
  const named = about(minimalInput(service, operation), targets) as Input
  if (JSON.stringify(named).includes(SAMPLE_ID)) {
    throw new Error(`${operation} names something that the attempts know nothing of`)
  }
  return named
}

function about(value: unknown, targets: Targets): unknown {
  if (Array.isArray(value)) return value.map((item) => about(item, targets))
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      name,
      name in targets ? targets[name] : about(member, targets),
    ]),
  )
}

/** Sends one request by the stock client; rejects with what the SDK makes of a refusal. */
export function attempt(
  clients: Clients,
  service: RestService,
  operation: string,
  input: Input,
): Promise<object> {
  const sdk = service === 'messaging' ? messagingSdk : identitySdk
  return send(clients[service], sdk, operation, input)
}

export function attemptIam(
  clients: Clients,
  operation: keyof typeof iamOperations,
  input: Input,
): Promise<object> {
  return send(clients.iam, iamSdk, operation, input)
}

function send(client: object, sdk: object, operation: string, input: Input): Promise<object> {
  const commands = sdk as Readonly<Record<string, new (input: Input) => object>>
  const Command = commands[`${operation}Command`]!
  return (client as { send(command: object): Promise<object> }).send(new Command(input))
}

/** One request for each operation of IAM, about the back end, the roles and the provider. */
export function iamAttempts(
  UserName: string,
  RoleName: string,
  OpenIDConnectProviderArn: string,
  AccessKeyId: string,
) {
  const PolicyName = 'chat'
  const PolicyDocument = JSON.stringify({
    Version: '2012-10-17',
    Statement: { Effect: 'Allow', Action: '*', Resource: '*' },
  })
  const AssumeRolePolicyDocument = JSON.stringify({
    Version: '2012-10-17',
    Statement: { Effect: 'Allow', Principal: '*', Action: 'sts:AssumeRole' },
  })
  return {
    CreateAccessKey: { UserName },
    CreateOpenIDConnectProvider: { Url: 'https://evil.example.com' },
    CreateRole: { RoleName: 'mine', AssumeRolePolicyDocument },
    CreateUser: { UserName: 'mine' },
    DeleteAccessKey: { UserName, AccessKeyId },
    DeleteOpenIDConnectProvider: { OpenIDConnectProviderArn },
    DeleteRole: { RoleName },
    DeleteRolePolicy: { RoleName, PolicyName },
    DeleteUser: { UserName },
    DeleteUserPolicy: { UserName, PolicyName },
    GetOpenIDConnectProvider: { OpenIDConnectProviderArn },
    GetRole: { RoleName },
    GetRolePolicy: { RoleName, PolicyName },
    GetUser: { UserName },
    GetUserPolicy: { UserName, PolicyName },
    ListAccessKeys: { UserName },
    ListOpenIDConnectProviders: {},
    ListRolePolicies: { RoleName },
    ListRoles: {},
    ListUserPolicies: { UserName },
    ListUsers: {},
    PutRolePolicy: { RoleName, PolicyName, PolicyDocument },
    PutUserPolicy: { UserName, PolicyName, PolicyDocument },
    UpdateAccessKey: { UserName, AccessKeyId, Status: 'Inactive' },
    UpdateAssumeRolePolicy: { RoleName, PolicyDocument: AssumeRolePolicyDocument },
  } satisfies Record<keyof typeof iamOperations, Input>
}
