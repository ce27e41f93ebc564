// Creates a bot under an id of the server's making.
import { arnWithin } from '../../base/arn.ts'
import { newUuid } from '../../base/ids.ts'
import { requireMetadataFits } from '../../domain/byte-limit.ts'
import { ForbiddenException } from '../../domain/errors.ts'
import { answerOnce, hashRequest } from '../../services/idempotency.ts'
import { appInstanceArnOf } from '../../services/input-arns.ts'
import { warnOfDeadEnd } from '../../services/identity/bot-mapping.ts'
import { lexConfigurationOf } from '../../services/presenters/identity-presenters.ts'
import { requireQuota } from '../../services/quotas.ts'
import { requireTags } from '../../services/tagging.ts'
import { defineOperation, type OperationDependencies } from '../define-operation.ts'

type Dependencies = Pick<OperationDependencies, 'store' | 'limits' | 'outboundMapping' | 'logger'>

export const CreateAppInstanceBot = defineOperation({
  name: 'CreateAppInstanceBot',
  access: 'credential',
  async run({ input, now, accountId }, dependencies: Dependencies) {
    const { store, limits, outboundMapping, logger } = dependencies
    requireMetadataFits(input.Metadata)
    const tags = requireTags(input.Tags)
    const configuration = lexConfigurationOf(input.Configuration)
    const appInstanceArn = appInstanceArnOf(input.AppInstanceArn)
    const arn = arnWithin(appInstanceArn, 'bot', newUuid())
    const request = {
      scope: [accountId, 'CreateAppInstanceBot', appInstanceArn],
      token: input.ClientRequestToken,
      requestHash: hashRequest(input),
      now,
    }
    const output = await store.transact(async (tx) => {
      if ((await tx.appInstances.find(appInstanceArn)) === undefined) throw new ForbiddenException()
      return answerOnce(tx, request, async () => {
        await requireQuota(tx, limits, { kind: 'bots', of: appInstanceArn })
        tx.appInstanceBots.insert({
          arn,
          name: input.Name ?? '',
          metadata: input.Metadata,
          configuration,
          createdAt: now,
          lastUpdatedAt: now,
        })
        if (tags.size > 0) tx.tags.put(arn, tags)
        return { AppInstanceBotArn: arn }
      })
    })
    warnOfDeadEnd(configuration, outboundMapping, logger)
    return output
  },
})
