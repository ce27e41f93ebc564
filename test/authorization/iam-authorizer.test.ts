// The authorizer: which actions it asks for on which ARNs, whose policies it reads, what it knows
// of a request, and what it tells those whom it refuses.
import { describe, expect, test } from 'vitest'
import { FrontDoorError } from '../../src/base/api-error.ts'
import type { AppInstanceArn, AppInstanceUserArn } from '../../src/base/arn.ts'
import type {
  IamRole,
  IamUser,
  InlinePolicy,
  OpenIdConnectProvider,
  Principal,
} from '../../src/domain/access.ts'
import type { Tags } from '../../src/domain/tags.ts'
import { iamOperations } from '../../src/operations/iam-operations.ts'
import { identityOperations } from '../../src/operations/identity-operations.ts'
import { messagingOperations } from '../../src/operations/messaging-operations.ts'
import { stsOperations } from '../../src/operations/sts-operations.ts'
import { chimeChecks, iamChecks, stsChecks } from '../../src/policies/iam-resources.ts'
import {
  createAuthorizer,
  type AuthorizerOptions,
  type RequestToAuthorize,
} from '../../src/services/access/authorizer.ts'
import { ACCOUNT, alice, APP, NOW, policyText, session } from './iam-policies.ts'
import type { StatementText } from './iam-policies.ts'

const SELF = `${APP}/user/alice` as AppInstanceUserArn
const LOBBY = `${APP}/channel/lobby`
const ROLE_ARN = `arn:aws:iam::${ACCOUNT}:role/web/chat`

/** What the store would hold. */
class Accounts {
  readonly policies = new Map<string, InlinePolicy[]>()
  readonly roles = new Map<string, IamRole>()
  readonly users = new Map<string, IamUser>()
  readonly providers = new Map<string, OpenIdConnectProvider>()
  readonly tags = new Map<string, Tags>()
  readonly tagLookups: string[] = []

  put(owner: 'user/alice' | 'role/chat', ...statements: StatementText[]): void {
    this.policies.set(owner, [{ policyName: 'p', document: policyText(...statements) }])
  }

  putRole(roleName: string, more: Partial<IamRole> = {}): void {
    const arn = `arn:aws:iam::${ACCOUNT}:role/web/${roleName}`
    this.roles.set(roleName, {
      roleName,
      roleId: `AROA${roleName.toUpperCase()}`,
      arn,
      path: '/web/',
      trustPolicy: trustOf(ACCOUNT),
      maxSessionDurationS: 3_600,
      tags: new Map(),
      createdAt: 0,
      ...more,
    })
  }

  get options(): AuthorizerOptions {
    return {
      access: {
        findUser: async (name) => this.users.get(name),
        findRole: async (name) => this.roles.get(name),
        findProvider: async (arn) => this.providers.get(arn),
        findPolicies: async (owner) =>
          this.policies.get(
            owner.kind === 'user' ? `user/${owner.userName}` : `role/${owner.roleName}`,
          ) ?? [],
      },
      tags: {
        find: async (arn) => {
          this.tagLookups.push(arn)
          return this.tags.get(arn)
        },
      },
      arnScope: { region: 'us-east-1', accountId: ACCOUNT },
    }
  }
}

function trustOf(principal: string): string {
  const statement = { Effect: 'Allow', Action: 'sts:*', Principal: { AWS: principal } }
  return JSON.stringify({ Version: '2012-10-17', Statement: statement })
}

function requestOf(
  operation: string,
  input: Readonly<Record<string, unknown>>,
  more: Partial<RequestToAuthorize> = {},
): RequestToAuthorize {
  return {
    operation: { service: 'messaging', name: operation },
    input,
    caller: {
      identity: { arn: SELF, name: 'Alice' },
      appInstanceArn: APP as AppInstanceArn,
    },
    principal: alice,
    remoteAddress: '192.0.2.7',
    now: NOW,
    ...more,
  }
}

/** The names in several tables, each once. */
function sorted(...tables: readonly object[]): readonly string[] {
  return [...new Set(tables.flatMap((table) => Object.keys(table)))].toSorted()
}

