// The chapters of the core scenario about who may do what: users, keys, roles, temporary
// credentials, and one typed error of each class.
import { expect } from 'vitest'
import type { Credentials } from '../../harness/start-server.ts'
import type { Input, Output } from './core-client.ts'
import { at, refused, textAt, type Chapter } from './core-scenario.ts'

const policy = (...statements: object[]) =>
  JSON.stringify({ Version: '2012-10-17', Statement: statements })

const allow = (Action: string | string[], Resource: string | string[]) => ({
  Effect: 'Allow',
  Action,
  Resource,
})

function credentialsAt(output: Output, member: string): Credentials {
  const sessionToken = at(output, `${member}.SessionToken`)
  return {
    accessKeyId: textAt(output, `${member}.AccessKeyId`),
    secretAccessKey: textAt(output, `${member}.SecretAccessKey`),
    ...(sessionToken === undefined
      ? {}
      : { sessionToken: textAt(output, `${member}.SessionToken`) }),
  }
}

/** A user with a key and a policy, a role that it assumes with a session tag, and their end. */
export const keysAndRoles: Chapter = async ({ client, app, ana, bo, channel }) => {
  const iam = (operation: string, input: Input) => client.call('iam', operation, input)
  const [UserName, RoleName] = [`back-end-${app.slice(-12)}`, `end-user-${app.slice(-12)}`]
  const user = await iam('CreateUser', { UserName })
  const key = await iam('CreateAccessKey', { UserName })
  const role = await iam('CreateRole', {
    RoleName,
    AssumeRolePolicyDocument: policy({
      Effect: 'Allow',
      Principal: { AWS: textAt(user, 'User.Arn') },
      Action: ['sts:AssumeRole', 'sts:TagSession'],
    }),
  })
  const RoleArn = textAt(role, 'Role.Arn')
  const readers = policy(
    allow('chime:DescribeChannel', [`${app}/user/\${aws:PrincipalTag/user}`, `${app}/channel/*`]),
  )
  await iam('PutRolePolicy', { RoleName, PolicyName: 'own', PolicyDocument: readers })

  const backEnd = client.as(credentialsAt(key, 'AccessKey'))
  const caller = await backEnd.call('sts', 'GetCallerIdentity')
  expect(caller['Arn']).toBe(at(user, 'User.Arn'))
  const describe = { AppInstanceArn: app }
  const early = backEnd.call('identity', 'DescribeAppInstance', describe)
  expect(await refused(early)).toBe('AccessDeniedException')
  const PolicyDocument = policy(allow('chime:*', '*'))
  await iam('PutUserPolicy', { UserName, PolicyName: 'chat', PolicyDocument })
  const described = await backEnd.call('identity', 'DescribeAppInstance', describe)
  expect(at(described, 'AppInstance.AppInstanceArn')).toBe(app)
  expect(await refused(backEnd.call('iam', 'ListUsers'))).toBe('AccessDenied')

  const session = await backEnd.call('sts', 'AssumeRole', {
    RoleArn,
    RoleSessionName: 'ana',
    Tags: [{ Key: 'user', Value: ana.split('/').at(-1) }],
  })
  const endUser = client.as(credentialsAt(session, 'Credentials'))
  const who = await endUser.call('sts', 'GetCallerIdentity')
  expect(textAt(who, 'Arn')).toMatch(new RegExp(`:assumed-role/${RoleName}/ana$`))
  const read = (ChimeBearer: string) =>
    endUser.call('messaging', 'DescribeChannel', { ChannelArn: channel, ChimeBearer })
  expect(at(await read(ana), 'Channel.ChannelArn')).toBe(channel)
  expect(await refused(read(bo))).toBe('AccessDeniedException')

  const AccessKeyId = textAt(key, 'AccessKey.AccessKeyId')
  await iam('UpdateAccessKey', { UserName, AccessKeyId, Status: 'Inactive' })
  const inactive = backEnd.call('identity', 'DescribeAppInstance', describe)
  expect(await refused(inactive)).toBe('UnrecognizedClientException')
  expect(await refused(iam('DeleteUser', { UserName }))).toMatch(/^DeleteConflict(Exception)?$/)
  await iam('DeleteAccessKey', { UserName, AccessKeyId })
  await iam('DeleteUserPolicy', { UserName, PolicyName: 'chat' })
  await iam('DeleteUser', { UserName })
  await iam('DeleteRolePolicy', { RoleName, PolicyName: 'own' })
  await iam('DeleteRole', { RoleName })
  expect(await refused(iam('GetUser', { UserName }))).toMatch(/^NoSuchEntity(Exception)?$/)
}

/** On a server with AWS's quotas. */
export const typedErrors: Chapter = async ({ client, server, app, ana, bo, cy, channel }) => {
  const messaging = (operation: string, input: Input) =>
    client.call('messaging', operation, { ChannelArn: channel, ChimeBearer: ana, ...input })
  const member = (MemberArn: string) =>
    messaging('CreateChannelMembership', { MemberArn, Type: 'DEFAULT' })
  const elastic = () =>
    client.call('messaging', 'CreateChannel', {
      AppInstanceArn: app,
      Name: 'Stadium',
      ElasticChannelConfiguration: {
        MaximumSubChannels: 2,
        TargetMembershipsPerSubChannel: 2,
        MinimumMembershipPercentage: 40,
      },
      ChimeBearer: ana,
    })
  await elastic()
  const stranger = client.as({ ...server.credentials, accessKeyId: 'AKIAUNKNOWNUNKNOWN00' })
  const calls = {
    BadRequestException: messaging('SendChannelMessage', {
      Content: 'x'.repeat(4_097),
      Type: 'STANDARD',
      Persistence: 'PERSISTENT',
    }),
    ForbiddenException: messaging('UpdateChannel', { Name: 'x', ChimeBearer: bo }),
    UnauthorizedClientException: messaging('DescribeChannel', {
      ChimeBearer: `${app}/user/nobody`,
    }),
    NotFoundException: messaging('GetChannelMessage', { MessageId: '0'.repeat(32) }),
    ConflictException: member(bo),
    ResourceLimitExceededException: elastic(),
    UnrecognizedClientException: stranger.call('messaging', 'GetMessagingSessionEndpoint'),
  }
  const found = await Promise.all(Object.values(calls).map((call) => refused(call)))
  expect(found).toEqual(Object.keys(calls))
  expect(at(await member(cy), 'Member.Arn')).toBe(cy)
}
