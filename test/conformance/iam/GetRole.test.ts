// Conformance of GetRole.
import { expect } from 'vitest'
import { casesOf } from '../kit/conformance-case.ts'
import { accessCases, queryDoorCases } from '../kit/iam-cases.ts'
import { TRUST_POLICY, uniqueName, useIamWorld } from '../kit/iam-world.ts'
import { failsInXml, failsValidation, succeedsInXml } from '../kit/query-answers.ts'

const world = useIamWorld()
const write = casesOf('GetRole')

const prepare = async () => {
  const RoleName = await world.role()
  return (iam: typeof world.iam) => iam.getRole({ RoleName })
}

write(
  'wire',
  'model',
  'Given a role, when it is asked for, then it is told as it was created',
  async () => {
    const RoleName = uniqueName('role')
    const { Role } = await world.iam.createRole({
      RoleName,
      AssumeRolePolicyDocument: TRUST_POLICY,
      Path: `/<&"'>/`,
      Description: '<b>',
      MaxSessionDuration: 7200,
      Tags: [{ Key: 'k', Value: '' }],
    })
    const call = world.iam.getRole({ RoleName })
    await succeedsInXml(call, 'GetRole', ['Role'])
    expect((await call).Role).toEqual(Role)
  },
)
queryDoorCases(write, world, prepare)

write(
  'validation',
  'model',
  'Given a name of 65 characters, when it is asked for, then ValidationError',
  async () => {
    await failsValidation(world.iam.getRole({ RoleName: 'x'.repeat(65) }), 'RoleName')
  },
)

accessCases(write, world, 'GetRole', prepare)

write(
  'behaviour',
  'doc',
  'Given no such role, or another spelling of one, when it is asked for, then NoSuchEntity',
  async () => {
    for (const RoleName of [uniqueName('none'), (await world.role()).toUpperCase()]) {
      const message = await failsInXml(world.iam.getRole({ RoleName }), 'NoSuchEntityException')
      expect(message).toBe(`The role with name ${RoleName} cannot be found.`)
    }
  },
)
