// Lists the names of the inline policies of a role.
import { requireRole } from '../../services/iam/iam-entities.ts'
import { listMarkedPage } from '../../services/iam/markers.ts'
import { defineOperation, type OperationDependencies } from '../define-operation.ts'

export const ListRolePolicies = defineOperation({
  name: 'ListRolePolicies',
  access: 'credential',
  async run({ input }, { store, nextTokens }: Pick<OperationDependencies, 'store' | 'nextTokens'>) {
    const { access } = store.read
    const { RoleName: roleName } = input
    await requireRole(access, roleName)
    const owner = { kind: 'role' as const, roleName }
    const listing = ['ListRolePolicies', roleName]
    const page = await listMarkedPage(nextTokens, listing, input, (request) =>
      access.listPolicies(owner, request),
    )
    const { items, IsTruncated, Marker } = page
    return { PolicyNames: items.map(({ policyName }) => policyName), IsTruncated, Marker }
  },
})
