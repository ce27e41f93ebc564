// Lists users below a path, by name.
import { listMarkedPage } from '../../services/iam/markers.ts'
import { presentListedUser } from '../../services/presenters/iam-presenters.ts'
import { defineOperation, type OperationDependencies } from '../define-operation.ts'

export const ListUsers = defineOperation({
  name: 'ListUsers',
  access: 'credential',
  async run({ input }, { store, nextTokens }: Pick<OperationDependencies, 'store' | 'nextTokens'>) {
    const { PathPrefix: pathPrefix = '/' } = input
    const page = await listMarkedPage(nextTokens, ['ListUsers', pathPrefix], input, (request) =>
      store.read.access.listUsers(pathPrefix, request),
    )
    const { items, IsTruncated, Marker } = page
    return { Users: items.map(presentListedUser), IsTruncated, Marker }
  },
})
