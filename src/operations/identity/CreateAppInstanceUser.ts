// Creates a user under an id that the caller chooses.
import { arnWithin } from '../../base/arn.ts'
import { requireMetadataFits } from '../../domain/byte-limit.ts'
import { ConflictException, ForbiddenException } from '../../domain/errors.ts'
import { answerOnce, hashRequest } from '../../services/idempotency.ts'
import { appInstanceArnOf } from '../../services/input-arns.ts'
import { requireQuota } from '../../services/quotas.ts'
import { requireTags } from '../../services/tagging.ts'
import { defineOperation, type OperationDependencies } from '../define-operation.ts'

export const CreateAppInstanceUser = defineOperation({
  name: 'CreateAppInstanceUser',
  access: 'credential',
  async run(
    { input, now, accountId },
    { store, limits }: Pick<OperationDependencies, 'store' | 'limits'>,
  ) {
    requireMetadataFits(input.Metadata)
    const tags = requireTags(input.Tags)
    const appInstanceArn = appInstanceArnOf(input.AppInstanceArn)
    const arn = arnWithin(appInstanceArn, 'user', input.AppInstanceUserId)
    const request = {
      scope: [accountId, 'CreateAppInstanceUser', appInstanceArn],
      token: input.ClientRequestToken,
      requestHash: hashRequest(input),
      now,
    }
    return store.transact(async (tx) => {
      if ((await tx.appInstances.find(appInstanceArn)) === undefined) throw new ForbiddenException()
      return answerOnce(tx, request, async () => {
        // evidence: field (behaviour 7.2)
        if ((await tx.appInstanceUsers.find(arn)) !== undefined) {
          throw new ConflictException(`A user with the id ${input.AppInstanceUserId} exists`)
        }
        await requireQuota(tx, limits, { kind: 'users', of: appInstanceArn })
        tx.appInstanceUsers.insert({
          arn,
          name: input.Name,
          metadata: input.Metadata,
          expirationDays: input.ExpirationSettings?.ExpirationDays,
          createdAt: now,
          lastUpdatedAt: now,
        })
        if (tags.size > 0) tx.tags.put(arn, tags)
        return { AppInstanceUserArn: arn }
      })
    })
  },
})
