// Deletes a user with its memberships and roles; its messages stay under its last name.
import { ForbiddenException } from '../../domain/errors.ts'
import { tryToEndRelations } from '../../services/identity/member-removal.ts'
import { appInstanceUserArnOf } from '../../services/input-arns.ts'
import { tryToBalance } from '../../services/messaging/membership-ending.ts'
import { defineOperation, type OperationDependencies } from '../define-operation.ts'

export const DeleteAppInstanceUser = defineOperation({
  name: 'DeleteAppInstanceUser',
  access: 'credential',
  async run({ input, now }, { store }: Pick<OperationDependencies, 'store'>) {
    const arn = appInstanceUserArnOf(input.AppInstanceUserArn)
    await store.transact(async (tx) => {
      if ((await tx.appInstanceUsers.find(arn)) === undefined) throw new ForbiddenException()
      tx.appInstanceUsers.remove(arn)
      tx.publishMemberRemoved(arn)
    })
    await tryToBalance(store, await tryToEndRelations(store, arn), now)
    return undefined
  },
})
