// Who is banned from which channel: queries and changes.
import type { ChannelBan } from '../../domain/channel.ts'
import type { ReadContext, WriteContext } from './contexts.ts'
import { RoleWriter } from './memberships.ts'

export class BanReader {
  readonly context: ReadContext

  constructor(context: ReadContext) {
    this.context = context
  }
}

export class BanWriter extends BanReader {
  readonly #roles: RoleWriter

  constructor(context: WriteContext) {
    super(context)
    this.#roles = new RoleWriter(context, 'ban')
  }

  insert(role: ChannelBan): void {
    const arn = role.member.arn
    this.#roles.insert(role.channelArn, arn, role.createdBy.arn, role.createdAt)
  }
}
