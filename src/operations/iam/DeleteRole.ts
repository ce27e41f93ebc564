// Deletes a role that has no policies; its sessions end with it.
import { DeleteConflictException } from '../../domain/iam-errors.ts'
import { requireRole } from '../../services/iam/iam-entities.ts'
import { defineOperation, type OperationDependencies } from '../define-operation.ts'

export const DeleteRole = defineOperation({
  name: 'DeleteRole',
  access: 'credential',
  async run({ input }, { store }: Pick<OperationDependencies, 'store'>) {
    const { RoleName: roleName } = input
    await store.transact(async ({ access }) => {
      await requireRole(access, roleName)
      // evidence: docs DeleteRole | field (the text)
      if ((await access.findPolicies({ kind: 'role', roleName })).length > 0) {
        throw new DeleteConflictException('Cannot delete entity, must delete policies first.')
      }
      access.removeRole(roleName)
    })
    return undefined
  },
})
