// Conformance of DeleteUser.
import { expect } from 'vitest'
import { casesOf } from '../kit/conformance-case.ts'
import { accessCases, queryDoorCases } from '../kit/iam-cases.ts'
import { policyOf, uniqueName, useIamWorld } from '../kit/iam-world.ts'
import { failsInXml, failsValidation, succeedsInXml } from '../kit/query-answers.ts'

const world = useIamWorld()
const write = casesOf('DeleteUser')

const prepare = async () => {
  const UserName = await world.user()
  return (iam: typeof world.iam) => iam.deleteUser({ UserName })
}

write(
  'wire',
  'model',
  'Given a user, when it is deleted, then there is only the id of the request',
  async () => {
    const UserName = await world.user()
    await succeedsInXml(world.iam.deleteUser({ UserName }), 'DeleteUser')
    await failsInXml(world.iam.getUser({ UserName }), 'NoSuchEntityException')
  },
)
queryDoorCases(write, world, prepare)

write(
  'validation',
  'model',
  'Given a name of 129 characters, when it is deleted, then ValidationError',
  async () => {
    await failsValidation(world.iam.deleteUser({ UserName: 'x'.repeat(129) }), 'UserName')
  },
)

accessCases(write, world, 'DeleteUser', prepare)

write('behaviour', 'doc', 'Given no such user, when it is deleted, then NoSuchEntity', async () => {
  await failsInXml(
    world.iam.deleteUser({ UserName: uniqueName('nobody') }),
    'NoSuchEntityException',
  )
})
write(
  'behaviour',
  'doc',
  'Given a user with a key, when it is deleted, then DeleteConflict, and the key still works',
  async () => {
    const { userName, clients } = await world.signedInUser('iam:GetUser')
    await world.iam.deleteUserPolicy({ UserName: userName, PolicyName: 'own' })
    const message = await failsInXml(
      world.iam.deleteUser({ UserName: userName }),
      'DeleteConflictException',
    )
    expect(message).toContain('access keys')
    await world.iam.putUserPolicy({
      UserName: userName,
      PolicyName: 'own',
      PolicyDocument: policyOf('iam:GetUser'),
    })
    expect((await clients.iam.getUser({})).User?.UserName).toBe(userName)
  },
)
write(
  'behaviour',
  'doc',
  'Given a user with a policy, when it is deleted, then DeleteConflict until the policy is gone',
  async () => {
    const UserName = await world.user()
    const policy = { UserName, PolicyName: 'p' }
    await world.iam.putUserPolicy({ ...policy, PolicyDocument: policyOf('*') })
    const message = await failsInXml(world.iam.deleteUser({ UserName }), 'DeleteConflictException')
    expect(message).toContain('policies')
    await world.iam.deleteUserPolicy(policy)
    await world.iam.deleteUser({ UserName })
  },
)
write(
  'behaviour',
  'doc',
  'Given a key is made while the user is deleted, when both are answered, then only one has happened',
  async () => {
    for (let round = 0; round < 5; round++) {
      const UserName = await world.user()
      const [deleted, made] = await Promise.allSettled([
        world.iam.deleteUser({ UserName }),
        world.iam.createAccessKey({ UserName }),
      ])
      expect([deleted.status, made.status].toSorted()).toEqual(['fulfilled', 'rejected'])
    }
  },
)
