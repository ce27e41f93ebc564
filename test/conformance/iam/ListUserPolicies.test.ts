// Conformance of ListUserPolicies.
import type { ListUserPoliciesCommandOutput } from '@aws-sdk/client-iam'
import { expect } from 'vitest'
import { casesOf } from '../kit/conformance-case.ts'
import {
  accessCases,
  markerBehaviourCases,
  markerValidationCases,
  queryDoorCases,
} from '../kit/iam-cases.ts'
import type { MarkedInput } from '../kit/iam-cases.ts'
import { policyOf, uniqueName, useIamWorld } from '../kit/iam-world.ts'
import { failsInXml, succeedsInXml } from '../kit/query-answers.ts'
import { childOf } from '../kit/xml.ts'

const world = useIamWorld()
const write = casesOf('ListUserPolicies')

const put = (UserName: string, PolicyName: string) =>
  world.iam.putUserPolicy({ UserName, PolicyName, PolicyDocument: policyOf('*') })
const prepare = async () => {
  const UserName = await world.user()
  return (iam: typeof world.iam) => iam.listUserPolicies({ UserName })
}
const listing = {
  keysOf: ({ PolicyNames = [] }: ListUserPoliciesCommandOutput) => PolicyNames,
  async prepare() {
    const [UserName, other] = [await world.user(), await world.user()]
    const keys = ['b', 'a', 'C', 'd+e', 'f@g']
    for (const name of keys) await put(UserName, name)
    await put(other, 'z')
    return {
      keys,
      list: (page: MarkedInput) => world.iam.listUserPolicies({ UserName, ...page }),
      foreign: (page: MarkedInput) => world.iam.listUserPolicies({ UserName: other, ...page }),
    }
  },
}

write(
  'wire',
  'model',
  'Given no policies, when they are listed, then the list is there and empty',
  async () => {
    const call = world.iam.listUserPolicies({ UserName: await world.user() })
    const result = await succeedsInXml(call, 'ListUserPolicies', ['PolicyNames', 'IsTruncated'])
    expect(childOf(result, 'PolicyNames').children).toEqual([])
    expect((await call).PolicyNames).toEqual([])
  },
)
queryDoorCases(write, world, prepare)

markerValidationCases(write, listing)

accessCases(write, world, 'ListUserPolicies', prepare)

markerBehaviourCases(write, listing, 2)
write(
  'behaviour',
  'doc',
  'Given no such user, when its policies are listed, then NoSuchEntity',
  async () => {
    await failsInXml(
      world.iam.listUserPolicies({ UserName: uniqueName('nobody') }),
      'NoSuchEntityException',
    )
  },
)
