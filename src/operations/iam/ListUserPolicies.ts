// Lists the names of the inline policies of a user.
import { requireUser } from '../../services/iam/iam-entities.ts'
import { listMarkedPage } from '../../services/iam/markers.ts'
import { defineOperation, type OperationDependencies } from '../define-operation.ts'

export const ListUserPolicies = defineOperation({
  name: 'ListUserPolicies',
  access: 'credential',
  async run({ input }, { store, nextTokens }: Pick<OperationDependencies, 'store' | 'nextTokens'>) {
    const { access } = store.read
    const { UserName: userName } = input
    await requireUser(access, userName)
    const owner = { kind: 'user' as const, userName }
    const listing = ['ListUserPolicies', userName]
    const page = await listMarkedPage(nextTokens, listing, input, (request) =>
      access.listPolicies(owner, request),
    )
    const { items, IsTruncated, Marker } = page
    return { PolicyNames: items.map(({ policyName }) => policyName), IsTruncated, Marker }
  },
})
