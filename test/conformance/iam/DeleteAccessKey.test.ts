// Conformance of DeleteAccessKey.
import { expect } from 'vitest'
import { casesOf } from '../kit/conformance-case.ts'
import { accessCases, queryDoorCases } from '../kit/iam-cases.ts'
import { useIamWorld } from '../kit/iam-world.ts'
import {
  failsAtTheQueryDoor,
  failsInXml,
  failsValidation,
  succeedsInXml,
} from '../kit/query-answers.ts'

const world = useIamWorld()
const write = casesOf('DeleteAccessKey')

const prepare = async () => {
  const UserName = await world.user()
  const { accessKeyId: AccessKeyId } = await world.key(UserName)
  return (iam: typeof world.iam) => iam.deleteAccessKey({ UserName, AccessKeyId })
}

write(
  'wire',
  'model',
  'Given a key, when it is deleted, then there is only the id of the request',
  async () => {
    const UserName = await world.user()
    const { accessKeyId: AccessKeyId } = await world.key(UserName)
    await succeedsInXml(world.iam.deleteAccessKey({ UserName, AccessKeyId }), 'DeleteAccessKey')
    expect((await world.iam.listAccessKeys({ UserName })).AccessKeyMetadata).toEqual([])
  },
)
queryDoorCases(write, world, prepare)

write(
  'validation',
  'model',
  'Given an id of 15 characters, when it is deleted, then ValidationError',
  async () => {
    const UserName = await world.user()
    await failsValidation(
      world.iam.deleteAccessKey({ UserName, AccessKeyId: 'A'.repeat(15) }),
      'AccessKeyId',
    )
  },
)

accessCases(write, world, 'DeleteAccessKey', prepare)

write(
  'behaviour',
  'doc',
  'Given a key, when it deletes itself without naming its user, then it is refused from then on',
  async () => {
    const { clients } = await world.signedInUser('iam:*')
    const { AccessKeyMetadata } = await clients.iam.listAccessKeys({})
    await clients.iam.deleteAccessKey({ AccessKeyId: AccessKeyMetadata![0]!.AccessKeyId! })
    await failsAtTheQueryDoor(clients.iam.listAccessKeys({}), 403, 'InvalidClientTokenId')
  },
)
write(
  'behaviour',
  'doc',
  'Given two keys, when one is deleted, then there is room for another',
  async () => {
    const UserName = await world.user()
    const { accessKeyId: AccessKeyId } = await world.key(UserName)
    await world.key(UserName)
    await world.iam.deleteAccessKey({ UserName, AccessKeyId })
    await world.key(UserName)
    await failsInXml(world.iam.createAccessKey({ UserName }), 'LimitExceededException')
  },
)
write(
  'behaviour',
  'doc',
  'Given a key of another user, or none, when it is deleted, then NoSuchEntity and it still works',
  async () => {
    const { clients } = await world.signedInUser('iam:*')
    const { AccessKeyMetadata } = await clients.iam.listAccessKeys({})
    const AccessKeyId = AccessKeyMetadata![0]!.AccessKeyId!
    const UserName = await world.user()
    await failsInXml(world.iam.deleteAccessKey({ UserName, AccessKeyId }), 'NoSuchEntityException')
    await failsInXml(
      world.iam.deleteAccessKey({ UserName: 'nobody', AccessKeyId }),
      'NoSuchEntityException',
    )
    expect((await clients.iam.listAccessKeys({})).AccessKeyMetadata).toHaveLength(1)
  },
)
