// Conformance of GetUser.
import { expect } from 'vitest'
import { casesOf } from '../kit/conformance-case.ts'
import { accessCases, queryDoorCases } from '../kit/iam-cases.ts'
import { uniqueName, useIamWorld } from '../kit/iam-world.ts'
import {
  failsInXml,
  failsAtTheQueryDoor,
  failsValidation,
  succeedsInXml,
} from '../kit/query-answers.ts'

const world = useIamWorld()
const write = casesOf('GetUser')

const prepare = async () => {
  const UserName = await world.user()
  return (iam: typeof world.iam) => iam.getUser({ UserName })
}

write(
  'wire',
  'model',
  'Given a user, when it is asked for, then it is told as it was created',
  async () => {
    const UserName = uniqueName('user')
    const { User } = await world.iam.createUser({
      UserName,
      Path: '/a/',
      Tags: [{ Key: 'k', Value: '' }],
    })
    const call = world.iam.getUser({ UserName })
    await succeedsInXml(call, 'GetUser', ['User'])
    expect((await call).User).toEqual(User)
  },
)
queryDoorCases(write, world, prepare)

write(
  'validation',
  'model',
  'Given a name of 129 characters or with a space, when it is asked for, then ValidationError',
  async () => {
    for (const UserName of ['x'.repeat(129), 'a b', '']) {
      await failsValidation(world.iam.getUser({ UserName }), 'UserName')
    }
  },
)

accessCases(write, world, 'GetUser', prepare)

write(
  'behaviour',
  'doc',
  'Given no name, when a user asks, then it is told of itself',
  async () => {
    const { userName, clients } = await world.signedInUser('iam:GetUser')
    const { User } = await clients.iam.getUser({})
    expect(User?.UserName).toBe(userName)
  },
)
write(
  'behaviour',
  'doc',
  'Given no name, when root asks, then it is told of the account',
  async () => {
    const { User } = await world.iam.getUser({})
    const { accountId } = world.server
    expect(User).toMatchObject({ UserId: accountId, Arn: `arn:aws:iam::${accountId}:root` })
  },
)
write(
  'behaviour',
  'doc',
  'Given no such user, or another spelling of one, when it is asked for, then NoSuchEntity',
  async () => {
    const userName = await world.user()
    for (const UserName of [uniqueName('nobody'), userName.toUpperCase()]) {
      const message = await failsInXml(world.iam.getUser({ UserName }), 'NoSuchEntityException')
      expect(message).toBe(`The user with name ${UserName} cannot be found.`)
    }
  },
)
write(
  'behaviour',
  'doc',
  'Given a deleted user, when its old key asks, then InvalidClientTokenId',
  async () => {
    const { userName, clients } = await world.signedInUser('iam:GetUser')
    await clients.iam.getUser({})
    const { AccessKeyMetadata } = await world.iam.listAccessKeys({ UserName: userName })
    const { AccessKeyId } = AccessKeyMetadata![0]!
    await world.iam.deleteAccessKey({ UserName: userName, AccessKeyId: AccessKeyId! })
    await world.iam.deleteUserPolicy({ UserName: userName, PolicyName: 'own' })
    await world.iam.deleteUser({ UserName: userName })
    await failsAtTheQueryDoor(clients.iam.getUser({}), 403, 'InvalidClientTokenId')
  },
)
