// Who moderates which channel: queries and changes.
import type { ChannelArn, MemberArn } from '../../../base/arn.ts'
import type { ChannelModerator, ChannelSummary } from '../../../domain/channel.ts'
import type { Page, PageRequest } from '../../../ports/paging.ts'
import type { ReadContext, WriteContext } from '../contexts.ts'
import { channelKeyQuery, memberKeyQuery, placeOfRelation, type RelationPlace } from '../keys.ts'
import { defineStatement } from '../statement.ts'
import { listChannelsOfModerator } from './channel-lists.ts'
import { RoleReader, RoleWriter, roleStatements, type ChannelRole } from './channel-roles.ts'

const statements = roleStatements('moderator')

/** The count goes down only if there is a moderator to remove, so this runs first. */
const countOneLess = defineStatement((db, place: RelationPlace) =>
  db
    .updateTable('channel')
    .set((eb) => ({ moderators_count: eb('moderators_count', '-', 1) }))
    .where('channel_key', '=', (eb) =>
      eb
        .selectFrom('moderator')
        .select('channel_key')
        .where('channel_key', '=', channelKeyQuery(db, place))
        .where('member_key', '=', memberKeyQuery(db, place)),
    ),
)

export class ModeratorReader {
  readonly #context: ReadContext
  readonly #roles: RoleReader

  constructor(context: ReadContext) {
    this.#context = context
    this.#roles = new RoleReader(context, statements)
  }

  async find(
    channelArn: ChannelArn,
    moderatorArn: MemberArn,
  ): Promise<ChannelModerator | undefined> {
    const role = await this.#roles.find(channelArn, moderatorArn)
    return role && moderatorOf(role)
  }

  async list(channelArn: ChannelArn, page: PageRequest): Promise<Page<ChannelModerator>> {
    const roles = await this.#roles.list(channelArn, page)
    return { ...roles, items: roles.items.map(moderatorOf) }
  }

  listForMember(moderatorArn: MemberArn, page: PageRequest): Promise<Page<ChannelSummary>> {
    return listChannelsOfModerator(this.#context, moderatorArn, page)
  }
}

export class ModeratorWriter extends ModeratorReader {
  readonly #context: WriteContext
  readonly #roles: RoleWriter

  constructor(context: WriteContext) {
    super(context)
    this.#context = context
    this.#roles = new RoleWriter(context, statements)
  }

  insert({ channelArn, moderator, createdBy, createdAt }: ChannelModerator): void {
    this.#roles.insert({ channelArn, holder: moderator, createdBy, createdAt })
    this.#context.countOneMore({ kind: 'moderators', of: channelArn })
  }

  remove(channelArn: ChannelArn, moderatorArn: MemberArn): void {
    this.#context.change(countOneLess, placeOfRelation(channelArn, moderatorArn))
    this.#roles.remove(channelArn, moderatorArn)
  }
}

function moderatorOf({ channelArn, holder, createdBy, createdAt }: ChannelRole): ChannelModerator {
  return { channelArn, moderator: holder, createdBy, createdAt }
}
