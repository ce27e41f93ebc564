// Conformance of ListAccessKeys.
import type { ListAccessKeysCommandOutput } from '@aws-sdk/client-iam'
import { expect } from 'vitest'
import { casesOf } from '../kit/conformance-case.ts'
import {
  accessCases,
  markerBehaviourCases,
  markerValidationCases,
  queryDoorCases,
} from '../kit/iam-cases.ts'
import type { MarkedInput } from '../kit/iam-cases.ts'
import { useIamWorld } from '../kit/iam-world.ts'
import { expectChildren, failsInXml, failsValidation, succeedsInXml } from '../kit/query-answers.ts'
import { childOf } from '../kit/xml.ts'

const world = useIamWorld()
const write = casesOf('ListAccessKeys')

const prepare = async () => {
  const UserName = await world.user()
  return (iam: typeof world.iam) => iam.listAccessKeys({ UserName })
}
const listing = {
  keysOf: ({ AccessKeyMetadata = [] }: ListAccessKeysCommandOutput) =>
    AccessKeyMetadata.map(({ AccessKeyId }) => AccessKeyId!),
  async prepare() {
    const [UserName, other] = [await world.user(), await world.user()]
    const keys = [await world.key(UserName), await world.key(UserName)]
    await world.key(other)
    return {
      keys: keys.map(({ accessKeyId }) => accessKeyId),
      list: (page: MarkedInput) => world.iam.listAccessKeys({ UserName, ...page }),
      foreign: (page: MarkedInput) => world.iam.listAccessKeys({ UserName: other, ...page }),
    }
  },
}

write(
  'wire',
  'model',
  'Given a key, when keys are listed, then all but its secret is told',
  async () => {
    const UserName = await world.user()
    const { accessKeyId } = await world.key(UserName)
    const call = world.iam.listAccessKeys({ UserName })
    const result = await succeedsInXml(call, 'ListAccessKeys', ['AccessKeyMetadata', 'IsTruncated'])
    const [key] = childOf(result, 'AccessKeyMetadata').children
    expect(key!.name).toBe('member')
    expectChildren(key!, ['UserName', 'AccessKeyId', 'Status', 'CreateDate'])
    expect(childOf(key!, 'AccessKeyId').text).toBe(accessKeyId)
  },
)
queryDoorCases(write, world, prepare)

markerValidationCases(write, listing)

accessCases(write, world, 'ListAccessKeys', prepare)

markerBehaviourCases(write, listing, 1)
write(
  'behaviour',
  'doc',
  'Given no name, when a user lists keys, then its own; root must say whose',
  async () => {
    const { userName, clients } = await world.signedInUser('iam:*')
    const { AccessKeyMetadata } = await clients.iam.listAccessKeys({})
    expect(AccessKeyMetadata!.map(({ UserName }) => UserName)).toEqual([userName])
    await failsValidation(world.iam.listAccessKeys({}), 'userName')
  },
)
write(
  'behaviour',
  'doc',
  'Given no such user, when keys are listed, then NoSuchEntity',
  async () => {
    await failsInXml(world.iam.listAccessKeys({ UserName: 'nobody' }), 'NoSuchEntityException')
  },
)
