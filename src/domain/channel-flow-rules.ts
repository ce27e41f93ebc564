// What a channel flow may be made of.
import type { ArnScope } from '../base/arn.ts'
import type { ChannelFlowProcessor } from './channel-flow.ts'
import { requireOwnArn } from './foreign-arn.ts'
import { BadRequestException } from './errors.ts'

/**
 * Throws BadRequestException when two processors have one ExecutionOrder, or a function is not of
 * the region and account of this server. That there are 1 to 3, and the pattern of the function's
 * ARN, the model has checked.
 */
// evidence: docs channel flows, same account and region; unique order inferred (behaviour 5)
export function requireProcessors(
  processors: readonly ChannelFlowProcessor[],
  scope: ArnScope,
): void {
  const orders = new Set<number>()
  for (const [index, { executionOrder, lambdaArn }] of processors.entries()) {
    if (orders.has(executionOrder)) {
      throw new BadRequestException(
        `Processors[${index}].ExecutionOrder must be unique, but another processor has ` +
          `${executionOrder}, too`,
      )
    }
    orders.add(executionOrder)
    requireOwnArn(lambdaArn, `Processors[${index}].Configuration.Lambda.ResourceArn`, scope)
  }
}
