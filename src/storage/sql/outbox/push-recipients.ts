// The members of a conversation whose devices a message is pushed to: some members at a time, and
// only those with devices are looked at more closely.
import { sql } from 'kysely'
import type { MemberArn } from '../../../base/arn.ts'
import type { ChannelMembershipPreferences } from '../../../domain/channel.ts'
import type { ConversationReference } from '../../../ports/conversation-reference.ts'
import type { Cursor, Page, PageRequest } from '../../../ports/paging.ts'
import type * as port from '../../../ports/store-push.ts'
import type { ReadContext } from '../contexts.ts'
import {
  channelKeyQuery,
  memberKeyQuery,
  placeOfRelation,
  subChannelPlaceOf,
  type RelationPlace,
  type SubChannelPlace,
} from '../keys.ts'
import { defineStatement, type Queries } from '../statement.ts'

/**
 * Endpoints of a page, unless its first member has more: what a page causes is one transaction, and
 * no message waits for it for long.
 */
// evidence: inferred (twice as many as members in a page; a phone and a tablet each)
const ENDPOINTS_PER_PAGE_MAX = 400

interface MemberParameters extends SubChannelPlace {
  readonly afterType: string
  readonly afterValue: number
  readonly afterKey: number
  readonly limit: number
}

/** Removed members, too: to leave them out here would read on without a bound. */
const listMembers = defineStatement((db, place: MemberParameters) =>
  db
    .selectFrom('membership as s')
    .innerJoin('member as m', 'm.member_key', 's.member_key')
    .select(['s.type', 's.created_at', 's.member_key', 'm.endpoints_count'])
    .where('s.channel_key', '=', channelKeyQuery(db, place))
    .where('s.sub_channel_id', '=', place.subChannelId)
    .where(
      sql<boolean>`(s.type, s.created_at, s.member_key) > (${place.afterType}, ${place.afterValue}, ${place.afterKey})`,
    )
    .orderBy('s.type')
    .orderBy('s.created_at')
    .orderBy('s.member_key')
    .limit(place.limit),
)

function deviceRows(db: Queries) {
  return db
    .selectFrom('membership as s')
    .innerJoin('member as m', 'm.member_key', 's.member_key')
    .innerJoin('endpoint as e', 'e.member_key', 's.member_key')
    .select(['m.arn', 's.preferences', 'e.endpoint_id', 'e.type', 'e.resource_arn'])
    .where('m.removal', '=', 0)
    .where('e.status', '=', sql.lit('ACTIVE'))
    .where('e.allow_messages', '=', sql.lit('ALL'))
}

interface RangeParameters extends Omit<MemberParameters, 'limit'> {
  readonly lastType: string
  readonly lastValue: number
  readonly lastKey: number
}

const listDevices = defineStatement((db, place: RangeParameters) =>
  deviceRows(db)
    .where('s.channel_key', '=', channelKeyQuery(db, place))
    .where('s.sub_channel_id', '=', place.subChannelId)
    .where(
      sql<boolean>`(s.type, s.created_at, s.member_key) > (${place.afterType}, ${place.afterValue}, ${place.afterKey})`,
    )
    .where(
      sql<boolean>`(s.type, s.created_at, s.member_key) <= (${place.lastType}, ${place.lastValue}, ${place.lastKey})`,
    )
    .orderBy('s.type')
    .orderBy('s.created_at')
    .orderBy('s.member_key'),
)

const listDevicesOfMember = defineStatement((db, place: RelationPlace & SubChannelPlace) =>
  deviceRows(db)
    .where('s.channel_key', '=', channelKeyQuery(db, place))
    .where('s.sub_channel_id', '=', place.subChannelId)
    .where('s.member_key', '=', memberKeyQuery(db, place)),
)

export class PushRecipientReader implements port.PushRecipientReader {
  readonly #context: ReadContext

  constructor(context: ReadContext) {
    this.#context = context
  }

  async list(
    conversation: ConversationReference,
    { after, limit }: PageRequest,
  ): Promise<Page<port.PushRecipient>> {
    const place = { ...subChannelPlaceOf(conversation), ...firstPlaceOf(after) }
    const rows = await this.#context.all(listMembers, { ...place, limit: limit + 1 })
    const taken = fitting(rows.slice(0, limit))
    const last = taken.at(-1)
    if (last === undefined) return { items: [] }
    const next = [last.type, last.created_at, last.member_key]
    const hasDevices = taken.some((row) => row.endpoints_count > 0)
    const devices = hasDevices
      ? await this.#context.all(listDevices, {
          ...place,
          lastType: last.type,
          lastValue: last.created_at,
          lastKey: last.member_key,
        })
      : []
    const items = recipientsOf(devices)
    return taken.length < rows.length ? { items, next } : { items }
  }

  async find(
    conversation: ConversationReference,
    memberArn: MemberArn,
  ): Promise<port.PushRecipient | undefined> {
    const { channelArn, subChannelId } = conversation
    const place = { ...placeOfRelation(channelArn, memberArn), subChannelId }
    const [recipient] = recipientsOf(await this.#context.all(listDevicesOfMember, place))
    return recipient
  }
}

function firstPlaceOf(after: Cursor | undefined) {
  if (after === undefined) return { afterType: '', afterValue: 0, afterKey: 0 }
  const [type = '', createdAt = 0, memberKey = 0] = after
  return { afterType: String(type), afterValue: Number(createdAt), afterKey: Number(memberKey) }
}

/** The first of `rows` whose endpoints are not too many for a page; always one, if there is any. */
function fitting<Row extends { readonly endpoints_count: number }>(
  rows: readonly Row[],
): readonly Row[] {
  let endpointsCount = 0
  const end = rows.findIndex((row) => {
    endpointsCount += row.endpoints_count
    return endpointsCount > ENDPOINTS_PER_PAGE_MAX
  })
  return end === -1 ? rows : rows.slice(0, Math.max(end, 1))
}

interface DeviceRow {
  readonly arn: string
  readonly preferences: string | null
  readonly endpoint_id: string
  readonly type: string
  readonly resource_arn: string
}

/** Rows of one member stand together. */
function recipientsOf(rows: readonly DeviceRow[]): readonly port.PushRecipient[] {
  const byMember = Map.groupBy(rows, (row) => row.arn)
  return [...byMember].map(([arn, [first, ...others]]) => ({
    memberArn: arn as MemberArn,
    preferences:
      typeof first?.preferences === 'string'
        ? (JSON.parse(first.preferences) as ChannelMembershipPreferences)
        : undefined,
    devices: [first, ...others].filter((row) => row !== undefined).map(deviceOf),
  }))
}

function deviceOf(row: DeviceRow): port.PushDevice {
  return {
    endpointId: row.endpoint_id,
    type: row.type as port.PushDevice['type'],
    resourceArn: row.resource_arn,
  }
}