/** The text of the refusal, or undefined when it is allowed. */
async function refusalOf(
  accounts: Accounts,
  request: RequestToAuthorize,
): Promise<string | undefined> {
  try {
    await createAuthorizer(accounts.options).authorize(request)
    return undefined
  } catch (error) {
    if (error instanceof FrontDoorError) return `${error.wireName} ${error.message}`
    throw error
  }
}

function withPolicy(...statements: StatementText[]): Accounts {
  const accounts = new Accounts()
  accounts.put('user/alice', ...statements)
  return accounts
}

describe('what is asked for', () => {
  const input = {
    ChannelArn: LOBBY,
    ChannelFlowArn: `${APP}/channel-flow/f`,
    AppInstanceArn: APP,
    AppInstanceUserArn: `${APP}/user/bob`,
    AppInstanceBotArn: `${APP}/bot/b`,
    AppInstanceAdminArn: `${APP}/user/boss`,
    ResourceARN: `${APP}/bot/tagged`,
  }
  const flow = input.ChannelFlowArn

  /** Every way in which the table checks something; the rest of it repeats these. */
  test.each<[string, readonly string[]]>([
    ['SendChannelMessage', [SELF, LOBBY]],
    ['PutChannelExpirationSettings', [SELF, LOBBY]],
    ['AssociateChannelFlow', [SELF, LOBBY, flow]],
    ['DisassociateChannelFlow', [SELF, LOBBY, flow]],
    ['CreateChannel', [SELF]],
    ['ListChannels', [SELF]],
    ['SearchChannels', [SELF]],
    ['ListChannelMembershipsForAppInstanceUser', [SELF]],
    ['ListChannelsModeratedByAppInstanceUser', [SELF]],
    ['ChannelFlowCallback', [LOBBY]],
    ['DeleteChannelFlow', [flow]],
    ['ListChannelsAssociatedWithChannelFlow', [flow]],
    ['ListChannelFlows', [`${APP}/channel-flow/*`]],
    ['CreateChannelFlow', [APP]],
    ['PutMessagingStreamingConfigurations', [APP]],
    ['GetAppInstanceRetentionSettings', [APP]],
    ['ListAppInstances', [`arn:aws:chime:us-east-1:${ACCOUNT}:app-instance/*`]],
    ['ListAppInstanceUsers', [`${APP}/user/*`]],
    ['ListAppInstanceBots', [`${APP}/bot/*`]],
    ['ListAppInstanceAdmins', [APP]],
    ['CreateAppInstanceAdmin', [APP, input.AppInstanceAdminArn]],
    ['DescribeAppInstanceUser', [input.AppInstanceUserArn]],
    ['ListAppInstanceUserEndpoints', [input.AppInstanceUserArn]],
    ['UpdateAppInstanceBot', [input.AppInstanceBotArn]],
    ['GetMessagingSessionEndpoint', ['*']],
    ['CreateAppInstance', ['*']],
    ['CreateAppInstanceUser', ['*']],
    ['CreateAppInstanceBot', ['*']],
    ['UntagResource', [input.ResourceARN]],
    ['ListTagsForResource', [input.ResourceARN]],
  ])('%s: each of %j', async (operation, arns) => {
    const Action = `chime:${operation}`
    const request = requestOf(operation, input)
    const wanted = arns.includes('*') ? '*' : [...arns]
    expect(await refusalOf(withPolicy({ Action, Resource: wanted }), request)).toBeUndefined()
    for (const arn of arns) {
      const others = arns.filter((other) => other !== arn)
      const Resource = others.length > 0 ? others : `${APP}/nothing`
      const refusal = await refusalOf(withPolicy({ Action, Resource }), request)
      expect(refusal).toBe(
        `AccessDeniedException User: ${alice.arn} is not authorized to perform: ${Action} on ` +
          `resource: ${arn} because no identity-based policy allows the ${Action} action`,
      )
      if (arn === '*') continue
      const denied = await refusalOf(withPolicy({}, { Effect: 'Deny', Resource: arn }), request)
      expect(denied).toContain(`on resource: ${arn} with an explicit deny in an identity-based`)
    }
  })

  test('the table has a line for each operation, and no other', () => {
    expect(sorted(chimeChecks)).toEqual(sorted(messagingOperations, identityOperations))
    expect(sorted(iamChecks)).toEqual(sorted(iamOperations))
    expect(sorted(stsChecks)).toEqual(sorted(stsOperations))
  })

  test('expiration settings need the permission to put them', async () => {
    const settings = { ExpirationDays: 1, ExpirationCriterion: 'CREATED_TIMESTAMP' }
    const channel = { AppInstanceArn: APP, ExpirationSettings: settings }
    const onlyCreate = withPolicy({
      Action: ['chime:CreateChannel', 'chime:CreateAppInstanceUser'],
    })
    const named = requestOf('CreateChannel', { ...channel, ChannelId: 'lobby' })
    const put = { Action: 'chime:PutChannelExpirationSettings' }
    expect(await refusalOf(onlyCreate, named)).toContain(put.Action)
    expect(
      await refusalOf(onlyCreate, requestOf('CreateChannel', { AppInstanceArn: APP })),
    ).toBeUndefined()
    const create = { Action: 'chime:Create*' }
    const here = withPolicy(create, { ...put, Resource: [SELF, LOBBY] })
    expect(await refusalOf(here, named)).toBeUndefined()
    const unnamed = await refusalOf(here, requestOf('CreateChannel', channel))
    expect(unnamed).toContain(`on resource: ${APP}/channel/* because`)

    const user = requestOf('CreateAppInstanceUser', { ...channel, AppInstanceUserId: 'new' })
    const putUser = 'chime:PutAppInstanceUserExpirationSettings'
    expect(await refusalOf(onlyCreate, user)).toContain(`${putUser} on resource: ${APP}/user/new`)
    const allowed = withPolicy(create, { Action: putUser, Resource: `${APP}/user/*` })
    expect(await refusalOf(allowed, user)).toBeUndefined()
  })

  test('registering an endpoint needs mobiletargeting:GetApp', async () => {
    const app = `arn:aws:mobiletargeting:us-east-1:${ACCOUNT}:apps/push`
    const request = requestOf('RegisterAppInstanceUserEndpoint', { ...input, ResourceArn: app })
    const refusal = await refusalOf(withPolicy({ Action: 'chime:*' }), request)
    expect(refusal).toContain(`mobiletargeting:GetApp on resource: ${app} because`)
    const both = withPolicy(
      { Action: 'chime:*' },
      { Action: 'mobiletargeting:GetApp', Resource: app },
    )
    expect(await refusalOf(both, request)).toBeUndefined()
  })

  test('former names of actions count', async () => {
    const accounts = withPolicy({ Action: 'chime:GetAppInstanceStreamingConfigurations' })
    expect(
      await refusalOf(accounts, requestOf('GetMessagingStreamingConfigurations', input)),
    ).toBeUndefined()
    expect(
      await refusalOf(accounts, requestOf('PutMessagingStreamingConfigurations', input)),
    ).toBeDefined()
  })
})

