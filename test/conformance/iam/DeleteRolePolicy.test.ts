// Conformance of DeleteRolePolicy.
import { expect } from 'vitest'
import { casesOf } from '../kit/conformance-case.ts'
import { accessCases, queryDoorCases } from '../kit/iam-cases.ts'
import { policyOf, uniqueName, useIamWorld } from '../kit/iam-world.ts'
import { failsInXml, failsValidation, succeedsInXml } from '../kit/query-answers.ts'

const world = useIamWorld()
const write = casesOf('DeleteRolePolicy')

const put = (RoleName: string, PolicyName: string) =>
  world.iam.putRolePolicy({ RoleName, PolicyName, PolicyDocument: policyOf('*') })
const remove = (RoleName: string, PolicyName: string) =>
  world.iam.deleteRolePolicy({ RoleName, PolicyName })
const prepare = async () => {
  const RoleName = await world.role()
  await put(RoleName, 'p')
  return (iam: typeof world.iam) => iam.deleteRolePolicy({ RoleName, PolicyName: 'p' })
}

write(
  'wire',
  'model',
  'Given two policies, when one is deleted, then there is only the id of the request and the other stays',
  async () => {
    const name = await world.role()
    await put(name, 'p')
    await put(name, 'q')
    await succeedsInXml(remove(name, 'p'), 'DeleteRolePolicy')
    expect((await world.iam.listRolePolicies({ RoleName: name })).PolicyNames).toEqual(['q'])
  },
)
queryDoorCases(write, world, prepare)

write(
  'validation',
  'model',
  'Given a policy name with a space, when it is deleted, then ValidationError',
  async () => {
    await failsValidation(remove(await world.role(), 'a b'), 'PolicyName')
  },
)

accessCases(write, world, 'DeleteRolePolicy', prepare)

write(
  'behaviour',
  'doc',
  'Given no such policy or role, when it is deleted, then NoSuchEntity',
  async () => {
    const name = await world.role()
    await put(name, 'p')
    await failsInXml(remove(name, 'P'), 'NoSuchEntityException')
    await failsInXml(remove(uniqueName('nobody'), 'p'), 'NoSuchEntityException')
    await failsInXml(remove(await world.role(), 'p'), 'NoSuchEntityException')
    expect((await world.iam.listRolePolicies({ RoleName: name })).PolicyNames).toEqual(['p'])
    await remove(name, 'p')
    await failsInXml(remove(name, 'p'), 'NoSuchEntityException')
  },
)
