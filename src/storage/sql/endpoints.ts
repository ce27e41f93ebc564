// Endpoints of users: queries and changes.
import type { ReadContext, WriteContext } from './contexts.ts'

export class EndpointReader {
  readonly context: ReadContext

  constructor(context: ReadContext) {
    this.context = context
  }
}

export class EndpointWriter extends EndpointReader {
  readonly writeContext: WriteContext

  constructor(context: WriteContext) {
    super(context)
    this.writeContext = context
  }
}
