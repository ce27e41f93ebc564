// Where the events of app instances are streamed to: queries and changes.
import type { ReadContext, WriteContext } from './contexts.ts'

export class StreamingConfigurationReader {
  readonly context: ReadContext

  constructor(context: ReadContext) {
    this.context = context
  }
}

export class StreamingConfigurationWriter extends StreamingConfigurationReader {
  readonly writeContext: WriteContext

  constructor(context: WriteContext) {
    super(context)
    this.writeContext = context
  }
}
