// Shows one user.
import { ForbiddenException } from '../../domain/errors.ts'
import { appInstanceUserArnOf } from '../../services/input-arns.ts'
import {
  presentAppInstanceUser,
  presentUserExpiration,
} from '../../services/presenters/identity-presenters.ts'
import { defineOperation, type OperationDependencies } from '../define-operation.ts'

export const DescribeAppInstanceUser = defineOperation({
  name: 'DescribeAppInstanceUser',
  access: 'credential',
  async run({ input }, { store }: Pick<OperationDependencies, 'store'>) {
    const arn = appInstanceUserArnOf(input.AppInstanceUserArn)
    const user = await store.read.appInstanceUsers.find(arn)
    // evidence: model lists no NotFoundException (behaviour 8.5)
    if (user === undefined) throw new ForbiddenException()
    return {
      AppInstanceUser: {
        ...presentAppInstanceUser(user),
        ExpirationSettings: presentUserExpiration(user),
      },
    }
  },
})
