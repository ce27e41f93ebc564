// IAM with the quotas of AWS: what fits and what does not, up to the last.
import { expect } from 'vitest'
import { casesOf } from './kit/conformance-case.ts'
import { policyOf, TRUST_POLICY, useIamWorld } from './kit/iam-world.ts'
import { failsInXml } from './kit/query-answers.ts'

const world = useIamWorld({ quotas: 'aws' })
const write = casesOf('IAM quotas')

/** A policy of exactly that many characters. */
function policyOfLength(length: number): string {
  return policyOf(`iam:${'a'.repeat(length - policyOf('iam:').length)}`)
}

/** `count` calls, a few at once. */
async function repeat(count: number, call: (n: number) => Promise<unknown>): Promise<void> {
  for (let start = 0; start < count; start += 20) {
    const length = Math.min(20, count - start)
    await Promise.all(Array.from({ length }, (_, n) => call(start + n)))
  }
}

write(
  'behaviour',
  'doc',
  'Given 100 providers, when another is created, then LimitExceeded until one is deleted',
  async () => {
    const create = (n: number) =>
      world.iam.createOpenIDConnectProvider({ Url: `https://issuer${n}.example.com` })
    await repeat(100, create)
    const message = await failsInXml(create(100), 'LimitExceededException')
    expect(message).toBe('Cannot exceed quota for OpenIdConnectProvidersPerAccount: 100')
    const { OpenIDConnectProviderList } = await world.iam.listOpenIDConnectProviders({})
    expect(OpenIDConnectProviderList).toHaveLength(100)
    const [first] = OpenIDConnectProviderList!
    await world.iam.deleteOpenIDConnectProvider({ OpenIDConnectProviderArn: first!.Arn! })
    await create(100)
    await failsInXml(create(101), 'LimitExceededException')
  },
)
write(
  'behaviour',
  'doc',
  'Given 1,000 roles, when another is created, then LimitExceeded until one is deleted',
  async () => {
    const create = (n: number) =>
      world.iam.createRole({ RoleName: `role${n}`, AssumeRolePolicyDocument: TRUST_POLICY })
    await repeat(1000, create)
    const message = await failsInXml(create(1000), 'LimitExceededException')
    expect(message).toBe('Cannot exceed quota for RolesPerAccount: 1000')
    await world.iam.deleteRole({ RoleName: 'role7' })
    await create(1000)
    await failsInXml(create(1001), 'LimitExceededException')
  },
)
write(
  'behaviour',
  'doc',
  'Given policies of 2,048 characters, when a user gets one more character, then LimitExceeded',
  async () => {
    const UserName = await world.user()
    const put = (PolicyName: string, length: number) =>
      world.iam.putUserPolicy({ UserName, PolicyName, PolicyDocument: policyOfLength(length) })
    await put('a', 1000)
    await put('b', 1048)
    const message = await failsInXml(put('b', 1049), 'LimitExceededException')
    expect(message).toBe(`Maximum policy size of 2048 bytes exceeded for user ${UserName}`)
    await failsInXml(put('c', 100), 'LimitExceededException')
    expect((await world.iam.listUserPolicies({ UserName })).PolicyNames).toEqual(['a', 'b'])
  },
)
write(
  'behaviour',
  'doc',
  'Given policies of 10,240 characters, when a role gets one more character, then LimitExceeded',
  async () => {
    await world.iam.deleteRole({ RoleName: 'role1' })
    const RoleName = await world.role()
    const put = (PolicyName: string, length: number) =>
      world.iam.putRolePolicy({ RoleName, PolicyName, PolicyDocument: policyOfLength(length) })
    await put('a', 10_000)
    await put('b', 240)
    const message = await failsInXml(put('b', 241), 'LimitExceededException')
    expect(message).toBe(`Maximum policy size of 10240 bytes exceeded for role ${RoleName}`)
  },
)
