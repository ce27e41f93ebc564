// Lists the keys of a user, without their secrets.
import { requireUser, userNameOf } from '../../services/iam/iam-entities.ts'
import { listMarkedPage } from '../../services/iam/markers.ts'
import { presentAccessKey } from '../../services/presenters/iam-presenters.ts'
import { defineOperation, type OperationDependencies } from '../define-operation.ts'

export const ListAccessKeys = defineOperation({
  name: 'ListAccessKeys',
  access: 'credential',
  async run(
    { input, principal },
    { store, nextTokens }: Pick<OperationDependencies, 'store' | 'nextTokens'>,
  ) {
    const { access } = store.read
    const userName = userNameOf(input.UserName, principal)
    await requireUser(access, userName)
    const page = await listMarkedPage(nextTokens, ['ListAccessKeys', userName], input, (request) =>
      access.listAccessKeys(userName, request),
    )
    const { items, IsTruncated, Marker } = page
    return { AccessKeyMetadata: items.map(presentAccessKey), IsTruncated, Marker }
  },
})
