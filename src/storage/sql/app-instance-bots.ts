// Bots: queries and changes.
import type { ReadContext, WriteContext } from './contexts.ts'

export class AppInstanceBotReader {
  readonly context: ReadContext

  constructor(context: ReadContext) {
    this.context = context
  }
}

export class AppInstanceBotWriter extends AppInstanceBotReader {
  readonly writeContext: WriteContext

  constructor(context: WriteContext) {
    super(context)
    this.writeContext = context
  }
}
