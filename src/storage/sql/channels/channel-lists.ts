// Channels by newest activity, of an app instance, a member and a moderator, in pages that never
// lose a channel.
//
// The order is that of `last_activity`, the sequence number of the commit that moved a channel
// last. A client pages downwards; a channel that moves meanwhile jumps to the top, behind its back.
// So the cursor keeps the sequence number that the first page saw, and when the bottom is reached,
// all that moved above that number follows, by key: keys never move, so this last phase comes to an
// end. Someone with several memberships of one channel finds them side by side.
import { sql, type RawBuilder } from 'kysely'
import type { AppInstanceArn, MemberArn } from '../../../base/arn.ts'
import type { ChannelPrivacy, ChannelSummary, OwnMembership } from '../../../domain/channel.ts'
import type { Cursor, Page, PageRequest } from '../../../ports/paging.ts'
import type { ReadContext } from '../contexts.ts'
import { appInstanceKeyQuery, memberKeyQuery, memberPlaceOf, type MemberPlace } from '../keys.ts'
import { defineStatement, type Queries } from '../statement.ts'
import {
  ownMembershipOf,
  summaryOf,
  SUMMARY_COLUMNS,
  type SummaryRow,
} from './channel-summaries.ts'
import { lastMessageFor, lastMessageIn } from './last-message.ts'

type Phase = 'down' | 'moved'

/** A row of either list. */
interface ListedRow extends SummaryRow {
  readonly channel_key: number
  readonly last_activity: number
  /** Empty unless the list is of memberships. */
  readonly sub_channel_id: string
}

/** Where a page begins. */
interface Place {
  readonly phase: Phase
  /** What the first page saw. */
  readonly firstSequence: number
  readonly activity: number
  readonly key: number
  readonly subChannelId: string
}

interface DownParameters extends MemberPlace {
  readonly activity: number
  readonly key: number
  readonly subChannelId: string
  readonly limit: number
}

interface MovedParameters extends MemberPlace {
  readonly firstSequence: number
  readonly key: number
  readonly subChannelId: string
  readonly limit: number
}

interface OfAppInstance {
  readonly appInstanceArn: string
  readonly privacy: string
}

const LISTED_CONVERSATION = {
  channelKey: 'y.channel_key',
  subChannelId: 'y.sub_channel_id',
  lastMessageAt: 'y.last_message_at',
}

/** The narrow rows of a page first; names and the rest are joined to those few only. */
function widened(
  db: Queries,
  place: MemberPlace,
  page: ReturnType<typeof narrowOf>,
  lastMessageAt: RawBuilder<number | null>,
) {
  return db
    .selectFrom(page.as('y'))
    .innerJoin('channel as c', 'c.channel_key', 'y.channel_key')
    .innerJoin('member as creator', 'creator.member_key', 'c.created_by_key')
    .leftJoin('targeted_activity as t', (join) =>
      join
        .onRef('t.channel_key', '=', 'y.channel_key')
        .onRef('t.sub_channel_id', '=', 'y.sub_channel_id')
        .on('t.member_key', '=', memberKeyQuery(db, place)),
    )
    .select([...SUMMARY_COLUMNS, 'y.channel_key', 'y.last_activity'])
    .select(lastMessageAt.as('last_message_at'))
    .select(['y.type as membership_type', 'y.sub_channel_id', 'y.read_marker_at'])
}

function narrowOf(db: Queries, of: OfAppInstance) {
  return db
    .selectFrom('channel_activity')
    .select(['channel_key', 'last_activity', 'last_message_at'])
    .select([sql<string>`''`.as('type'), sql<string>`''`.as('sub_channel_id')])
    .select(sql<number | null>`null`.as('read_marker_at'))
    .where('app_instance_key', '=', appInstanceKeyQuery(db, of.appInstanceArn))
    .where('privacy', '=', of.privacy)
}

function narrowOfMember(db: Queries, place: MemberPlace): ReturnType<typeof narrowOf> {
  return db
    .selectFrom('membership as s')
    .innerJoin('channel_activity as z', 'z.channel_key', 's.channel_key')
    .select(['z.channel_key', 'z.last_activity', 'z.last_message_at'])
    .select(['s.type as type', 's.sub_channel_id', 's.read_marker_at'])
    .where('s.member_key', '=', memberKeyQuery(db, place)) as unknown as ReturnType<typeof narrowOf>
}

