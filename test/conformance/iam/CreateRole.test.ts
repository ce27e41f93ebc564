// Conformance of CreateRole.
import { expect } from 'vitest'
import { casesOf } from '../kit/conformance-case.ts'
import { accessCases, queryDoorCases } from '../kit/iam-cases.ts'
import { policyOf, TRUST_POLICY, uniqueName, useIamWorld } from '../kit/iam-world.ts'
import { expectChildren, failsInXml, failsValidation, succeedsInXml } from '../kit/query-answers.ts'
import { childOf } from '../kit/xml.ts'

const world = useIamWorld()
const write = casesOf('CreateRole')

type Input = Partial<Parameters<typeof world.iam.createRole>[0]>
const create = (RoleName: string, input: Input = {}, iam = world.iam) =>
  iam.createRole({ AssumeRolePolicyDocument: TRUST_POLICY, ...input, RoleName })
const prepare = () => {
  const name = uniqueName('role')
  return Promise.resolve((iam: typeof world.iam) => create(name, {}, iam))
}
const isMissing = (RoleName: string) =>
  failsInXml(world.iam.getRole({ RoleName }), 'NoSuchEntityException')

write(
  'wire',
  'model',
  'Given a trust policy, when a role is created, then it is told with path, id and ARN',
  async () => {
    const RoleName = uniqueName('role')
    const result = await succeedsInXml(create(RoleName), 'CreateRole', ['Role'])
    const role = childOf(result, 'Role')
    const members = ['Path', 'RoleName', 'RoleId', 'Arn', 'CreateDate']
    expectChildren(role, [...members, 'AssumeRolePolicyDocument', 'MaxSessionDuration'])
    expect(childOf(role, 'RoleId').text).toMatch(/^AROA[A-Z2-7]{17}$/)
    expect(childOf(role, 'Arn').text).toBe(
      `arn:aws:iam::${world.server.accountId}:role/${RoleName}`,
    )
    expect(childOf(role, 'MaxSessionDuration').text).toBe('3600')
    const document = childOf(role, 'AssumeRolePolicyDocument').text
    expect(document).toMatch(/^(?:[A-Za-z0-9._~-]|%[0-9A-F]{2})+$/)
    expect(decodeURIComponent(document)).toBe(TRUST_POLICY)
  },
)
queryDoorCases(write, world, prepare)

write(
  'validation',
  'model',
  'Given names of 64 and 65 characters, when roles are created, then the longer is refused',
  async () => {
    const name = uniqueName('n').padEnd(64, '+=,.@-_')
    await create(name)
    for (const wrong of [`${name}x`, '', 'a/b']) await failsValidation(create(wrong), 'RoleName')
  },
)
write(
  'validation',
  'model',
  'Given descriptions that XML must escape, when roles are created, then they come back as they were',
  async () => {
    for (const Description of [
      `<&"'>]]>`,
      ' a\r\nb\rc\td ',
      'é ÿ ¡',
      '&lt;b&gt;&#13;',
      '',
      'x'.repeat(1000),
    ]) {
      const RoleName = uniqueName('role')
      const { Role } = await create(RoleName, { Description })
      expect(Role?.Description).toBe(Description)
      expect((await world.iam.getRole({ RoleName })).Role).toEqual(Role)
    }
  },
)
write(
  'validation',
  'model',
  'Given a description, duration or path outside the bounds, when a role is created, then ValidationError and there is none',
  async () => {
    const name = uniqueName('role')
    for (const Description of ['x'.repeat(1001), '日本', '\u0000', '🦊']) {
      await failsValidation(create(name, { Description }), 'Description')
    }
    for (const MaxSessionDuration of [3599, 43_201]) {
      await failsValidation(create(name, { MaxSessionDuration }), 'MaxSessionDuration')
    }
    await failsValidation(create(name, { Path: 'x' }), 'Path')
    await isMissing(name)
    await create(name, { MaxSessionDuration: 43_200 })
  },
)
write(
  'validation',
  'doc',
  'Given documents that are no trust policies, when roles are created, then MalformedPolicyDocument and there is none',
  async () => {
    const name = uniqueName('role')
    const documents = ['{}', 'trust me', policyOf('*'), '{"Version":"2012-10-17","Statement":[]}']
    for (const AssumeRolePolicyDocument of documents) {
      await failsInXml(
        create(name, { AssumeRolePolicyDocument }),
        'MalformedPolicyDocumentException',
      )
    }
    await isMissing(name)
  },
)
write(
  'validation',
  'doc',
  'Given a trust policy of 2,048 characters and one more, when roles are created, then the longer is LimitExceeded',
  async () => {
    const trust = (length: number) => {
      const document = (Sid: string) => TRUST_POLICY.replace('"Effect"', `"Sid":"${Sid}","Effect"`)
      return `${document('a'.repeat(length - document('').length))}\n `
    }
    await create(uniqueName('role'), { AssumeRolePolicyDocument: trust(2048) })
    const name = uniqueName('role')
    const message = await failsInXml(
      create(name, { AssumeRolePolicyDocument: trust(2049) }),
      'LimitExceededException',
    )
    expect(message).toBe('Cannot exceed quota for ACLSizePerRole: 2048')
    await isMissing(name)
  },
)
write(
  'validation',
  'doc',
  'Given a tag key twice or a permissions boundary, when a role is created, then InvalidInput and there is none',
  async () => {
    const name = uniqueName('role')
    const Tags = [
      { Key: 'a', Value: '1' },
      { Key: 'A', Value: '2' },
    ]
    await failsInXml(create(name, { Tags }), 'InvalidInputException')
    const PermissionsBoundary = `arn:aws:iam::${world.server.accountId}:policy/some`
    await failsInXml(create(name, { PermissionsBoundary }), 'InvalidInputException')
    await isMissing(name)
  },
)

accessCases(write, world, 'CreateRole', prepare)

write(
  'behaviour',
  'doc',
  'Given a role, when one of the same name in any spelling is created, then EntityAlreadyExists and the first stays',
  async () => {
    const RoleName = uniqueName('Role')
    const { Role } = await create(RoleName, { Tags: [{ Key: 'k', Value: 'v' }] })
    for (const again of [RoleName, RoleName.toUpperCase()]) {
      const message = await failsInXml(
        create(again, { Path: '/x/' }),
        'EntityAlreadyExistsException',
      )
      expect(message).toBe(`Role with name ${again} already exists.`)
    }
    expect((await world.iam.getRole({ RoleName })).Role).toEqual(Role)
    const UserName = RoleName
    await world.iam.createUser({ UserName })
  },
)
