// Conformance of DeleteRole.
import { expect } from 'vitest'
import { casesOf } from '../kit/conformance-case.ts'
import { accessCases, queryDoorCases } from '../kit/iam-cases.ts'
import { policyOf, TRUST_POLICY, uniqueName, useIamWorld } from '../kit/iam-world.ts'
import { failsInXml, failsValidation, succeedsInXml } from '../kit/query-answers.ts'

const world = useIamWorld()
const write = casesOf('DeleteRole')

const prepare = async () => {
  const RoleName = await world.role()
  return (iam: typeof world.iam) => iam.deleteRole({ RoleName })
}

write(
  'wire',
  'model',
  'Given a role, when it is deleted, then there is only the id of the request',
  async () => {
    const RoleName = await world.role()
    await succeedsInXml(world.iam.deleteRole({ RoleName }), 'DeleteRole')
    await failsInXml(world.iam.getRole({ RoleName }), 'NoSuchEntityException')
  },
)
queryDoorCases(write, world, prepare)

write(
  'validation',
  'model',
  'Given a name of 65 characters, when it is deleted, then ValidationError',
  async () => {
    await failsValidation(world.iam.deleteRole({ RoleName: 'x'.repeat(65) }), 'RoleName')
  },
)

accessCases(write, world, 'DeleteRole', prepare)

write('behaviour', 'doc', 'Given no such role, when it is deleted, then NoSuchEntity', async () => {
  await failsInXml(world.iam.deleteRole({ RoleName: uniqueName('none') }), 'NoSuchEntityException')
})
write(
  'behaviour',
  'doc',
  'Given a role with a policy, when it is deleted, then DeleteConflict until the policy is gone',
  async () => {
    const RoleName = await world.role()
    const policy = { RoleName, PolicyName: 'p' }
    await world.iam.putRolePolicy({ ...policy, PolicyDocument: policyOf('*') })
    const message = await failsInXml(world.iam.deleteRole({ RoleName }), 'DeleteConflictException')
    expect(message).toBe('Cannot delete entity, must delete policies first.')
    await world.iam.deleteRolePolicy(policy)
    await world.iam.deleteRole({ RoleName })
  },
)
write(
  'behaviour',
  'doc',
  'Given a deleted role, when one of its name is created, then it is another one',
  async () => {
    const RoleName = await world.role()
    const { Role } = await world.iam.getRole({ RoleName })
    await world.iam.deleteRole({ RoleName })
    const again = await world.iam.createRole({ RoleName, AssumeRolePolicyDocument: TRUST_POLICY })
    expect(again.Role?.RoleId).not.toBe(Role?.RoleId)
  },
)
