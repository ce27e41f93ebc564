// Tells of one role, with its trust policy.
import { requireRole } from '../../services/iam/iam-entities.ts'
import { encodePolicyDocument } from '../../services/iam/policy-documents.ts'
import { presentRole } from '../../services/presenters/iam-presenters.ts'
import { defineOperation, type OperationDependencies } from '../define-operation.ts'

export const GetRole = defineOperation({
  name: 'GetRole',
  access: 'credential',
  async run({ input }, { store }: Pick<OperationDependencies, 'store'>) {
    const role = await requireRole(store.read.access, input.RoleName)
    return { Role: presentRole(role, encodePolicyDocument(role.trustPolicy)) }
  },
})