function narrowOfModerator(db: Queries, place: MemberPlace): ReturnType<typeof narrowOf> {
  return db
    .selectFrom('moderator as o')
    .innerJoin('channel_activity as z', 'z.channel_key', 'o.channel_key')
    .select(['z.channel_key', 'z.last_activity', 'z.last_message_at'])
    .select([sql<string>`''`.as('type'), sql<string>`''`.as('sub_channel_id')])
    .select(sql<number | null>`null`.as('read_marker_at'))
    .where('o.member_key', '=', memberKeyQuery(db, place)) as unknown as ReturnType<typeof narrowOf>
}

type Narrow = (db: Queries, parameters: MemberPlace) => ReturnType<typeof narrowOf>

function downStatement<Parameters extends DownParameters>(
  narrow: (db: Queries, parameters: Parameters) => ReturnType<typeof narrowOf>,
) {
  return defineStatement((db, parameters: Parameters) => {
    const { activity, key, limit } = parameters
    const rows = narrow(db, parameters)
      .where(sql<boolean>`(last_activity, ${channelKey(narrow)}) < (${activity}, ${key})`)
      .orderBy('last_activity', 'desc')
      .orderBy(channelKey(narrow), 'desc')
      .limit(limit)
    return widened(db, parameters, rows, lastMessageFor(db, parameters))
      .orderBy('y.last_activity', 'desc')
      .orderBy('y.channel_key', 'desc')
  })
}

const downOfMember = defineStatement((db, parameters: DownParameters) => {
  const { activity, key, subChannelId, limit } = parameters
  const rows = narrowOfMember(db, parameters)
    .where(
      sql<boolean>`(z.last_activity, z.channel_key, s.sub_channel_id) <
        (${activity}, ${key}, ${subChannelId})`,
    )
    .orderBy('last_activity', 'desc')
    .orderBy(sql`z.channel_key`, 'desc')
    .orderBy('sub_channel_id', 'desc')
    .limit(limit)
  return widened(db, parameters, rows, lastMessageIn(db, LISTED_CONVERSATION))
    .orderBy('y.last_activity', 'desc')
    .orderBy('y.channel_key', 'desc')
    .orderBy('y.sub_channel_id', 'desc')
})

function movedStatement<Parameters extends MovedParameters>(
  narrow: (db: Queries, parameters: Parameters) => ReturnType<typeof narrowOf>,
) {
  return defineStatement((db, parameters: Parameters) => {
    const { firstSequence, key, limit } = parameters
    // `+ 0` keeps the planner from walking all channels by key to find the few that moved.
    const rows = narrow(db, parameters)
      .where('last_activity', '>', firstSequence)
      .where(sql<boolean>`${channelKey(narrow)} + 0 > ${key}`)
      .orderBy(sql`${channelKey(narrow)} + 0`)
      .limit(limit)
    return widened(db, parameters, rows, lastMessageFor(db, parameters)).orderBy('y.channel_key')
  })
}

const movedOfMember = defineStatement((db, parameters: MovedParameters) => {
  const { firstSequence, key, subChannelId, limit } = parameters
  const rows = narrowOfMember(db, parameters)
    .where('last_activity', '>', firstSequence)
    .where(sql<boolean>`(z.channel_key, s.sub_channel_id) > (${key}, ${subChannelId})`)
    .orderBy(sql`z.channel_key`)
    .orderBy('sub_channel_id')
    .limit(limit)
  return widened(db, parameters, rows, lastMessageIn(db, LISTED_CONVERSATION))
    .orderBy('y.channel_key')
    .orderBy('y.sub_channel_id')
})

/** Both tables of the list of a moderator have a channel_key. */
function channelKey(narrow: unknown) {
  return sql.ref<number>(narrow === narrowOf ? 'channel_key' : 'z.channel_key')
}

const downInAppInstance = downStatement<DownParameters & OfAppInstance>(narrowOf)
const movedInAppInstance = movedStatement<MovedParameters & OfAppInstance>(narrowOf)
const downOfModerator = downStatement<DownParameters>(narrowOfModerator satisfies Narrow)
const movedOfModerator = movedStatement<MovedParameters>(narrowOfModerator satisfies Narrow)

