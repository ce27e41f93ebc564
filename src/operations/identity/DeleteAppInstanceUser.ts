// Deletes a user with its memberships and roles; its messages stay under its last name.
import { membershipEvent } from '../../domain/channel-event.ts'
import { ForbiddenException } from '../../domain/errors.ts'
import { appInstanceUserArnOf } from '../../services/input-arns.ts'
import { presentMembership } from '../../services/presenters.ts'
import { defineOperation, type OperationDependencies } from '../define-operation.ts'

export const DeleteAppInstanceUser = defineOperation({
  name: 'DeleteAppInstanceUser',
  access: 'credential',
  async run({ input }, { store }: Pick<OperationDependencies, 'store'>) {
    const arn = appInstanceUserArnOf(input.AppInstanceUserArn)
    return store.transact(async (tx) => {
      if ((await tx.appInstanceUsers.find(arn)) === undefined) throw new ForbiddenException()
      // The other members hear that it left, so that what they show stays true.
      // evidence: inferred (behaviour 1.9 and 3.2)
      for (const channelArn of await tx.memberships.listChannelArns(arn)) {
        const membership = await tx.memberships.find(channelArn, arn)
        if (membership === undefined) continue
        const { type: membershipType } = membership
        tx.publish(
          membershipEvent(
            'DELETE_CHANNEL_MEMBERSHIP',
            {
              channelArn,
              membershipType,
              membershipChanges: [{ memberArn: arn, change: 'left' }],
              moderatorMemberArns:
                membershipType === 'HIDDEN'
                  ? await tx.memberships.listModeratorMemberArns(channelArn)
                  : [],
            },
            presentMembership(membership),
          ),
        )
      }
      tx.appInstanceUsers.remove(arn)
      tx.publishMemberRemoved(arn)
      return undefined
    })
  },
})
