// Who moderates which channel: queries and changes.
import type { ChannelModerator } from '../../domain/channel.ts'
import type { ReadContext, WriteContext } from './contexts.ts'
import { RoleWriter } from './memberships.ts'

export class ModeratorReader {
  readonly context: ReadContext

  constructor(context: ReadContext) {
    this.context = context
  }
}

export class ModeratorWriter extends ModeratorReader {
  readonly #roles: RoleWriter

  constructor(context: WriteContext) {
    super(context)
    this.#roles = new RoleWriter(context, 'moderator')
  }

  insert(role: ChannelModerator): void {
    const arn = role.moderator.arn
    this.#roles.insert(role.channelArn, arn, role.createdBy.arn, role.createdAt)
  }
}
