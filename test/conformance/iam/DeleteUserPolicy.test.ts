// Conformance of DeleteUserPolicy.
import { expect } from 'vitest'
import { casesOf } from '../kit/conformance-case.ts'
import { accessCases, queryDoorCases } from '../kit/iam-cases.ts'
import { policyOf, uniqueName, useIamWorld } from '../kit/iam-world.ts'
import { failsInXml, failsValidation, succeedsInXml } from '../kit/query-answers.ts'

const world = useIamWorld()
const write = casesOf('DeleteUserPolicy')

const put = (UserName: string, PolicyName: string) =>
  world.iam.putUserPolicy({ UserName, PolicyName, PolicyDocument: policyOf('*') })
const remove = (UserName: string, PolicyName: string) =>
  world.iam.deleteUserPolicy({ UserName, PolicyName })
const prepare = async () => {
  const UserName = await world.user()
  await put(UserName, 'p')
  return (iam: typeof world.iam) => iam.deleteUserPolicy({ UserName, PolicyName: 'p' })
}

write(
  'wire',
  'model',
  'Given two policies, when one is deleted, then there is only the id of the request and the other stays',
  async () => {
    const name = await world.user()
    await put(name, 'p')
    await put(name, 'q')
    await succeedsInXml(remove(name, 'p'), 'DeleteUserPolicy')
    expect((await world.iam.listUserPolicies({ UserName: name })).PolicyNames).toEqual(['q'])
  },
)
queryDoorCases(write, world, prepare)

write(
  'validation',
  'model',
  'Given a policy name with a space, when it is deleted, then ValidationError',
  async () => {
    await failsValidation(remove(await world.user(), 'a b'), 'PolicyName')
  },
)

accessCases(write, world, 'DeleteUserPolicy', prepare)

write(
  'behaviour',
  'doc',
  'Given no such policy or user, when it is deleted, then NoSuchEntity',
  async () => {
    const name = await world.user()
    await put(name, 'p')
    await failsInXml(remove(name, 'P'), 'NoSuchEntityException')
    await failsInXml(remove(uniqueName('nobody'), 'p'), 'NoSuchEntityException')
    await failsInXml(remove(await world.user(), 'p'), 'NoSuchEntityException')
    expect((await world.iam.listUserPolicies({ UserName: name })).PolicyNames).toEqual(['p'])
    await remove(name, 'p')
    await failsInXml(remove(name, 'p'), 'NoSuchEntityException')
  },
)
write(
  'behaviour',
  'doc',
  'Given a key, when the policy of its user is deleted, then the next request is refused',
  async () => {
    const { userName, clients } = await world.signedInUser('iam:GetUser')
    expect((await clients.iam.getUser({})).User?.UserName).toBe(userName)
    await remove(userName, 'own')
    await expect(clients.iam.getUser({})).rejects.toMatchObject({ name: 'AccessDenied' })
  },
)
