// Deletes a key; it is refused from the next request on.
import { requireAccessKey, userNameOf } from '../../services/iam/iam-entities.ts'
import { defineOperation, type OperationDependencies } from '../define-operation.ts'

export const DeleteAccessKey = defineOperation({
  name: 'DeleteAccessKey',
  access: 'credential',
  async run({ input, principal }, { store }: Pick<OperationDependencies, 'store'>) {
    const userName = userNameOf(input.UserName, principal)
    await store.transact(async ({ access }) => {
      const { accessKeyId } = await requireAccessKey(access, userName, input.AccessKeyId)
      access.removeAccessKey(accessKeyId)
    })
    return undefined
  },
})
