// Asks a processor about a message, as part of the transaction that found out that it is its turn:
// what is asked waits for its answer, and the outbox has it invoked.
import { newTimeOrderedUuid } from '../../base/ids.ts'
import { planInvocation, type FlowStep } from '../../domain/channel-flow-steps.ts'
import type { StoreTransaction } from '../../ports/store.ts'

export function askProcessor(
  tx: Pick<StoreTransaction, 'flowCallbacks' | 'outbox'>,
  step: FlowStep,
  now: number,
): void {
  const { callback, entry } = planInvocation(step, newTimeOrderedUuid(now), now)
  tx.flowCallbacks.insert(callback)
  tx.outbox.append(entry)
}
