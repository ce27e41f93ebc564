// Queries and changes of who belongs to which channel. What only the member itself sees of it is in
// own-memberships.ts, other roles in channel-roles.ts.
import { sql } from 'kysely'
import type { ChannelArn, MemberArn } from '../../../base/arn.ts'
import type { ChannelMembership, MembershipType } from '../../../domain/channel.ts'
import type { Page, PageRequest } from '../../../ports/paging.ts'
import type { StoreReader } from '../../../ports/store.ts'
import type { ReadContext, WriteContext } from '../contexts.ts'
import {
  actorKeyQuery,
  actorPlaceOf,
  channelKeyQuery,
  channelPlaceOf,
  dependOnRelation,
  memberKeyQuery,
  memberPlaceOf,
  placeOfRelation,
  relationKey,
  type ActorPlace,
  type ChannelPlace,
  type MemberPlace,
  type RelationPlace,
} from '../keys.ts'
import { pageOf, placeOf } from '../paging.ts'
import { identityOf } from '../rows.ts'
import { defineStatement, type Queries } from '../statement.ts'
import { listChannelsOfMember } from './channel-lists.ts'

function membershipRows(db: Queries) {
  return db
    .selectFrom('membership as s')
    .innerJoin('member as m', 'm.member_key', 's.member_key')
    .innerJoin('member as i', 'i.member_key', 's.invited_by_key')
    .select([
      'm.arn as member_arn',
      'm.name as member_name',
      'i.arn as inviter_arn',
      'i.name as inviter_name',
      's.member_key',
      's.type',
      's.created_at',
      's.last_updated_at',
    ])
}

const findRow = defineStatement((db, place: RelationPlace) =>
  membershipRows(db)
    .where('s.channel_key', '=', channelKeyQuery(db, place))
    .where('s.member_key', '=', memberKeyQuery(db, place)),
)

interface ListParameters extends ChannelPlace {
  readonly type: string
  readonly afterValue: number
  readonly afterKey: number
  readonly limit: number
}

const listByAge = defineStatement((db, place: ListParameters) =>
  membershipRows(db)
    .where('s.channel_key', '=', channelKeyQuery(db, place))
    .where('s.type', '=', place.type)
    .where('m.removal', '=', 0)
    .where(sql<boolean>`(s.created_at, s.member_key) > (${place.afterValue}, ${place.afterKey})`)
    .orderBy('s.created_at')
    .orderBy('s.member_key')
    .limit(place.limit),
)

const listArns = defineStatement((db, place: MemberPlace) =>
  db
    .selectFrom('membership as s')
    .innerJoin('channel as c', 'c.channel_key', 's.channel_key')
    .select('c.arn')
    .where('s.member_key', '=', memberKeyQuery(db, place))
    .where('c.removal', '=', 0),
)

const listModeratorMembers = defineStatement((db, place: ChannelPlace) =>
  db
    .selectFrom('moderator as o')
    .innerJoin('membership as s', (join) =>
      join.onRef('s.channel_key', '=', 'o.channel_key').onRef('s.member_key', '=', 'o.member_key'),
    )
    .innerJoin('member as m', 'm.member_key', 'o.member_key')
    .select('m.arn')
    .where('o.channel_key', '=', channelKeyQuery(db, place))
    .where('m.removal', '=', 0),
)

interface MembershipValues extends ChannelPlace, MemberPlace, ActorPlace {
  readonly type: string
  readonly createdAt: number
  readonly lastUpdatedAt: number
}

const insertRow = defineStatement((db, values: MembershipValues) =>
  db.insertInto('membership').values({
    channel_key: channelKeyQuery(db, values),
    member_key: memberKeyQuery(db, values),
    type: values.type,
    invited_by_key: actorKeyQuery(db, values),
    created_at: values.createdAt,
    last_updated_at: values.lastUpdatedAt,
  }),
)

function existing(db: Queries, place: RelationPlace) {
  return db
    .selectFrom('membership')
    .where('channel_key', '=', channelKeyQuery(db, place))
    .where('member_key', '=', memberKeyQuery(db, place))
}

