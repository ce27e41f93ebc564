// Deletes an app instance with its users, channels and messages: inaccessible at once.
import type { AppInstanceArn } from '../../base/arn.ts'
import { ForbiddenException } from '../../domain/errors.ts'
import type { Cursor, StoreTransaction } from '../../ports/store.ts'
import { appInstanceArnOf } from '../../services/input-arns.ts'
import { defineOperation, type OperationDependencies } from '../define-operation.ts'

/** Users that are read at once: few enough not to hold up the database. */
const USERS_PER_PAGE = 1_000

export const DeleteAppInstance = defineOperation({
  name: 'DeleteAppInstance',
  access: 'credential',
  async run({ input }, { store }: Pick<OperationDependencies, 'store'>) {
    const arn = appInstanceArnOf(input.AppInstanceArn)
    return store.transact(async (tx) => {
      if ((await tx.appInstances.find(arn)) === undefined) throw new ForbiddenException()
      await endSessions(tx, arn)
      tx.appInstances.remove(arn)
      return undefined
    })
  },
})

/** Every user is gone with the app instance; channels end silently, as no one is left to tell. */
// evidence: inferred (behaviour 7.2)
async function endSessions(tx: StoreTransaction, arn: AppInstanceArn): Promise<void> {
  let after: Cursor | undefined
  do {
    const users = await tx.appInstanceUsers.list(arn, { after, limit: USERS_PER_PAGE })
    for (const user of users.items) tx.publishMemberRemoved(user.arn)
    after = users.next
  } while (after !== undefined)
}
