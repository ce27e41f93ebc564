// Queries and changes of the two roles that need no membership: moderators and the banned. They are
// kept alike; what each is called is in moderators.ts and bans.ts.
import { sql } from 'kysely'
import type { ChannelArn, MemberArn } from '../../../base/arn.ts'
import type { Identity } from '../../../domain/identity.ts'
import type { Page, PageRequest } from '../../../ports/paging.ts'
import type { ReadContext, WriteContext } from '../contexts.ts'
import {
  actorKeyQuery,
  actorPlaceOf,
  channelKeyQuery,
  channelPlaceOf,
  dependOnRelation,
  memberKeyQuery,
  placeOfRelation,
  relationKey,
  type ActorPlace,
  type ChannelPlace,
  type RelationPlace,
} from '../keys.ts'
import { pageOf, placeOf } from '../paging.ts'
import { identityOf } from '../rows.ts'
import { defineStatement, type Queries } from '../statement.ts'

type RoleTable = 'moderator' | 'ban'

/** Someone with a role in a channel. */
export interface ChannelRole {
  readonly channelArn: ChannelArn
  readonly holder: Identity
  readonly createdBy: Identity
  readonly createdAt: number
}

interface ListParameters extends ChannelPlace {
  readonly afterValue: number
  readonly afterKey: number
  readonly limit: number
}

type RoleValues = RelationPlace & ActorPlace & { readonly createdAt: number }

/** What is asked of either table. */
export type RoleStatements = ReturnType<typeof roleStatements>

export function roleStatements(table: RoleTable) {
  const rows = (db: Queries) =>
    db
      .selectFrom(`${table} as r`)
      .innerJoin('member as m', 'm.member_key', 'r.member_key')
      .innerJoin('member as c', 'c.member_key', 'r.created_by_key')
      .select([
        'm.arn as holder_arn',
        'm.name as holder_name',
        'c.arn as creator_arn',
        'c.name as creator_name',
        'r.member_key',
        'r.created_at',
      ])
  return {
    find: defineStatement((db, place: RelationPlace) =>
      rows(db)
        .where('r.channel_key', '=', channelKeyQuery(db, place))
        .where('r.member_key', '=', memberKeyQuery(db, place)),
    ),
    list: defineStatement((db, place: ListParameters) =>
      rows(db)
        .where('r.channel_key', '=', channelKeyQuery(db, place))
        .where('m.removal', '=', 0)
        .where(
          sql<boolean>`(r.created_at, r.member_key) > (${place.afterValue}, ${place.afterKey})`,
        )
        .orderBy('r.created_at')
        .orderBy('r.member_key')
        .limit(place.limit),
    ),
    insert: defineStatement((db, values: RoleValues) =>
      db.insertInto(table).values({
        channel_key: channelKeyQuery(db, values),
        member_key: memberKeyQuery(db, values),
        created_by_key: actorKeyQuery(db, values),
        created_at: values.createdAt,
      }),
    ),
    remove: defineStatement((db, place: RelationPlace) =>
      db
        .deleteFrom(table)
        .where('channel_key', '=', channelKeyQuery(db, place))
        .where('member_key', '=', memberKeyQuery(db, place)),
    ),
  }
}

export class RoleReader {
  readonly #context: ReadContext
  readonly #statements: RoleStatements

  constructor(context: ReadContext, statements: RoleStatements) {
    this.#context = context
    this.#statements = statements
  }

  async find(channelArn: ChannelArn, holderArn: MemberArn): Promise<ChannelRole | undefined> {
    dependOnRelation(this.#context, channelArn, holderArn)
    const place = placeOfRelation(channelArn, holderArn)
    const row = await this.#context.first(this.#statements.find, place)
    return row && roleOf(channelArn, row)
  }

  /** Oldest first. */
  async list(channelArn: ChannelArn, page: PageRequest): Promise<Page<ChannelRole>> {
    const rows = await this.#context.all(this.#statements.list, {
      ...channelPlaceOf(channelArn),
      ...placeOf(page.after),
      limit: page.limit + 1,
    })
    return pageOf(
      rows,
      page.limit,
      (row) => roleOf(channelArn, row),
      (row) => [row.created_at, row.member_key],
    )
  }
}

/** Changes of a role; what is counted beside it is the caller's business. */
export class RoleWriter {
  readonly #context: WriteContext
  readonly #statements: RoleStatements

  constructor(context: WriteContext, statements: RoleStatements) {
    this.#context = context
    this.#statements = statements
  }

  insert({ channelArn, holder, createdBy, createdAt }: ChannelRole): void {
    dependOnRelation(this.#context, channelArn, holder.arn)
    this.#context.changeKey(relationKey(channelArn, holder.arn))
    this.#context.change(this.#statements.insert, {
      ...placeOfRelation(channelArn, holder.arn),
      ...actorPlaceOf(createdBy.arn),
      createdAt,
    })
  }

  remove(channelArn: ChannelArn, holderArn: MemberArn): void {
    this.#context.changeKey(relationKey(channelArn, holderArn))
    this.#context.change(this.#statements.remove, placeOfRelation(channelArn, holderArn))
  }
}

interface RoleRow {
  readonly holder_arn: string
  readonly holder_name: string
  readonly creator_arn: string
  readonly creator_name: string
  readonly created_at: number
}

function roleOf(channelArn: ChannelArn, row: RoleRow): ChannelRole {
  return {
    channelArn,
    holder: identityOf(row.holder_arn, row.holder_name),
    createdBy: identityOf(row.creator_arn, row.creator_name),
    createdAt: row.created_at,
  }
}
