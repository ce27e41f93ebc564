// How processors of channel flows are asked: what the deliverer asks of Lambda and of webhooks.

/** One question to a processor. */
export interface ProcessorInvocation {
  /** The ARN that the flow names. */
  readonly functionArn: string
  /** The same for each attempt: by it a processor knows a repetition. */
  readonly callbackId: string
  /** A JSON object. */
  readonly body: string
}

/** One way to ask, for targets of one kind. */
export interface ProcessorInvoker<Target> {
  /**
   * One attempt. Resolves when the question has arrived; its answer comes by ChannelFlowCallback,
   * perhaps even before. Throws DeliveryError otherwise; ends soon after `signal` is aborted.
   */
  invoke(target: Target, invocation: ProcessorInvocation, signal: AbortSignal): Promise<void>
  /** Closes connections. */
  close(): Promise<void>
}
