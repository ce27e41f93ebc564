// What only a member itself sees of its membership, and the search by members: queries and changes.
import type { ReadContext, WriteContext } from './contexts.ts'

export class OwnMembershipReader {
  readonly context: ReadContext

  constructor(context: ReadContext) {
    this.context = context
  }
}

export class OwnMembershipWriter extends OwnMembershipReader {
  readonly writeContext: WriteContext

  constructor(context: WriteContext) {
    super(context)
    this.writeContext = context
  }
}
