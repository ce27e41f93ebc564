// Creates a user of the account.
import { newIamId } from '../../base/ids.ts'
import { EntityAlreadyExistsException } from '../../domain/iam-errors.ts'
import {
  refusePermissionsBoundary,
  requireIamQuota,
  requireIamTags,
} from '../../services/iam/iam-entities.ts'
import { presentUser } from '../../services/presenters/iam-presenters.ts'
import { defineOperation, type OperationDependencies } from '../define-operation.ts'

export const CreateUser = defineOperation({
  name: 'CreateUser',
  access: 'credential',
  async run(
    { input, now },
    { store, arnScope, limits }: Pick<OperationDependencies, 'store' | 'arnScope' | 'limits'>,
  ) {
    refusePermissionsBoundary(input)
    const { UserName: userName, Path: path = '/' } = input
    const tags = requireIamTags(input.Tags)
    const user = {
      userName,
      userId: newIamId('AIDA'),
      arn: `arn:aws:iam::${arnScope.accountId}:user${path}${userName}`,
      path,
      tags,
      createdAt: now,
    }
    await store.transact(async (tx) => {
      if (await tx.access.isUserNameTaken(userName)) {
        throw new EntityAlreadyExistsException(`User with name ${userName} already exists.`)
      }
      await requireIamQuota(tx, limits, 'iam-users')
      tx.access.insertUser(user)
    })
    return { User: presentUser(user) }
  },
})