export async function listChannels(
  context: ReadContext,
  appInstanceArn: AppInstanceArn,
  filter: { readonly privacy?: ChannelPrivacy | undefined; readonly viewer: MemberArn },
  page: PageRequest,
): Promise<Page<ChannelSummary>> {
  const viewer = memberPlaceOf(filter.viewer)
  const privacies = filter.privacy === undefined ? ['PUBLIC', 'PRIVATE'] : [filter.privacy]
  const fetch = async (place: Place, limit: number) => {
    const parts = await Promise.all(
      privacies.map((privacy) => {
        const parameters = { ...viewer, ...place, appInstanceArn, privacy, limit }
        return place.phase === 'down'
          ? context.all(downInAppInstance, parameters)
          : context.all(movedInAppInstance, parameters)
      }),
    )
    return parts.length === 1 ? (parts[0] ?? []) : merged(parts.flat(), place.phase, limit)
  }
  return pageThrough(context, page, fetch, summaryOf)
}

export async function listChannelsOfMember(
  context: ReadContext,
  memberArn: MemberArn,
  page: PageRequest,
): Promise<Page<OwnMembership>> {
  const member = memberPlaceOf(memberArn)
  return pageThrough(
    context,
    page,
    (place, limit) =>
      place.phase === 'down'
        ? context.all(downOfMember, { ...member, ...place, limit })
        : context.all(movedOfMember, { ...member, ...place, limit }),
    (row) => ownMembershipOf(row),
  )
}

export async function listChannelsOfModerator(
  context: ReadContext,
  moderatorArn: MemberArn,
  page: PageRequest,
): Promise<Page<ChannelSummary>> {
  const moderator = memberPlaceOf(moderatorArn)
  return pageThrough(
    context,
    page,
    (place, limit) =>
      place.phase === 'down'
        ? context.all(downOfModerator, { ...moderator, ...place, limit })
        : context.all(movedOfModerator, { ...moderator, ...place, limit }),
    summaryOf,
  )
}

function merged<Row extends ListedRow>(rows: Row[], phase: Phase, limit: number): readonly Row[] {
  rows.sort((a, b) =>
    phase === 'down'
      ? b.last_activity - a.last_activity || b.channel_key - a.channel_key
      : a.channel_key - b.channel_key,
  )
  return rows.slice(0, limit)
}

async function pageThrough<Row extends ListedRow, Item>(
  context: ReadContext,
  { after, limit }: PageRequest,
  fetch: (place: Place, limit: number) => Promise<readonly Row[]>,
  itemOf: (row: Row) => Item,
): Promise<Page<Item>> {
  let place = placeOf(after, context.visibleSequence())
  const items: Item[] = []
  for (;;) {
    const wanted = limit - items.length
    const rows = await fetch(place, wanted + 1)
    const taken = rows.slice(0, wanted)
    items.push(...taken.map(itemOf))
    const last = taken.at(-1)
    if (rows.length > wanted) {
      return { items, next: cursorOf(last === undefined ? place : behind(place, last)) }
    }
    if (place.phase === 'moved') return { items }
    place = { ...place, phase: 'moved', key: 0, subChannelId: '' }
    // Nothing can have moved behind the back of a client that saw everything in its first page.
    if (after === undefined) return { items }
  }
}

function behind(place: Place, row: ListedRow): Place {
  const { last_activity: activity, channel_key: key, sub_channel_id: subChannelId } = row
  return { ...place, activity, key, subChannelId }
}

function placeOf(after: Cursor | undefined, visibleSequence: number): Place {
  if (after === undefined) {
    const top = Number.MAX_SAFE_INTEGER
    const firstSequence = visibleSequence
    return { phase: 'down', firstSequence, activity: top, key: top, subChannelId: '' }
  }
  const [phase, firstSequence, activity, key, subChannelId = ''] = after
  return {
    phase: phase === 'moved' ? 'moved' : 'down',
    firstSequence: Number(firstSequence),
    activity: Number(activity),
    key: Number(key),
    subChannelId: String(subChannelId),
  }
}

function cursorOf(place: Place): Cursor {
  return [place.phase, place.firstSequence, place.activity, place.key, place.subChannelId]
}
