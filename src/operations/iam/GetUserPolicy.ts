// Tells an inline policy of a user.
import { requireUser, requirePolicyDocument } from '../../services/iam/iam-entities.ts'
import { encodePolicyDocument } from '../../services/iam/policy-documents.ts'
import { defineOperation, type OperationDependencies } from '../define-operation.ts'

export const GetUserPolicy = defineOperation({
  name: 'GetUserPolicy',
  access: 'credential',
  async run({ input }, { store }: Pick<OperationDependencies, 'store'>) {
    const { access } = store.read
    const { UserName: userName, PolicyName: policyName } = input
    await requireUser(access, userName)
    const owner = { kind: 'user' as const, userName }
    const document = await requirePolicyDocument(access, owner, policyName)
    return {
      UserName: userName,
      PolicyName: policyName,
      PolicyDocument: encodePolicyDocument(document),
    }
  },
})
