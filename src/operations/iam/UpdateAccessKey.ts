// Switches a key off or on; one that is off is refused from the next request on.
import { InvalidInputException } from '../../domain/iam-errors.ts'
import { requireAccessKey, userNameOf } from '../../services/iam/iam-entities.ts'
import { defineOperation, type OperationDependencies } from '../define-operation.ts'

export const UpdateAccessKey = defineOperation({
  name: 'UpdateAccessKey',
  access: 'credential',
  async run({ input, principal }, { store }: Pick<OperationDependencies, 'store'>) {
    const { AccessKeyId: accessKeyId, Status: status } = input
    const userName = userNameOf(input.UserName, principal)
    // evidence: docs UpdateAccessKey (only these two can be set; a third can be read)
    if (status === 'Expired') throw new InvalidInputException('Status must be Active or Inactive')
    await store.transact(async ({ access }) => {
      const key = await requireAccessKey(access, userName, accessKeyId)
      if (key.status !== status) access.replaceAccessKey({ ...key, status })
    })
    return undefined
  },
})