/** The counts go down only if there is something to remove, so they run first. */
const removal = [
  defineStatement((db, place: RelationPlace) =>
    db
      .updateTable('channel')
      .set((eb) => ({ memberships_count: eb('memberships_count', '-', 1) }))
      .where('channel_key', '=', existing(db, place).select('channel_key')),
  ),
  defineStatement((db, place: RelationPlace) =>
    db
      .updateTable('member')
      .set((eb) => ({ memberships_count: eb('memberships_count', '-', 1) }))
      .where('member_key', '=', existing(db, place).select('member_key')),
  ),
  defineStatement((db, place: RelationPlace) =>
    db
      .deleteFrom('membership')
      .where('channel_key', '=', channelKeyQuery(db, place))
      .where('member_key', '=', memberKeyQuery(db, place)),
  ),
]

type Reads = StoreReader['memberships']

export class MembershipReader implements Reads {
  readonly #context: ReadContext

  constructor(context: ReadContext) {
    this.#context = context
  }

  async find(channelArn: ChannelArn, memberArn: MemberArn): Promise<ChannelMembership | undefined> {
    dependOnRelation(this.#context, channelArn, memberArn)
    const row = await this.#context.first(findRow, placeOfRelation(channelArn, memberArn))
    return row && membershipOf(channelArn, row)
  }

  async list(
    channelArn: ChannelArn,
    type: MembershipType,
    page: PageRequest,
  ): Promise<Page<ChannelMembership>> {
    const rows = await this.#context.all(listByAge, {
      ...channelPlaceOf(channelArn),
      type,
      ...placeOf(page.after),
      limit: page.limit + 1,
    })
    return pageOf(
      rows,
      page.limit,
      (row) => membershipOf(channelArn, row),
      (row) => [row.created_at, row.member_key],
    )
  }

  listForMember(...[memberArn, page]: Parameters<Reads['listForMember']>) {
    return listChannelsOfMember(this.#context, memberArn, page)
  }

  async listChannelArns(memberArn: MemberArn): Promise<readonly ChannelArn[]> {
    const rows = await this.#context.all(listArns, memberPlaceOf(memberArn))
    return rows.map((row) => row.arn as ChannelArn)
  }

  async listModeratorMemberArns(channelArn: ChannelArn): Promise<readonly MemberArn[]> {
    const rows = await this.#context.all(listModeratorMembers, channelPlaceOf(channelArn))
    return rows.map((row) => row.arn as MemberArn)
  }
}

export class MembershipWriter extends MembershipReader {
  readonly #context: WriteContext

  constructor(context: WriteContext) {
    super(context)
    this.#context = context
  }

  insert(membership: ChannelMembership): void {
    const { channelArn, member } = membership
    dependOnRelation(this.#context, channelArn, member.arn)
    this.#context.changeKey(relationKey(channelArn, member.arn))
    this.#context.change(insertRow, {
      ...placeOfRelation(channelArn, member.arn),
      ...actorPlaceOf(membership.invitedBy.arn),
      type: membership.type,
      createdAt: membership.createdAt,
      lastUpdatedAt: membership.lastUpdatedAt,
    })
    this.#context.countOneMore({ kind: 'memberships-of-channel', of: channelArn })
    this.#context.countOneMore({ kind: 'memberships-of-member', of: member.arn })
  }

  remove(channelArn: ChannelArn, memberArn: MemberArn): void {
    this.#context.changeKey(relationKey(channelArn, memberArn))
    const place = placeOfRelation(channelArn, memberArn)
    for (const step of removal) this.#context.change(step, place)
  }
}

interface MembershipRow {
  readonly member_arn: string
  readonly member_name: string
  readonly inviter_arn: string
  readonly inviter_name: string
  readonly type: string
  readonly created_at: number
  readonly last_updated_at: number
}

function membershipOf(channelArn: ChannelArn, row: MembershipRow): ChannelMembership {
  return {
    channelArn,
    member: identityOf(row.member_arn, row.member_name),
    type: row.type as MembershipType,
    invitedBy: identityOf(row.inviter_arn, row.inviter_name),
    createdAt: row.created_at,
    lastUpdatedAt: row.last_updated_at,
  }
}
