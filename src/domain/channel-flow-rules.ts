// What a channel flow may be made of, and what becomes of messages when it cannot be run.
import type { ArnScope } from '../base/arn.ts'
import type { ChannelFlow, ChannelFlowProcessor } from './channel-flow.ts'
import type { ChannelMessageStatus, ChannelMessageType } from './channel-message.ts'
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

/**
 * What becomes of a new or edited message of a channel with this flow while this server cannot
 * invoke processors: every processor fails, and each says itself what then. SENT when all of them
 * let messages pass, FAILED when one does not. Messages of type CONTROL are not processed.
 */
// evidence: docs FallbackAction (behaviour 5)
export function statusWithoutProcessors(
  flow: ChannelFlow,
  type: ChannelMessageType,
): Extract<ChannelMessageStatus, 'SENT' | 'FAILED'> {
  if (type === 'CONTROL') return 'SENT'
  const aborts = flow.processors.some(({ fallbackAction }) => fallbackAction === 'ABORT')
  return aborts ? 'FAILED' : 'SENT'
}
