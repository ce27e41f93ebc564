// Delivers messages to the processors of their flow. The answer of a processor comes by
// ChannelFlowCallback, perhaps before its invocation has returned.
import type { Clock } from '../../base/clock.ts'
import type { Logger } from '../../base/logger.ts'
import type { WaitingCallback } from '../../domain/channel-flow-steps.ts'
import { DeliveryError } from '../../domain/delivery-error.ts'
import type {
  LambdaTarget,
  OutboundMapping,
  ProcessorTarget,
  WebhookTarget,
} from '../../domain/outbound-mapping.ts'
import type { OutboxEntry } from '../../domain/outbox.ts'
import type { Metrics } from '../../observability/metrics.ts'
import type { Deliverer, DeliveryOutcome, DeliveryPolicy } from '../../ports/outbound.ts'
import type { ProcessorInvocation, ProcessorInvoker } from '../../ports/processor-invoker.ts'
import type { Store } from '../../ports/store.ts'
import { applyInvocationFailure } from '../../services/messaging/flow-progress.ts'
import {
  FLOW_STATUS_DETAIL_TYPE,
  presentInvocationFailure,
  presentProcessorEvent,
} from '../../services/presenters/flow-presenters.ts'
import { isConversationThere, saidIn } from '../../services/shared/message-conversation.ts'
import { outcomeOfError } from '../delivery-outcome.ts'

/** The way to ask for each kind of target. */
export interface ProcessorInvokers {
  readonly lambda: ProcessorInvoker<LambdaTarget>
  readonly webhook: ProcessorInvoker<WebhookTarget>
}

// evidence: inferred (behaviour 5), 3 attempts within 60 s: 10 s each, and up to 15 s of pauses
const POLICY: DeliveryPolicy = {
  // Each is invoked for itself; what became of them is written together. As many at once as there
  // are connections to a host.
  batchEntriesMax: 8,
  batchesUnderWayMax: 8,
  // Entries only name what is asked, in some 60 characters.
  batchCharactersMax: 65_536,
  isBatchAtomic: false,
  attemptsMax: 3,
  ageMsMax: 60_000,
  // A message that waits in a flow is asked about as often, however long the server was away.
  agesWhileAway: false,
  firstPauseMs: 5_000,
  pauseMsMax: 10_000,
  attemptMsMax: 10_000,
}

const NOT_MAPPED = 'the ARN of the function is mapped nowhere'

export interface ProcessorDelivererOptions {
  readonly store: Store
  readonly mapping: Pick<OutboundMapping, 'processor'>
  readonly invokers: ProcessorInvokers
  readonly clock: Clock
  readonly logger: Logger
  readonly metrics: Pick<Metrics, 'processorFailed'>
}

export function createProcessorDeliverer(
  options: ProcessorDelivererOptions,
): Deliverer<'processor'> {
  const { store, mapping, invokers, clock, logger, metrics } = options

  async function deliverOne(
    functionArn: string,
    { content: { callbackId } }: OutboxEntry<'processor'>,
    signal: AbortSignal,
  ): Promise<DeliveryOutcome> {
    const callback = await store.read.flowCallbacks.find(callbackId)
    // It answered an attempt that seemed to have failed.
    if (callback?.state !== 'WAITING') return { outcome: 'delivered' }
    const said = saidIn(callback.step)
    if (!(await isConversationThere(store.read, said))) return { outcome: 'delivered' }
    const target = mapping.processor(functionArn)
    if (target === undefined) return { outcome: 'refused', reason: NOT_MAPPED }
    const body = JSON.stringify(presentProcessorEvent(callback))
    try {
      await invoke(invokers, target, { functionArn, callbackId, body }, signal)
      return { outcome: 'delivered' }
    } catch (error) {
      if (!(error instanceof DeliveryError)) throw error
      return outcomeOfError(error)
    }
  }

  /** At least once: the transaction may run again. */
  function tellFailure(callback: WaitingCallback, reason: string): void {
    const { fallbackAction } = callback.step.processor
    metrics.processorFailed(fallbackAction)
    const detail = presentInvocationFailure(callback, reason)
    logger.warn({ ...detail, fallbackAction }, FLOW_STATUS_DETAIL_TYPE)
  }

  return {
    kind: 'processor',
    policyOf: () => POLICY,
    deliver: (functionArn, entries, signal) =>
      Promise.all(entries.map((entry) => deliverOne(functionArn, entry, signal))),
    async giveUp(tx, { content }, reason) {
      const callback = await tx.flowCallbacks.find(content.callbackId)
      if (callback?.state === 'WAITING') {
        tellFailure(callback, reason)
        await applyInvocationFailure(tx, callback, clock.now())
      }
      return 'remove'
    },
    async close() {
      await Promise.all(Object.values(invokers).map((invoker) => invoker.close()))
    },
  }
}

function invoke(
  { lambda, webhook }: ProcessorInvokers,
  target: ProcessorTarget,
  invocation: ProcessorInvocation,
  signal: AbortSignal,
): Promise<void> {
  return target.kind === 'lambda'
    ? lambda.invoke(target, invocation, signal)
    : webhook.invoke(target, invocation, signal)
}
