// GetCallerIdentity: whose credential signed the request. Needs no permission.
import { defineOperation } from '../define-operation.ts'

export const GetCallerIdentity = defineOperation({
  name: 'GetCallerIdentity',
  access: 'credential',
  // evidence: docs GetCallerIdentity (root's user id is the account's)
  async run({ principal, accountId }) {
    if (principal.kind === 'root' || principal.kind === 'anonymous') {
      return { UserId: accountId, Account: accountId, Arn: `arn:aws:iam::${accountId}:root` }
    }
    return { UserId: principal.userId, Account: accountId, Arn: principal.arn }
  },
})