const sendAs = (principal: Principal) =>
  requestOf('SendChannelMessage', { ChannelArn: LOBBY }, { principal })

describe('who asks', () => {
  test('root may do everything, whatever policies say', async () => {
    const root: Principal = { kind: 'root', arn: 'arn', accountId: ACCOUNT }
    expect(await refusalOf(new Accounts(), sendAs(root))).toBeUndefined()
  })

  test('someone without policies may do nothing', async () => {
    expect(await refusalOf(new Accounts(), sendAs(alice))).toContain('AccessDeniedException')
  })

  test('a session does what its role allows, and its session policy', async () => {
    const accounts = new Accounts()
    accounts.putRole('chat')
    accounts.put('role/chat', { Action: 'chime:*' })
    expect(await refusalOf(accounts, sendAs(session))).toBeUndefined()
    const narrow = (...statements: StatementText[]) =>
      sendAs({ ...session, sessionPolicy: policyText(...statements) })
    expect(await refusalOf(accounts, narrow({ Action: 'chime:Send*' }))).toBeUndefined()
    expect(await refusalOf(accounts, narrow({ Action: 'chime:List*' }))).toContain(
      'because no session policy allows the chime:SendChannelMessage action',
    )
    expect(await refusalOf(accounts, narrow({}, { Effect: 'Deny', Resource: LOBBY }))).toContain(
      `on resource: ${LOBBY} with an explicit deny in a session policy`,
    )
    accounts.put('role/chat', { Action: 'chime:List*' })
    expect(await refusalOf(accounts, narrow({}))).toContain('no identity-based policy')
  })

  test('a session whose role is gone, or made again, may do nothing', async () => {
    const accounts = new Accounts()
    accounts.put('role/chat', {})
    expect(await refusalOf(accounts, sendAs(session))).toContain(`User: ${session.arn} is not`)
    accounts.putRole('chat', { roleId: 'AROAOTHER' })
    expect(await refusalOf(accounts, sendAs(session))).toContain(`User: ${session.arn} is not`)
    accounts.putRole('chat')
    expect(await refusalOf(accounts, sendAs(session))).toBeUndefined()
  })

  test('a change of policies holds from the next request on', async () => {
    const accounts = withPolicy({})
    const authorizer = createAuthorizer(accounts.options)
    await authorizer.authorize(sendAs(alice))
    accounts.put('user/alice', { Action: 's3:*' })
    await expect(authorizer.authorize(sendAs(alice))).rejects.toThrow('not authorized')
  })

  test('a stored policy that cannot be read allows nothing', async () => {
    const accounts = withPolicy({})
    accounts.policies.get('user/alice')?.push({ policyName: 'old', document: '{"Statement":[]}' })
    await expect(createAuthorizer(accounts.options).authorize(sendAs(alice))).rejects.toThrow(
      'The policy is malformed at Statement',
    )
  })

  test('an end user is limited to itself by the tag of its session', async () => {
    const accounts = new Accounts()
    accounts.putRole('chat')
    const own = `${APP}/user/\${aws:PrincipalTag/user}`
    accounts.put('role/chat', { Action: 'chime:*', Resource: [own, `${APP}/channel/*`] })
    expect(await refusalOf(accounts, sendAs(session))).toBeUndefined()
    const bob = { ...session, tags: new Map([['user', 'bob']]) }
    expect(await refusalOf(accounts, sendAs(bob))).toContain(`on resource: ${SELF} because`)
    const everyone = { ...session, tags: new Map([['user', '*']]) }
    expect(await refusalOf(accounts, sendAs(everyone))).toContain(`on resource: ${SELF} because`)
    expect(await refusalOf(accounts, sendAs({ ...session, tags: new Map() }))).toBeDefined()
  })
})

