// How long the messages of an app instance are kept: queries and changes.
import type { ReadContext, WriteContext } from './contexts.ts'

export class RetentionReader {
  readonly context: ReadContext

  constructor(context: ReadContext) {
    this.context = context
  }
}

export class RetentionWriter extends RetentionReader {
  readonly writeContext: WriteContext

  constructor(context: WriteContext) {
    super(context)
    this.writeContext = context
  }
}
