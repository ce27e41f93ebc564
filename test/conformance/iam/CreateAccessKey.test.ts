// Conformance of CreateAccessKey.
import { expect } from 'vitest'
import { casesOf } from '../kit/conformance-case.ts'
import { accessCases, queryDoorCases } from '../kit/iam-cases.ts'
import { uniqueName, useIamWorld } from '../kit/iam-world.ts'
import {
  expectChildren,
  failsAtTheQueryDoor,
  failsInXml,
  failsValidation,
  succeedsInXml,
} from '../kit/query-answers.ts'
import { childOf } from '../kit/xml.ts'

const world = useIamWorld()
const write = casesOf('CreateAccessKey')

const prepare = async () => {
  const UserName = await world.user()
  return (iam: typeof world.iam) => iam.createAccessKey({ UserName })
}

write(
  'wire',
  'model',
  'Given a user, when a key is made, then id and secret are told',
  async () => {
    const UserName = await world.user()
    const result = await succeedsInXml(world.iam.createAccessKey({ UserName }), 'CreateAccessKey', [
      'AccessKey',
    ])
    const key = childOf(result, 'AccessKey')
    expectChildren(key, ['UserName', 'AccessKeyId', 'Status', 'SecretAccessKey', 'CreateDate'])
    expect(childOf(key, 'AccessKeyId').text).toMatch(/^AKIA[A-Z2-7]{16}$/)
    expect(childOf(key, 'SecretAccessKey').text).toMatch(/^[A-Za-z0-9+/]{40}$/)
    expect(childOf(key, 'Status').text).toBe('Active')
  },
)
queryDoorCases(write, world, prepare)

write(
  'validation',
  'model',
  'Given a name with a slash, when a key is made, then ValidationError',
  async () => {
    await failsValidation(world.iam.createAccessKey({ UserName: 'a/b' }), 'UserName')
  },
)

accessCases(write, world, 'CreateAccessKey', prepare)

write('behaviour', 'doc', 'Given a key, when it signs, then the user is who asks', async () => {
  const { userName, clients } = await world.signedInUser('iam:*')
  expect((await clients.iam.getUser({})).User?.UserName).toBe(userName)
})
write(
  'behaviour',
  'doc',
  'Given no name, when a user makes a key, then it is its own',
  async () => {
    const { userName, clients } = await world.signedInUser('iam:*')
    const { AccessKey } = await clients.iam.createAccessKey({})
    expect(AccessKey?.UserName).toBe(userName)
  },
)
write(
  'behaviour',
  'inferred',
  'Given no name, when root makes a key, then ValidationError',
  async () => {
    await failsValidation(world.iam.createAccessKey({}), 'userName')
  },
)
write('behaviour', 'doc', 'Given no such user, when a key is made, then NoSuchEntity', async () => {
  await failsInXml(
    world.iam.createAccessKey({ UserName: uniqueName('nobody') }),
    'NoSuchEntityException',
  )
})
write(
  'behaviour',
  'doc',
  'Given two keys, when a third is made, then LimitExceeded, and the two still work',
  async () => {
    const { userName: UserName, clients } = await world.signedInUser('iam:*')
    await world.iam.createAccessKey({ UserName })
    const message = await failsInXml(
      world.iam.createAccessKey({ UserName }),
      'LimitExceededException',
    )
    expect(message).toBe('Cannot exceed quota for AccessKeysPerUser: 2')
    expect((await clients.iam.listAccessKeys({})).AccessKeyMetadata).toHaveLength(2)
  },
)
write(
  'behaviour',
  'doc',
  'Given keys are made at once, when all are answered, then there are two',
  async () => {
    const UserName = await world.user()
    const outcomes = await Promise.allSettled(
      Array.from({ length: 5 }, () => world.iam.createAccessKey({ UserName })),
    )
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(2)
    expect((await world.iam.listAccessKeys({ UserName })).AccessKeyMetadata).toHaveLength(2)
  },
)
write(
  'behaviour',
  'doc',
  'Given a key with another secret, when it signs, then SignatureDoesNotMatch',
  async () => {
    const key = await world.key(await world.user())
    const forged = world.as({ ...key, secretAccessKey: key.secretAccessKey.toLowerCase() })
    await failsAtTheQueryDoor(forged.iam.getUser({}), 403, 'SignatureDoesNotMatch')
    const unknown = world.as({ ...key, accessKeyId: 'AKIAUNKNOWNUNKNOWN22' })
    await failsAtTheQueryDoor(unknown.iam.getUser({}), 403, 'InvalidClientTokenId')
  },
)
