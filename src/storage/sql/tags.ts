// Tags of resources: queries and changes.
import type { ReadContext, WriteContext } from './contexts.ts'

export class TagReader {
  readonly context: ReadContext

  constructor(context: ReadContext) {
    this.context = context
  }
}

export class TagWriter extends TagReader {
  readonly writeContext: WriteContext

  constructor(context: WriteContext) {
    super(context)
    this.writeContext = context
  }
}
