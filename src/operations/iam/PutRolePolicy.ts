// Gives a role an inline policy, or changes the one of that name.
import { requireRole } from '../../services/iam/iam-entities.ts'
import { requirePoliciesFit, requirePolicy } from '../../services/iam/policy-documents.ts'
import { defineOperation, type OperationDependencies } from '../define-operation.ts'

export const PutRolePolicy = defineOperation({
  name: 'PutRolePolicy',
  access: 'credential',
  async run({ input }, { store, limits }: Pick<OperationDependencies, 'store' | 'limits'>) {
    const { RoleName: roleName, PolicyName: policyName, PolicyDocument: document } = input
    const owner = { kind: 'role' as const, roleName }
    await store.transact(async ({ access }) => {
      await requireRole(access, roleName)
      await requirePoliciesFit(access, limits, owner, { policyName, document })
      requirePolicy(document, 'identity')
      access.putPolicy(owner, { policyName, document })
    })
    return undefined
  },
})
