// Deletes a user who has neither keys nor policies.
import { DeleteConflictException } from '../../domain/iam-errors.ts'
import { requireUser } from '../../services/iam/iam-entities.ts'
import { defineOperation, type OperationDependencies } from '../define-operation.ts'

export const DeleteUser = defineOperation({
  name: 'DeleteUser',
  access: 'credential',
  async run({ input }, { store }: Pick<OperationDependencies, 'store'>) {
    const { UserName: userName } = input
    await store.transact(async ({ access }) => {
      await requireUser(access, userName)
      // evidence: docs DeleteUser | field (the texts)
      if ((await access.countAccessKeys(userName)) > 0) {
        throw new DeleteConflictException('Cannot delete entity, must delete access keys first.')
      }
      if ((await access.findPolicies({ kind: 'user', userName })).length > 0) {
        throw new DeleteConflictException('Cannot delete entity, must delete policies first.')
      }
      access.removeUser(userName)
    })
    return undefined
  },
})
