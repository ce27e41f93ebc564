// Creates an app instance: a new namespace of users and channels with an id of its own.
import { appInstanceArnOf } from '../../base/arn.ts'
import { newUuid } from '../../base/ids.ts'
import { requireMetadataFits } from '../../domain/byte-limit.ts'
import { answerOnce, hashRequest } from '../../services/idempotency.ts'
import { requireQuota } from '../../services/quotas.ts'
import { requireTags } from '../../services/tagging.ts'
import { defineOperation, type OperationDependencies } from '../define-operation.ts'

export const CreateAppInstance = defineOperation({
  name: 'CreateAppInstance',
  access: 'credential',
  async run(
    { input, now, accountId },
    { store, arnScope, limits }: Pick<OperationDependencies, 'store' | 'arnScope' | 'limits'>,
  ) {
    requireMetadataFits(input.Metadata)
    const tags = requireTags(input.Tags)
    const arn = appInstanceArnOf(arnScope, newUuid())
    const request = {
      scope: [accountId, 'CreateAppInstance'],
      token: input.ClientRequestToken,
      requestHash: hashRequest(input),
      now,
    }
    return store.transact((tx) =>
      answerOnce(tx, request, async () => {
        await requireQuota(tx, limits, { kind: 'app-instances' })
        tx.appInstances.insert({
          arn,
          name: input.Name,
          metadata: input.Metadata,
          createdAt: now,
          lastUpdatedAt: now,
        })
        if (tags.size > 0) tx.tags.put(arn, tags)
        return { AppInstanceArn: arn }
      }),
    )
  },
})
