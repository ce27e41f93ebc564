// IAM users, keys, roles, policies and OpenID Connect providers: queries and changes.
import type { ReadContext, WriteContext } from './contexts.ts'

export class AccessReader {
  readonly context: ReadContext

  constructor(context: ReadContext) {
    this.context = context
  }
}

export class AccessWriter extends AccessReader {
  readonly writeContext: WriteContext

  constructor(context: WriteContext) {
    super(context)
    this.writeContext = context
  }
}
