// Channel flows: the processors that messages of a channel pass through before anybody sees them.
import type { ChannelFlowArn } from '../base/arn.ts'

/** One step of a flow; steps run in ascending order of `executionOrder`. */
export interface ChannelFlowProcessor {
  readonly name: string
  readonly lambdaArn: string
  readonly invocationType: 'ASYNC'
  /** 1 to 3. */
  readonly executionOrder: number
  /** What becomes of a message when the processor cannot be invoked. */
  readonly fallbackAction: 'CONTINUE' | 'ABORT'
}

/** A flow, which any number of channels may use. */
export interface ChannelFlow {
  readonly arn: ChannelFlowArn
  readonly name: string
  readonly processors: readonly ChannelFlowProcessor[]
  readonly createdAt: number
  readonly lastUpdatedAt: number
}
