// What only a member itself sees of its membership: queries and changes. The search by members is
// in channel-search.ts.
import { sql } from 'kysely'
import type { AppInstanceArn, ChannelArn, MemberArn } from '../../../base/arn.ts'
import type {
  ChannelMembershipPreferences,
  ChannelSummary,
  OwnMembership,
} from '../../../domain/channel.ts'
import type { ConversationReference } from '../../../ports/conversation-reference.ts'
import type { Page, PageRequest } from '../../../ports/paging.ts'
import type { MemberSearch, PrefetchOrder } from '../../../ports/store-moderation.ts'
import type { ReadContext, WriteContext } from '../contexts.ts'
import {
  channelKeyQuery,
  dependOnRelation,
  memberKeyQuery,
  placeOfRelation,
  relationKey,
  type RelationPlace,
  type SubChannelPlace,
} from '../keys.ts'
import { defineStatement } from '../statement.ts'
import { ownMembershipOf, SUMMARY_COLUMNS } from './channel-summaries.ts'
import { searchChannels } from './channel-search.ts'
import { lastMessageIn } from './last-message.ts'
import { listForPrefetch } from './prefetch.ts'

const findRow = defineStatement((db, place: RelationPlace & SubChannelPlace) =>
  db
    .selectFrom('membership as s')
    .innerJoin('channel_activity as y', 'y.channel_key', 's.channel_key')
    .innerJoin('channel as c', 'c.channel_key', 's.channel_key')
    .innerJoin('member as creator', 'creator.member_key', 'c.created_by_key')
    .leftJoin('targeted_activity as t', (join) =>
      join
        .onRef('t.channel_key', '=', 's.channel_key')
        .onRef('t.sub_channel_id', '=', 's.sub_channel_id')
        .onRef('t.member_key', '=', 's.member_key'),
    )
    .select([
      ...SUMMARY_COLUMNS,
      's.sub_channel_id',
      's.type as membership_type',
      's.read_marker_at',
    ])
    .select(
      lastMessageIn(db, {
        channelKey: 's.channel_key',
        subChannelId: 's.sub_channel_id',
        lastMessageAt: 'y.last_message_at',
      }).as('last_message_at'),
    )
    .where('s.member_key', '=', memberKeyQuery(db, place))
    .where('s.channel_key', '=', channelKeyQuery(db, place))
    .where('s.sub_channel_id', '=', place.subChannelId),
)

const findPreferencesRow = defineStatement((db, place: RelationPlace) =>
  db
    .selectFrom('membership')
    .select('preferences')
    .where('channel_key', '=', channelKeyQuery(db, place))
    .where('member_key', '=', memberKeyQuery(db, place)),
)

const putPreferences = defineStatement(
  (db, place: RelationPlace & { readonly preferences: string }) =>
    db
      .updateTable('membership')
      .set({ preferences: place.preferences })
      .where('channel_key', '=', channelKeyQuery(db, place))
      .where('member_key', '=', memberKeyQuery(db, place)),
)

const putReadMarker = defineStatement(
  (db, place: RelationPlace & { readonly readMarkerAt: number }) =>
    db
      .updateTable('membership')
      .set({ read_marker_at: place.readMarkerAt })
      .where('channel_key', '=', channelKeyQuery(db, place))
      .where('member_key', '=', memberKeyQuery(db, place))
      // The one place that keeps markers from moving back, whatever the clock did.
      .where(sql<boolean>`coalesce(read_marker_at, 0) < ${place.readMarkerAt}`),
)

export class OwnMembershipReader {
  readonly #context: ReadContext

  constructor(context: ReadContext) {
    this.#context = context
  }

  async find(
    { channelArn, subChannelId }: ConversationReference,
    memberArn: MemberArn,
  ): Promise<OwnMembership | undefined> {
    dependOnOwn(this.#context, channelArn, memberArn)
    const place = { ...placeOfRelation(channelArn, memberArn), subChannelId }
    const row = await this.#context.first(findRow, place)
    return row && ownMembershipOf(row)
  }

  async findPreferences(
    channelArn: ChannelArn,
    memberArn: MemberArn,
  ): Promise<ChannelMembershipPreferences | undefined> {
    dependOnOwn(this.#context, channelArn, memberArn)
    const place = placeOfRelation(channelArn, memberArn)
    const text = (await this.#context.first(findPreferencesRow, place))?.preferences
    return typeof text === 'string' ? (JSON.parse(text) as ChannelMembershipPreferences) : undefined
  }

  search(
    appInstanceArn: AppInstanceArn,
    searches: readonly MemberSearch[],
    filter: { readonly memberOf?: MemberArn | undefined; readonly viewer: MemberArn },
    page: PageRequest,
  ): Promise<Page<ChannelSummary>> {
    return searchChannels(this.#context, appInstanceArn, searches, filter, page)
  }

  listForPrefetch(memberArn: MemberArn, order: PrefetchOrder, limit: number) {
    return listForPrefetch(this.#context, memberArn, order, limit)
  }
}

export class OwnMembershipWriter extends OwnMembershipReader {
  readonly #context: WriteContext

  constructor(context: WriteContext) {
    super(context)
    this.#context = context
  }

  putPreferences(
    channelArn: ChannelArn,
    memberArn: MemberArn,
    preferences: ChannelMembershipPreferences,
  ): void {
    this.#context.changeKey(ownKey(channelArn, memberArn))
    this.#context.change(putPreferences, {
      ...placeOfRelation(channelArn, memberArn),
      preferences: JSON.stringify(preferences),
    })
  }

  putReadMarker(channelArn: ChannelArn, memberArn: MemberArn, readMarkerAt: number): void {
    this.#context.changeKey(ownKey(channelArn, memberArn))
    const place = placeOfRelation(channelArn, memberArn)
    this.#context.change(putReadMarker, { ...place, readMarkerAt })
  }
}

/**
 * Not the key of the relation: what a member may do does not change with its marker, so what is
 * remembered of it stays valid.
 */
function ownKey(channelArn: ChannelArn, memberArn: MemberArn): string {
  return `own ${relationKey(channelArn, memberArn)}`
}

function dependOnOwn(context: ReadContext, channelArn: ChannelArn, memberArn: MemberArn): void {
  dependOnRelation(context, channelArn, memberArn)
  context.dependOn(ownKey(channelArn, memberArn))
}
