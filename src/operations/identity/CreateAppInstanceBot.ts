// Creates a bot under an id of the server's making.
import { arnWithin } from '../../base/arn.ts'
import { newUuid } from '../../base/ids.ts'
import { requireMetadataFits } from '../../domain/byte-limit.ts'
import { ForbiddenException } from '../../domain/errors.ts'
import { answerOnce, hashRequest } from '../../services/idempotency.ts'
import { appInstanceArnOf } from '../../services/input-arns.ts'
import { lexConfigurationOf } from '../../services/presenters/identity-presenters.ts'
import { requireQuota } from '../../services/quotas.ts'
import { requireTags } from '../../services/tagging.ts'
import { defineOperation, type OperationDependencies } from '../define-operation.ts'

export const CreateAppInstanceBot = defineOperation({
  name: 'CreateAppInstanceBot',
  access: 'credential',
  async run(
    { input, now, accountId },
    { store, limits }: Pick<OperationDependencies, 'store' | 'limits'>,
  ) {
    requireMetadataFits(input.Metadata)
    const tags = requireTags(input.Tags)
    const appInstanceArn = appInstanceArnOf(input.AppInstanceArn)
    const arn = arnWithin(appInstanceArn, 'bot', newUuid())
    const request = {
      scope: [accountId, 'CreateAppInstanceBot', appInstanceArn],
      token: input.ClientRequestToken,
      requestHash: hashRequest(input),
      now,
    }
    return store.transact(async (tx) => {
      if ((await tx.appInstances.find(appInstanceArn)) === undefined) throw new ForbiddenException()
      return answerOnce(tx, request, async () => {
        await requireQuota(tx, limits, { kind: 'bots', of: appInstanceArn })
        tx.appInstanceBots.insert({
          arn,
          name: input.Name ?? '',
          metadata: input.Metadata,
          configuration: lexConfigurationOf(input.Configuration),
          createdAt: now,
          lastUpdatedAt: now,
        })
        if (tags.size > 0) tx.tags.put(arn, tags)
        return { AppInstanceBotArn: arn }
      })
    })
  },
})
