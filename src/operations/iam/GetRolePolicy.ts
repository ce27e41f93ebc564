// Tells an inline policy of a role.
import { requireRole, requirePolicyDocument } from '../../services/iam/iam-entities.ts'
import { encodePolicyDocument } from '../../services/iam/policy-documents.ts'
import { defineOperation, type OperationDependencies } from '../define-operation.ts'

export const GetRolePolicy = defineOperation({
  name: 'GetRolePolicy',
  access: 'credential',
  async run({ input }, { store }: Pick<OperationDependencies, 'store'>) {
    const { access } = store.read
    const { RoleName: roleName, PolicyName: policyName } = input
    await requireRole(access, roleName)
    const owner = { kind: 'role' as const, roleName }
    const document = await requirePolicyDocument(access, owner, policyName)
    return {
      RoleName: roleName,
      PolicyName: policyName,
      PolicyDocument: encodePolicyDocument(document),
    }
  },
})
