// The search for channels by their members. It walks the channels of one member, the one that has
// the fewest, and asks of each whether the others are in it: never through all channels.
import { sql } from 'kysely'
import type { AppInstanceArn, MemberArn } from '../../../base/arn.ts'
import { appInstanceArnWithin } from '../../../base/arn.ts'
import type { ChannelSummary } from '../../../domain/channel.ts'
import type { Page, PageRequest } from '../../../ports/paging.ts'
import type { MemberSearch } from '../../../ports/store-moderation.ts'
import type { ReadContext } from '../contexts.ts'
import { memberKeyQuery, memberPlaceOf, type MemberPlace } from '../keys.ts'
import { defineStatement, type Queries } from '../statement.ts'
import { summaryOf, SUMMARY_COLUMNS } from './channel-summaries.ts'
import { lastMessageFor } from './last-message.ts'

/** Members that one value of a search names at most, and such searches in one request. */
// evidence: model SearchFieldValues, SearchFields
const MEMBERS_PER_SEARCH_MAX = 20
const SEARCHES_MAX = 20

/** Channels of the walked member that one statement looks at: a millisecond or two. */
const CHANNELS_PER_STEP = 500

/** Channels of a page that are read by one statement. */
const CHANNELS_PER_READ = 50

/** Stands in places of a list of keys that are not needed; no row has it. */
const NO_KEY = -1

/** All searches as one: who must be a DEFAULT member, and whether nobody else may be one. */
interface CombinedSearch {
  readonly required: ReadonlySet<MemberArn>
  readonly isExact: boolean
}

/** The places of a list of keys among the parameters: `key0`, `key1`, … */
type KeyList = Readonly<Record<`key${number}`, number>>

interface StepParameters extends KeyList {
  readonly walkedKey: number
  readonly memberOfKey: number
  readonly requiredCount: number
  readonly after: number
  readonly limit: number
}

function slotsOf(place: KeyList, count: number): number[] {
  return Array.from({ length: count }, (_, index) => place[`key${index}`] as number)
}

function keyList(keys: readonly number[], count: number): KeyList {
  return Object.fromEntries(
    Array.from({ length: count }, (_, index) => [`key${index}`, keys[index] ?? NO_KEY]),
  )
}

/** The next channels of the walked member, and which of them fit. */
function stepStatement(keysCount: number, isExact: boolean) {
  return defineStatement((db, place: StepParameters) => {
    const keys = slotsOf(place, keysCount)
    return db
      .selectFrom('membership as s')
      .select('s.channel_key')
      .select((eb) =>
        eb
          .case()
          .when(
            eb.and([
              sql<boolean>`${requiredIn(db, keys)} = ${place.requiredCount}`,
              eb.exists(memberIn(db, place.memberOfKey)),
              eb.exists(livingChannel(db, isExact)),
              ...(isExact ? [eb.not(eb.exists(othersIn(db, keys)))] : []),
            ]),
          )
          .then(1)
          .else(0)
          .end()
          .as('fits'),
      )
      .where('s.member_key', '=', place.walkedKey)
      .where('s.channel_key', '>', place.after)
      .orderBy('s.channel_key')
      .limit(place.limit)
  })
}

function defaultMembers(db: Queries) {
  return db
    .selectFrom('membership as x')
    .where('x.type', '=', sql.lit('DEFAULT'))
    .where('x.channel_key', '=', sql.ref<number>('s.channel_key'))
}

/** Members, not memberships: a moderator may have several. */
function requiredIn(db: Queries, keys: readonly number[]) {
  return db
    .selectFrom('member as k')
    .select((eb) => eb.fn.countAll().as('count'))
    .where('k.member_key', 'in', keys)
    .where((eb) =>
      eb.exists(
        defaultMembers(db)
          .select('x.member_key')
          .where('x.member_key', '=', sql.ref<number>('k.member_key')),
      ),
    )
}

/**
 * Ends at the first one, so a channel of very many costs no more than one of few. A membership of
 * someone removed may be left for a moment. Elastic channels are not asked.
 */
function othersIn(db: Queries, keys: readonly number[]) {
  return defaultMembers(db)
    .innerJoin('member as w', 'w.member_key', 'x.member_key')
    .where('x.sub_channel_id', '=', sql.lit(''))
    .select('x.member_key')
    .where('x.member_key', 'not in', keys)
    .where('w.removal', '=', 0)
}

function memberIn(db: Queries, memberKey: number) {
  return db
    .selectFrom('membership as v')
    .select('v.member_key')
    .where('v.channel_key', '=', sql.ref<number>('s.channel_key'))
    .where('v.member_key', '=', memberKey)
}

// evidence: inferred (behaviour 3.10), elastic channels are not matched by EQUALS
function livingChannel(db: Queries, isExact: boolean) {
  const channels = db
    .selectFrom('channel as c')
    .select('c.channel_key')
    .where('c.channel_key', '=', sql.ref<number>('s.channel_key'))
    .where('c.removal', '=', 0)
  return isExact ? channels.where('c.elastic_configuration', 'is', null) : channels
}

