// Conformance of PutUserPolicy.
import { expect } from 'vitest'
import { casesOf } from '../kit/conformance-case.ts'
import { policyOf, useIamWorld } from '../kit/iam-world.ts'
import { putPolicyCases } from '../kit/own-policy-cases.ts'
import { usersOf } from '../kit/policy-owner.ts'

const world = useIamWorld()
const users = usersOf(world)
const write = casesOf('PutUserPolicy')

putPolicyCases(write, users)

write(
  'behaviour',
  'doc',
  'Given a key, when a policy of its user is put and changed, then the next request is decided by it',
  async () => {
    const { userName, clients } = await world.signedInUser()
    const asks = () => clients.iam.getUser({})
    await expect(asks()).rejects.toMatchObject({ name: 'AccessDenied' })
    for (let round = 0; round < 3; round++) {
      await users.put(userName, 'own', policyOf('iam:Get*'))
      expect((await asks()).User?.UserName).toBe(userName)
      await users.put(userName, 'own', policyOf('iam:List*'))
      await expect(asks()).rejects.toMatchObject({ name: 'AccessDenied' })
    }
  },
)
