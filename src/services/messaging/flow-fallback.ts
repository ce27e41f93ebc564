// What becomes of a message whose channel has a flow.
// NOTE: This server does not invoke processors yet. Each counts as one that could not be invoked,
// so that its FallbackAction says what happens; no message passes for one that was processed.
import type { ChannelFlowArn } from '../../base/arn.ts'
import { assert } from '../../base/assert.ts'
import { statusWithoutProcessors } from '../../domain/channel-flow-rules.ts'
import type { ChannelMessageType } from '../../domain/channel-message.ts'
import type { StoreTransaction } from '../../ports/store.ts'

/** The status that a new or edited message of a channel with this flow has. */
export async function statusBehindFlow(
  tx: Pick<StoreTransaction, 'channelFlows'>,
  channelFlowArn: ChannelFlowArn,
  type: ChannelMessageType,
): Promise<'SENT' | 'FAILED'> {
  const flow = await tx.channelFlows.find(channelFlowArn)
  assert(flow !== undefined, 'the flow of a channel exists')
  return statusWithoutProcessors(flow, type)
}