const exactStep = stepStatement(MEMBERS_PER_SEARCH_MAX, true)
/** By how many full searches the required members fill; most requests need the first. */
const includingSteps = Array.from({ length: SEARCHES_MAX }, (_, index) =>
  stepStatement(MEMBERS_PER_SEARCH_MAX * (index + 1), false),
)

const findMember = defineStatement((db, place: MemberPlace) =>
  db
    .selectFrom('member')
    .select(['member_key', 'memberships_count'])
    .where('member_key', '=', memberKeyQuery(db, place)),
)

const readChannels = defineStatement((db, place: KeyList & MemberPlace) =>
  db
    .selectFrom('channel_activity as y')
    .innerJoin('channel as c', 'c.channel_key', 'y.channel_key')
    .innerJoin('member as creator', 'creator.member_key', 'c.created_by_key')
    .leftJoin('targeted_activity as t', (join) =>
      join
        .onRef('t.channel_key', '=', 'y.channel_key')
        .on('t.sub_channel_id', '=', sql.lit(''))
        .on('t.member_key', '=', memberKeyQuery(db, place)),
    )
    .select(SUMMARY_COLUMNS)
    .select(lastMessageFor(db, place).as('last_message_at'))
    .where('y.channel_key', 'in', slotsOf(place, CHANNELS_PER_READ))
    .orderBy('y.channel_key'),
)

/** In the order of channel keys, which never change. */
export async function searchChannels(
  context: ReadContext,
  appInstanceArn: AppInstanceArn,
  searches: readonly MemberSearch[],
  filter: { readonly memberOf?: MemberArn | undefined; readonly viewer: MemberArn },
  page: PageRequest,
): Promise<Page<ChannelSummary>> {
  const combined = combine(searches)
  const walk = combined && (await planWalk(context, appInstanceArn, combined, filter.memberOf))
  if (walk === undefined) return { items: [] }
  const found: number[] = []
  let after = page.after === undefined ? NO_KEY : Number(page.after[0])
  for (;;) {
    const rows = await context.all(walk.statement, {
      ...walk.parameters,
      after,
      limit: CHANNELS_PER_STEP,
    })
    for (const { channel_key: key, fits } of rows) {
      // Memberships of one channel stand side by side, at the end of a step as well.
      if (fits === 1 && found.at(-1) !== key) found.push(key)
    }
    if (found.length > page.limit || rows.length < CHANNELS_PER_STEP) break
    after = rows.at(-1)?.channel_key ?? after
  }
  const taken = found.slice(0, page.limit)
  const items = await summariesOf(context, taken, filter.viewer)
  const last = taken.at(-1)
  return found.length > page.limit && last !== undefined ? { items, next: [last] } : { items }
}

/** Undefined when no channel can fit all of them. */
function combine(searches: readonly MemberSearch[]): CombinedSearch | undefined {
  const required = new Set(searches.flatMap(({ memberArns }) => memberArns))
  const exact = searches.filter(({ operator }) => operator === 'EQUALS')
  // Whoever any search names must be among the members that an exact one allows.
  const isPossible = exact.every(({ memberArns }) => new Set(memberArns).size === required.size)
  return isPossible && required.size > 0 ? { required, isExact: exact.length > 0 } : undefined
}

/** Whose channels are walked, and what is asked of each; undefined when someone does not exist. */
async function planWalk(
  context: ReadContext,
  appInstanceArn: AppInstanceArn,
  { required, isExact }: CombinedSearch,
  memberOf: MemberArn | undefined,
) {
  const keys = new Map<MemberArn, number>()
  let walked: { readonly key: number; readonly count: number } | undefined
  for (const arn of new Set(memberOf === undefined ? required : [...required, memberOf])) {
    if (appInstanceArnWithin(arn) !== appInstanceArn) return undefined
    const row = await context.first(findMember, memberPlaceOf(arn))
    if (row === undefined) return undefined
    keys.set(arn, row.member_key)
    if (walked === undefined || row.memberships_count < walked.count) {
      walked = { key: row.member_key, count: row.memberships_count }
    }
  }
  if (walked === undefined) return undefined
  const requiredKeys = [...required].flatMap((arn) => keys.get(arn) ?? [])
  const fullSearches = Math.ceil(requiredKeys.length / MEMBERS_PER_SEARCH_MAX)
  const statement = isExact ? exactStep : includingSteps[fullSearches - 1]
  if (statement === undefined) return undefined
  return {
    statement,
    parameters: {
      ...keyList(requiredKeys, fullSearches * MEMBERS_PER_SEARCH_MAX),
      walkedKey: walked.key,
      memberOfKey: (memberOf === undefined ? undefined : keys.get(memberOf)) ?? walked.key,
      requiredCount: requiredKeys.length,
    },
  }
}

async function summariesOf(
  context: ReadContext,
  channelKeys: readonly number[],
  viewer: MemberArn,
): Promise<readonly ChannelSummary[]> {
  const summaries: ChannelSummary[] = []
  for (let start = 0; start < channelKeys.length; start += CHANNELS_PER_READ) {
    const rows = await context.all(readChannels, {
      ...keyList(channelKeys.slice(start, start + CHANNELS_PER_READ), CHANNELS_PER_READ),
      ...memberPlaceOf(viewer),
    })
    summaries.push(...rows.map(summaryOf))
  }
  return summaries
}
