// Who is banned from which channel: queries and changes.
import type { ChannelArn, MemberArn } from '../../../base/arn.ts'
import type { ChannelBan } from '../../../domain/channel.ts'
import type { Page, PageRequest } from '../../../ports/paging.ts'
import type { ReadContext, WriteContext } from '../contexts.ts'
import { RoleReader, RoleWriter, roleStatements, type ChannelRole } from './channel-roles.ts'

const statements = roleStatements('ban')

export class BanReader {
  readonly #roles: RoleReader

  constructor(context: ReadContext) {
    this.#roles = new RoleReader(context, statements)
  }

  async find(channelArn: ChannelArn, memberArn: MemberArn): Promise<ChannelBan | undefined> {
    const role = await this.#roles.find(channelArn, memberArn)
    return role && banOf(role)
  }

  async list(channelArn: ChannelArn, page: PageRequest): Promise<Page<ChannelBan>> {
    const roles = await this.#roles.list(channelArn, page)
    return { ...roles, items: roles.items.map(banOf) }
  }
}

export class BanWriter extends BanReader {
  readonly #roles: RoleWriter

  constructor(context: WriteContext) {
    super(context)
    this.#roles = new RoleWriter(context, statements)
  }

  insert({ channelArn, member, createdBy, createdAt }: ChannelBan): void {
    this.#roles.insert({ channelArn, holder: member, createdBy, createdAt })
  }

  remove(channelArn: ChannelArn, memberArn: MemberArn): void {
    this.#roles.remove(channelArn, memberArn)
  }
}

function banOf({ channelArn, holder, createdBy, createdAt }: ChannelRole): ChannelBan {
  return { channelArn, member: holder, createdBy, createdAt }
}
