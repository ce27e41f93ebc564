// Channel flows and which channels use them: queries and changes.
import type { ReadContext, WriteContext } from './contexts.ts'

export class ChannelFlowReader {
  readonly context: ReadContext

  constructor(context: ReadContext) {
    this.context = context
  }
}

export class ChannelFlowWriter extends ChannelFlowReader {
  readonly writeContext: WriteContext

  constructor(context: WriteContext) {
    super(context)
    this.writeContext = context
  }
}
