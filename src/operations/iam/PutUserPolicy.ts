// Gives a user an inline policy, or changes the one of that name.
import { requireUser } from '../../services/iam/iam-entities.ts'
import { requirePoliciesFit, requirePolicy } from '../../services/iam/policy-documents.ts'
import { defineOperation, type OperationDependencies } from '../define-operation.ts'

export const PutUserPolicy = defineOperation({
  name: 'PutUserPolicy',
  access: 'credential',
  async run({ input }, { store, limits }: Pick<OperationDependencies, 'store' | 'limits'>) {
    const { UserName: userName, PolicyName: policyName, PolicyDocument: document } = input
    const owner = { kind: 'user' as const, userName }
    await store.transact(async ({ access }) => {
      await requireUser(access, userName)
      await requirePoliciesFit(access, limits, owner, { policyName, document })
      requirePolicy(document, 'identity')
      access.putPolicy(owner, { policyName, document })
    })
    return undefined
  },
})
