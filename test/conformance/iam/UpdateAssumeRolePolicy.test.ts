// Conformance of UpdateAssumeRolePolicy.
import { expect } from 'vitest'
import { casesOf } from '../kit/conformance-case.ts'
import { accessCases, queryDoorCases } from '../kit/iam-cases.ts'
import { policyOf, TRUST_POLICY, uniqueName, useIamWorld } from '../kit/iam-world.ts'
import { failsInXml, failsValidation, succeedsInXml } from '../kit/query-answers.ts'

const world = useIamWorld()
const write = casesOf('UpdateAssumeRolePolicy')

const OTHER = TRUST_POLICY.replace('"AWS":"*"', '"AWS":"000000000000"')
const update = (RoleName: string, PolicyDocument = OTHER, iam = world.iam) =>
  iam.updateAssumeRolePolicy({ RoleName, PolicyDocument })
const prepare = async () => {
  const name = await world.role()
  return (iam: typeof world.iam) => update(name, OTHER, iam)
}
const trustOf = async (RoleName: string) => {
  const { Role } = await world.iam.getRole({ RoleName })
  return decodeURIComponent(Role!.AssumeRolePolicyDocument!)
}

write(
  'wire',
  'model',
  'Given a role, when its trust policy is changed, then there is only the id of the request',
  async () => {
    const name = await world.role()
    await succeedsInXml(update(name), 'UpdateAssumeRolePolicy')
    expect(await trustOf(name)).toBe(OTHER)
  },
)
queryDoorCases(write, world, prepare)

write(
  'validation',
  'doc',
  'Given documents that are no trust policies, when they are set, then MalformedPolicyDocument and the old one stays',
  async () => {
    const name = await world.role()
    for (const document of ['{}', policyOf('*'), 'x']) {
      await failsInXml(update(name, document), 'MalformedPolicyDocumentException')
    }
    await failsValidation(update(name, ''), 'PolicyDocument')
    const long = TRUST_POLICY.replace('"Effect"', `"Sid":"${'a'.repeat(2048)}","Effect"`)
    await failsInXml(update(name, long), 'LimitExceededException')
    expect(await trustOf(name)).toBe(TRUST_POLICY)
  },
)

accessCases(write, world, 'UpdateAssumeRolePolicy', prepare)

write(
  'behaviour',
  'doc',
  'Given no such role, when its trust policy is changed, then NoSuchEntity',
  async () => {
    await failsInXml(update(uniqueName('none')), 'NoSuchEntityException')
  },
)
write(
  'behaviour',
  'doc',
  'Given a role with tags and a description, when its trust policy is changed, then all else stays',
  async () => {
    const RoleName = uniqueName('role')
    const { Role } = await world.iam.createRole({
      RoleName,
      AssumeRolePolicyDocument: TRUST_POLICY,
      Description: 'd',
      Tags: [{ Key: 'k', Value: 'v' }],
    })
    await update(RoleName)
    const found = (await world.iam.getRole({ RoleName })).Role
    expect(found).toEqual({ ...Role, AssumeRolePolicyDocument: found?.AssumeRolePolicyDocument })
  },
)
