// Conformance of ListRolePolicies.
import type { ListRolePoliciesCommandOutput } from '@aws-sdk/client-iam'
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
const write = casesOf('ListRolePolicies')

const put = (RoleName: string, PolicyName: string) =>
  world.iam.putRolePolicy({ RoleName, PolicyName, PolicyDocument: policyOf('*') })
const prepare = async () => {
  const RoleName = await world.role()
  return (iam: typeof world.iam) => iam.listRolePolicies({ RoleName })
}
const listing = {
  keysOf: ({ PolicyNames = [] }: ListRolePoliciesCommandOutput) => PolicyNames,
  async prepare() {
    const [RoleName, other] = [await world.role(), await world.role()]
    const keys = ['b', 'a', 'C', 'd+e', 'f@g']
    for (const name of keys) await put(RoleName, name)
    await put(other, 'z')
    return {
      keys,
      list: (page: MarkedInput) => world.iam.listRolePolicies({ RoleName, ...page }),
      foreign: (page: MarkedInput) => world.iam.listRolePolicies({ RoleName: other, ...page }),
    }
  },
}

write(
  'wire',
  'model',
  'Given no policies, when they are listed, then the list is there and empty',
  async () => {
    const call = world.iam.listRolePolicies({ RoleName: await world.role() })
    const result = await succeedsInXml(call, 'ListRolePolicies', ['PolicyNames', 'IsTruncated'])
    expect(childOf(result, 'PolicyNames').children).toEqual([])
    expect((await call).PolicyNames).toEqual([])
  },
)
queryDoorCases(write, world, prepare)

markerValidationCases(write, listing)

accessCases(write, world, 'ListRolePolicies', prepare)

markerBehaviourCases(write, listing, 2)
write(
  'behaviour',
  'doc',
  'Given no such role, when its policies are listed, then NoSuchEntity',
  async () => {
    await failsInXml(
      world.iam.listRolePolicies({ RoleName: uniqueName('nobody') }),
      'NoSuchEntityException',
    )
  },
)