describe('what is known of a request', () => {
  test('tags that it brings', async () => {
    const Condition = {
      StringEquals: { 'aws:RequestTag/team': '${aws:PrincipalTag/team}' },
      'ForAllValues:StringEquals': { 'aws:TagKeys': ['team', '__proto__'] },
    }
    const accounts = withPolicy({ Condition })
    const creating = (...Tags: { Key: string; Value: string }[]) =>
      refusalOf(accounts, requestOf('CreateAppInstance', { Tags }))
    expect(await creating({ Key: 'team', Value: 'red' })).toBeUndefined()
    const odd = { Key: '__proto__', Value: 'x' }
    expect(await creating({ Key: 'team', Value: 'red' }, odd)).toBeUndefined()
    expect(await creating({ Key: 'team', Value: 'blue' })).toBeDefined()
    expect(await creating({ Key: 'team', Value: 'red' }, { Key: 'x', Value: '' })).toBeDefined()
    expect(await creating()).toBeDefined()
  })

  test('keys of tags that it takes away', async () => {
    const Condition = { 'ForAnyValue:StringEquals': { 'aws:TagKeys': 'team' } }
    const accounts = withPolicy({}, { Effect: 'Deny', Action: 'chime:UntagResource', Condition })
    const untag = (...TagKeys: string[]) =>
      refusalOf(accounts, requestOf('UntagResource', { ResourceARN: LOBBY, TagKeys }))
    expect(await untag('x', 'team')).toContain('explicit deny')
    expect(await untag('x')).toBeUndefined()
  })

  test('tags of the resource, read only when a policy asks for them', async () => {
    const send = requestOf('SendChannelMessage', { ChannelArn: LOBBY })
    const plain = withPolicy({})
    await refusalOf(plain, send)
    expect(plain.tagLookups).toEqual([])
    const Condition = { StringEquals: { 'aws:ResourceTag/team': '${aws:PrincipalTag/team}' } }
    const accounts = withPolicy({ Resource: `${APP}/user/*` }, { Resource: LOBBY, Condition })
    accounts.tags.set(LOBBY, new Map([['team', 'red']]))
    expect(await refusalOf(accounts, send)).toBeUndefined()
    expect(accounts.tagLookups).toEqual([SELF, LOBBY])
    accounts.tags.set(LOBBY, new Map([['team', 'blue']]))
    expect(await refusalOf(accounts, send)).toContain(`on resource: ${LOBBY}`)
    // In a session policy.
    const sessions = new Accounts()
    sessions.putRole('chat')
    sessions.put('role/chat', {})
    sessions.tags.set(LOBBY, new Map([['team', 'red']]))
    const onRed = { StringEquals: { 'aws:ResourceTag/team': 'red' } }
    const sessionPolicy = policyText({ Resource: `${APP}/user/*` }, { Condition: onRed })
    const principal = { ...session, sessionPolicy }
    expect(await refusalOf(sessions, { ...send, principal })).toBeUndefined()
    sessions.tags.clear()
    expect(await refusalOf(sessions, { ...send, principal })).toContain('no session policy')
    // By a variable alone.
    const byVariable = withPolicy({
      Condition: { StringEquals: { 'aws:PrincipalTag/team': '${aws:ResourceTag/team}' } },
    })
    byVariable.tags.set(LOBBY, new Map([['team', 'red']]))
    byVariable.tags.set(SELF, new Map([['team', 'red']]))
    expect(await refusalOf(byVariable, send)).toBeUndefined()
  })

  test('its time, address, transport and region', async () => {
    const Condition = {
      DateLessThan: { 'aws:CurrentTime': '2026-11-22T03:00:01Z' },
      IpAddress: { 'aws:SourceIp': '192.0.2.0/24' },
      Bool: { 'aws:SecureTransport': true },
      StringEquals: { 'aws:RequestedRegion': 'us-east-1' },
    }
    const accounts = withPolicy({ Condition })
    const send = (more: Partial<RequestToAuthorize>) =>
      refusalOf(accounts, requestOf('SendChannelMessage', { ChannelArn: LOBBY }, more))
    expect(await send({ isSecure: true })).toBeUndefined()
    expect(await send({ isSecure: false })).toBeDefined()
    expect(await send({})).toBeDefined()
    expect(await send({ isSecure: true, now: NOW + 1_000 })).toBeDefined()
    expect(await send({ isSecure: true, remoteAddress: '192.0.3.7' })).toBeDefined()
  })

  test('the principal is its role, and a session in texts', async () => {
    const accounts = new Accounts()
    accounts.putRole('chat')
    const Condition = { ArnEquals: { 'aws:PrincipalArn': ROLE_ARN } }
    accounts.put('role/chat', { Condition })
    const request = requestOf('ListChannels', { AppInstanceArn: APP }, { principal: session })
    expect(await refusalOf(accounts, request)).toBeUndefined()
  })
})

