// Creates a channel flow: processors that messages of the channels which use it pass through.
import { arnWithin } from '../../base/arn.ts'
import { newUuid } from '../../base/ids.ts'
import { requireProcessors } from '../../domain/channel-flow-rules.ts'
import { ForbiddenException, ResourceLimitExceededException } from '../../domain/errors.ts'
import { quotaText } from '../../domain/limits.ts'
import { answerOnce, hashRequest } from '../../services/idempotency.ts'
import { appInstanceArnOf } from '../../services/input-arns.ts'
import { processorsOf, warnOfDeadEnds } from '../../services/messaging/channel-flow-mapping.ts'
import { requireQuota } from '../../services/quotas.ts'
import { requireTags } from '../../services/tagging.ts'
import { defineOperation, type OperationDependencies } from '../define-operation.ts'

type Dependencies = Pick<
  OperationDependencies,
  'store' | 'limits' | 'arnScope' | 'outboundMapping' | 'logger'
>

export const CreateChannelFlow = defineOperation({
  name: 'CreateChannelFlow',
  access: 'credential',
  async run(
    { input, now, accountId },
    { store, limits, arnScope, outboundMapping, logger }: Dependencies,
  ) {
    const processors = processorsOf(input.Processors)
    requireProcessors(processors, arnScope)
    const tags = requireTags(input.Tags)
    const appInstanceArn = appInstanceArnOf(input.AppInstanceArn)
    const arn = arnWithin(appInstanceArn, 'channel-flow', newUuid())
    const request = {
      scope: [accountId, 'CreateChannelFlow', appInstanceArn],
      token: input.ClientRequestToken,
      requestHash: hashRequest(input),
      now,
    }
    const output = await store.transact(async (tx) => {
      if ((await tx.appInstances.find(appInstanceArn)) === undefined) throw new ForbiddenException()
      return answerOnce(tx, request, async () => {
        if (processors.length > limits.processorsPerChannelFlow) {
          throw new ResourceLimitExceededException(quotaText(limits, 'processorsPerChannelFlow'))
        }
        await requireQuota(tx, limits, { kind: 'channel-flows', of: appInstanceArn })
        tx.channelFlows.insert({
          arn,
          name: input.Name,
          processors,
          createdAt: now,
          lastUpdatedAt: now,
        })
        tx.tags.put(arn, tags)
        return { ChannelFlowArn: arn }
      })
    })
    warnOfDeadEnds(processors, outboundMapping, logger)
    return output
  },
})
