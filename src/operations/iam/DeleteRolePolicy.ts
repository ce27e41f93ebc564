// Takes an inline policy from a role.
import { requireRole, requirePolicyDocument } from '../../services/iam/iam-entities.ts'
import { defineOperation, type OperationDependencies } from '../define-operation.ts'

export const DeleteRolePolicy = defineOperation({
  name: 'DeleteRolePolicy',
  access: 'credential',
  async run({ input }, { store }: Pick<OperationDependencies, 'store'>) {
    const { RoleName: roleName, PolicyName: policyName } = input
    const owner = { kind: 'role' as const, roleName }
    await store.transact(async ({ access }) => {
      await requireRole(access, roleName)
      await requirePolicyDocument(access, owner, policyName)
      access.removePolicy(owner, policyName)
    })
    return undefined
  },
})
