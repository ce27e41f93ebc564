// Conformance of DeleteUserPolicy.
import { expect } from 'vitest'
import { casesOf } from '../kit/conformance-case.ts'
import { useIamWorld } from '../kit/iam-world.ts'
import { deletePolicyCases } from '../kit/own-policy-cases.ts'
import { usersOf } from '../kit/policy-owner.ts'

const world = useIamWorld()
const users = usersOf(world)
const write = casesOf('DeleteUserPolicy')

deletePolicyCases(write, users)

write(
  'behaviour',
  'doc',
  'Given a key, when the policy of its user is deleted, then the next request is refused',
  async () => {
    const { userName, clients } = await world.signedInUser('iam:GetUser')
    expect((await clients.iam.getUser({})).User?.UserName).toBe(userName)
    await users.remove(userName, 'own')
    await expect(clients.iam.getUser({})).rejects.toMatchObject({ name: 'AccessDenied' })
  },
)