const connect = (accounts: Accounts, principal: Principal) =>
  createAuthorizer(accounts.options).mayConnect({
    userArn: SELF,
    principal,
    remoteAddress: '::1',
    now: NOW,
  })

describe('chime:Connect', () => {
  test('is asked for on the user', async () => {
    expect(await connect(withPolicy({ Action: 'chime:Connect', Resource: SELF }), alice)).toBe(true)
    expect(
      await connect(withPolicy({ Action: 'chime:Connect', Resource: `${APP}/user/b*` }), alice),
    ).toBe(false)
    expect(await connect(withPolicy({ Action: 'chime:Send*' }), alice)).toBe(false)
    expect(await connect(new Accounts(), { kind: 'root', arn: '', accountId: ACCOUNT })).toBe(true)
    expect(await connect(withPolicy({}), { kind: 'anonymous', accountId: ACCOUNT })).toBe(false)
  })

  test('is not for a session whose role is gone', async () => {
    const accounts = new Accounts()
    accounts.put('role/chat', {})
    expect(await connect(accounts, session)).toBe(false)
    accounts.putRole('chat')
    expect(await connect(accounts, session)).toBe(true)
  })
})

const iam = (
  name: string,
  input: Readonly<Record<string, unknown>>,
  principal: Principal = alice,
) => requestOf(name, input, { operation: { service: 'iam', name }, caller: undefined, principal })

