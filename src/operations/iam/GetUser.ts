// Tells of one user, or of whoever asks.
import { requireUser, userNameOf } from '../../services/iam/iam-entities.ts'
import { presentUser } from '../../services/presenters/iam-presenters.ts'
import { defineOperation, type OperationDependencies } from '../define-operation.ts'

export const GetUser = defineOperation({
  name: 'GetUser',
  access: 'credential',
  async run(
    { input, principal },
    { store, arnScope }: Pick<OperationDependencies, 'store' | 'arnScope'>,
  ) {
    if (input.UserName === undefined && principal.kind === 'root') {
      return { User: rootUserOf(arnScope.accountId) }
    }
    const user = await requireUser(store.read.access, userNameOf(input.UserName, principal))
    return { User: presentUser(user) }
  },
})

/**
 * The account itself, in the shape of a user. Of its making nothing is kept: the epoch stands for
 * it, because clients read a time there.
 */
// evidence: field (UserId and Arn) | inferred (the other members, which the model requires)
function rootUserOf(accountId: string) {
  return {
    Path: '/',
    UserName: 'root',
    UserId: accountId,
    Arn: `arn:aws:iam::${accountId}:root`,
    CreateDate: new Date(0),
  }
}
