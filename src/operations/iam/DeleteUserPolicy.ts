// Takes an inline policy from a user.
import { requireUser, requirePolicyDocument } from '../../services/iam/iam-entities.ts'
import { defineOperation, type OperationDependencies } from '../define-operation.ts'

export const DeleteUserPolicy = defineOperation({
  name: 'DeleteUserPolicy',
  access: 'credential',
  async run({ input }, { store }: Pick<OperationDependencies, 'store'>) {
    const { UserName: userName, PolicyName: policyName } = input
    const owner = { kind: 'user' as const, userName }
    await store.transact(async ({ access }) => {
      await requireUser(access, userName)
      await requirePolicyDocument(access, owner, policyName)
      access.removePolicy(owner, policyName)
    })
    return undefined
  },
})
