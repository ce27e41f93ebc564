// Changes who may assume a role; its present sessions go on.
import { requireRole } from '../../services/iam/iam-entities.ts'
import { requirePolicy, requireTrustPolicyFits } from '../../services/iam/policy-documents.ts'
import { defineOperation, type OperationDependencies } from '../define-operation.ts'

export const UpdateAssumeRolePolicy = defineOperation({
  name: 'UpdateAssumeRolePolicy',
  access: 'credential',
  async run({ input }, { store, limits }: Pick<OperationDependencies, 'store' | 'limits'>) {
    const { RoleName: roleName, PolicyDocument: trustPolicy } = input
    await store.transact(async ({ access }) => {
      const role = await requireRole(access, roleName)
      requireTrustPolicyFits(trustPolicy, limits)
      requirePolicy(trustPolicy, 'trust')
      access.replaceRole({ ...role, trustPolicy })
    })
    return undefined
  },
})
