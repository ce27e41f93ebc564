// Lists roles below a path, by name.
import type { IamRole } from '../../domain/access.ts'
import { listMarkedPage } from '../../services/iam/markers.ts'
import { encodePolicyDocument } from '../../services/iam/policy-documents.ts'
import { presentListedRole } from '../../services/presenters/iam-presenters.ts'
import { defineOperation, type OperationDependencies } from '../define-operation.ts'

export const ListRoles = defineOperation({
  name: 'ListRoles',
  access: 'credential',
  async run({ input }, { store, nextTokens }: Pick<OperationDependencies, 'store' | 'nextTokens'>) {
    const { PathPrefix: pathPrefix = '/' } = input
    const page = await listMarkedPage(nextTokens, ['ListRoles', pathPrefix], input, (request) =>
      store.read.access.listRoles(pathPrefix, request),
    )
    const { items, IsTruncated, Marker } = page
    return { Roles: items.map(present), IsTruncated, Marker }
  },
})

function present(role: IamRole) {
  return presentListedRole(role, encodePolicyDocument(role.trustPolicy))
}
