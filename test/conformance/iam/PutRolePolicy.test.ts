// Conformance of PutRolePolicy.
import { expect } from 'vitest'
import { casesOf } from '../kit/conformance-case.ts'
import { accessCases, queryDoorCases } from '../kit/iam-cases.ts'
import { policyOf, uniqueName, useIamWorld } from '../kit/iam-world.ts'
import { failsInXml, failsValidation, succeedsInXml } from '../kit/query-answers.ts'

const world = useIamWorld()
const write = casesOf('PutRolePolicy')

const put = (
  RoleName: string,
  PolicyName: string,
  PolicyDocument = policyOf('iam:GetUser'),
  iam = world.iam,
) => iam.putRolePolicy({ RoleName, PolicyName, PolicyDocument })
const prepare = async () => {
  const name = await world.role()
  return (iam: typeof world.iam) => put(name, 'p', undefined, iam)
}
/** A policy that has exactly `length` characters besides the white space around it. */
function policyOfLength(length: number): string {
  const empty = policyOf('iam:').length
  return ` \n\t${policyOf(`iam:${'a'.repeat(length - empty)}`)}\n`
}

write(
  'wire',
  'model',
  'Given a policy, when it is put, then there is only the id of the request',
  async () => {
    await succeedsInXml(put(await world.role(), 'p'), 'PutRolePolicy')
  },
)
queryDoorCases(write, world, prepare)

write(
  'validation',
  'model',
  'Given policy names of 128 and 129 characters, when they are put, then the longer is refused',
  async () => {
    const name = await world.role()
    await put(name, 'x'.repeat(128))
    for (const PolicyName of ['x'.repeat(129), '', 'a b', '<p>']) {
      await failsValidation(put(name, PolicyName), 'PolicyName')
    }
  },
)
write(
  'validation',
  'doc',
  'Given documents that cannot be evaluated, when they are put, then MalformedPolicyDocument and the old one stays',
  async () => {
    const name = await world.role()
    await put(name, 'p')
    const statement = { Effect: 'Allow', Action: 'iam:GetUser', Resource: '*' }
    const documents: unknown[] = [
      { Version: '2012-10-17' },
      { Version: '2012-10-17', Statement: [] },
      { Version: '2013-01-01', Statement: [statement] },
      { Version: '2012-10-17', Statement: [{ ...statement, Effect: 'allow' }] },
      { Version: '2012-10-17', Statement: [{ ...statement, Action: undefined }] },
      { Version: '2012-10-17', Statement: [{ ...statement, Resource: undefined }] },
      { Version: '2012-10-17', Statement: [{ ...statement, Principal: '*' }] },
      {
        Version: '2012-10-17',
        Statement: [{ ...statement, Condition: { Unheard: { 'aws:username': 'x' } } }],
      },
      [],
      'Allow',
    ]
    for (const document of documents) {
      await failsInXml(put(name, 'p', JSON.stringify(document)), 'MalformedPolicyDocumentException')
    }
    await failsInXml(put(name, 'p', '{"Version": '), 'MalformedPolicyDocumentException')
    const { PolicyDocument } = await world.iam.getRolePolicy({ RoleName: name, PolicyName: 'p' })
    expect(decodeURIComponent(PolicyDocument!)).toBe(policyOf('iam:GetUser'))
  },
)
write(
  'validation',
  'model',
  'Given a document with characters beyond Latin-1, when it is put, then ValidationError',
  async () => {
    await failsValidation(put(await world.role(), 'p', policyOf('iam:日本')), 'PolicyDocument')
  },
)

accessCases(write, world, 'PutRolePolicy', prepare)

write(
  'behaviour',
  'doc',
  'Given a policy, when another is put under its name, then it is replaced',
  async () => {
    const name = await world.role()
    await put(name, 'p')
    await put(name, 'p', policyOf('chime:*'))
    const { PolicyDocument } = await world.iam.getRolePolicy({ RoleName: name, PolicyName: 'p' })
    expect(decodeURIComponent(PolicyDocument!)).toBe(policyOf('chime:*'))
    expect((await world.iam.listRolePolicies({ RoleName: name })).PolicyNames).toEqual(['p'])
  },
)
write(
  'behaviour',
  'doc',
  'Given policies of 10,240 characters in all, when one more character is put, then LimitExceeded and nothing changed',
  async () => {
    const name = await world.role()
    await put(name, 'a', policyOfLength(5_000))
    await put(name, 'b', policyOfLength(5_240))
    const message = await failsInXml(
      put(name, 'b', policyOfLength(5_241)),
      'LimitExceededException',
    )
    expect(message).toContain('10240')
    await failsInXml(put(name, 'c'), 'LimitExceededException')
    expect((await world.iam.listRolePolicies({ RoleName: name })).PolicyNames).toEqual(['a', 'b'])
    await put(name, 'b', policyOfLength(5_239))
  },
)
write(
  'behaviour',
  'doc',
  'Given no such role, when a policy is put, then NoSuchEntity',
  async () => {
    const nobody = uniqueName('nobody')
    const message = await failsInXml(put(nobody, 'p'), 'NoSuchEntityException')
    expect(message).toBe(`The role with name ${nobody} cannot be found.`)
  },
)
