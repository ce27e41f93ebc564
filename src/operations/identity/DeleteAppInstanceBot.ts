// Deletes a bot with its memberships and roles; its messages stay under its last name.
import { ForbiddenException } from '../../domain/errors.ts'
import { tryToEndRelations } from '../../services/identity/member-removal.ts'
import { appInstanceBotArnOf } from '../../services/input-arns.ts'
import { tryToBalance } from '../../services/messaging/membership-ending.ts'
import { defineOperation, type OperationDependencies } from '../define-operation.ts'

export const DeleteAppInstanceBot = defineOperation({
  name: 'DeleteAppInstanceBot',
  access: 'credential',
  async run({ input, now }, { store }: Pick<OperationDependencies, 'store'>) {
    const arn = appInstanceBotArnOf(input.AppInstanceBotArn)
    await store.transact(async (tx) => {
      // evidence: model lists no NotFoundException here, other than for DescribeAppInstanceBot
      if ((await tx.appInstanceBots.find(arn)) === undefined) throw new ForbiddenException()
      tx.appInstanceBots.remove(arn)
      tx.publishMemberRemoved(arn)
    })
    await tryToBalance(store, await tryToEndRelations(store, arn), now)
    return undefined
  },
})