const sts = (
  name: string,
  input: Readonly<Record<string, unknown>>,
  principal: Principal = alice,
) => requestOf(name, input, { operation: { service: 'sts', name }, caller: undefined, principal })

describe('IAM and STS', () => {
  const prefix = `arn:aws:iam::${ACCOUNT}:`

  test.each<[string, Readonly<Record<string, unknown>>, string]>([
    ['CreateUser', { UserName: 'bob', Path: '/dev/' }, 'user/dev/bob'],
    ['CreateUser', { UserName: 'bob' }, 'user/bob'],
    // An existing one by its real ARN.
    ['DeleteUser', { UserName: 'carol' }, 'user/ops/carol'],
    ['DeleteUser', { UserName: 'nobody' }, 'user/nobody'],
    ['GetUser', {}, 'user/people/alice'],
    ['ListAccessKeys', {}, 'user/people/alice'],
    ['PutUserPolicy', { UserName: 'carol' }, 'user/ops/carol'],
    ['ListUsers', {}, 'user/'],
    ['ListUsers', { PathPrefix: '/ops/' }, 'user/ops/'],
    ['CreateRole', { RoleName: 'chat', Path: '/dev/' }, 'role/dev/chat'],
    ['PutRolePolicy', { RoleName: 'chat' }, 'role/web/chat'],
    ['ListRoles', {}, 'role/'],
    [
      'CreateOpenIDConnectProvider',
      { Url: 'https://id.example.com/app' },
      'oidc-provider/id.example.com/app',
    ],
    [
      'GetOpenIDConnectProvider',
      { OpenIDConnectProviderArn: `${prefix}oidc-provider/id.example.com` },
      'oidc-provider/id.example.com',
    ],
    ['ListOpenIDConnectProviders', {}, 'oidc-provider/*'],
  ])('%s with %j is about %s', async (name, input, resource) => {
    const accounts = withPolicy({ Action: `iam:${name}`, Resource: `${prefix}${resource}` })
    accounts.putRole('chat')
    const carol = { ...alice, userName: 'carol', arn: `${prefix}user/ops/carol` }
    accounts.users.set('carol', { ...carol, path: '/ops/', createdAt: 0 })
    expect(await refusalOf(accounts, iam(name, input))).toBeUndefined()
    accounts.put('user/alice', { Action: `iam:${name}`, Resource: `${prefix}${resource}x` })
    // Texts do not tell the path of one that exists: whoever may not ask is not to learn that.
    const told = resource.replace(/^(user|role)\/(?:ops|web)\//, '$1/')
    expect(await refusalOf(accounts, iam(name, input))).toBe(
      `AccessDenied User: ${alice.arn} is not authorized to perform: iam:${name} on resource: ` +
        `${prefix}${name === 'ListUsers' ? resource : told} because no identity-based policy allows the iam:${name} action`,
    )
  })

  test('tags of users, roles and providers are known', async () => {
    const Condition = { StringEquals: { 'aws:ResourceTag/team': 'red' } }
    const accounts = withPolicy({ Condition })
    accounts.putRole('chat', { tags: new Map([['team', 'red']]) })
    accounts.putRole('other')
    expect(await refusalOf(accounts, iam('GetRole', { RoleName: 'chat' }))).toBeUndefined()
    expect(await refusalOf(accounts, iam('GetRole', { RoleName: 'other' }))).toBeDefined()
  })

  test('GetCallerIdentity is open to everyone', async () => {
    const accounts = withPolicy({ Effect: 'Deny' })
    expect(await refusalOf(accounts, sts('GetCallerIdentity', {}))).toBeUndefined()
    expect(await refusalOf(accounts, sts('GetCallerIdentity', {}, session))).toBeUndefined()
  })

  test('AssumeRole needs an own policy, or a trust policy that names the caller', async () => {
    const asked = sts('AssumeRole', { RoleArn: ROLE_ARN, RoleSessionName: 's' })
    const accounts = new Accounts()
    accounts.putRole('chat')
    expect(await refusalOf(accounts, asked)).toContain(`sts:AssumeRole on resource: ${ROLE_ARN}`)
    accounts.put('user/alice', { Action: 'sts:AssumeRole', Resource: ROLE_ARN })
    expect(await refusalOf(accounts, asked)).toBeUndefined()
    accounts.put('user/alice', { Action: 's3:*' })
    accounts.putRole('chat', { trustPolicy: trustOf(alice.arn) })
    expect(await refusalOf(accounts, asked)).toBeUndefined()
    accounts.putRole('chat', { trustPolicy: trustOf('*') })
    expect(await refusalOf(accounts, asked)).toBeDefined()
    // A Deny of one's own is never outweighed.
    accounts.putRole('chat', { trustPolicy: trustOf(alice.arn) })
    accounts.put('user/alice', { Effect: 'Deny', Action: 'sts:*' })
    expect(await refusalOf(accounts, asked)).toContain('explicit deny')
  })

  test('a role is judged by its real ARN, whatever path the client names', async () => {
    const accounts = withPolicy({}, { Effect: 'Deny', Resource: ROLE_ARN })
    accounts.putRole('chat')
    const asked = sts('AssumeRole', { RoleArn: `${prefix}role/chat`, RoleSessionName: 's' })
    const refusal = await refusalOf(accounts, asked)
    expect(refusal).toContain(`on resource: ${prefix}role/chat with an explicit`)
  })

  test('a refusal does not tell which users and roles there are', async () => {
    const accounts = new Accounts()
    accounts.putRole('chat')
    const carol = { ...alice, userName: 'carol', arn: `${prefix}user/ops/carol` }
    accounts.users.set('carol', { ...carol, path: '/ops/', createdAt: 0 })
    const without = async (name: string, request: RequestToAuthorize) =>
      (await refusalOf(accounts, request))?.replaceAll(name, 'NAME')
    for (const [there, missing] of [
      ['carol', 'nobody'],
      ['chat', 'none'],
    ] as const) {
      const assume = (name: string, path = '') =>
        sts('AssumeRole', { RoleArn: `${prefix}role/${path}${name}`, RoleSessionName: 's' })
      const pairs = [
        (name: string) => iam('GetUser', { UserName: name }),
        (name: string) => iam('GetRole', { RoleName: name }),
        (name: string) => assume(name),
        (name: string) => assume(name, 'other/'),
      ]
      for (const request of pairs) {
        const told = await without(there, request(there))
        expect(told).toContain('is not authorized')
        expect(told).toBe(await without(missing, request(missing)))
      }
    }
  })

  test('a session policy bounds what trust gives', async () => {
    const accounts = new Accounts()
    accounts.putRole('chat')
    accounts.putRole('other', { trustPolicy: trustOf(ROLE_ARN) })
    const otherArn = accounts.roles.get('other')?.arn
    const asked = (principal: Principal) =>
      sts('AssumeRole', { RoleArn: otherArn, RoleSessionName: 's' }, principal)
    expect(await refusalOf(accounts, asked(session))).toBeUndefined()
    const narrow = { ...session, sessionPolicy: policyText({ Action: 'chime:*' }) }
    expect(await refusalOf(accounts, asked(narrow))).toBeDefined()
    const fitting = { ...session, sessionPolicy: policyText({ Action: 'sts:*' }) }
    expect(await refusalOf(accounts, asked(fitting))).toBeUndefined()
  })

  test('session tags and a source identity are permissions of their own', async () => {
    const accounts = withPolicy({ Action: 'sts:AssumeRole' })
    accounts.putRole('chat')
    const base = { RoleArn: ROLE_ARN, RoleSessionName: 's' }
    const tagged = sts('AssumeRole', { ...base, Tags: [{ Key: 'user', Value: 'bob' }] })
    expect(await refusalOf(accounts, tagged)).toContain('sts:TagSession on resource')
    const sourced = sts('AssumeRole', { ...base, SourceIdentity: 'bob' })
    expect(await refusalOf(accounts, sourced)).toContain('sts:SetSourceIdentity on resource')
    accounts.put('user/alice', {
      Action: 'sts:*',
      Condition: { StringLike: { 'aws:RequestTag/user': 'b*', 'sts:RoleSessionName': 's' } },
    })
    expect(await refusalOf(accounts, tagged)).toBeUndefined()
  })
})
