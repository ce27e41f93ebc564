// Channels and users whose expiration has passed. Whether it has is decided in src/domain; the
// statements bring what has an expiration at all.
import { sql } from 'kysely'
import type { AppInstanceUserArn, ChannelArn } from '../../../base/arn.ts'
import type { ChannelExpiration } from '../../../domain/channel.ts'
import { channelExpiresAt, DAY_MS } from '../../../domain/expiration.ts'
import type { Page, PageRequest } from '../../../ports/paging.ts'
import type { ReadContext } from '../contexts.ts'
import { channelKeyQuery, channelPlaceOf, type ChannelPlace } from '../keys.ts'
import { pageOf } from '../paging.ts'
import { defineStatement, type Queries } from '../statement.ts'

interface PageParameters {
  readonly after: number
  readonly limit: number
}

/**
 * Of targeted messages, of which every member sees others. Those of an elastic channel are in its
 * activity: a million members are not gone through.
 */
function newestTargeted(db: Queries) {
  return db
    .selectFrom('targeted_activity as t')
    .select((max) => max.fn.max('t.last_message_at').as('newest'))
    .where(sql<boolean>`t.channel_key = y.channel_key`)
    .where('t.sub_channel_id', '=', sql.lit(''))
}

const findNewest = defineStatement((db, place: ChannelPlace) =>
  db
    .selectFrom('channel_activity as y')
    .select('y.last_message_at')
    .select(newestTargeted(db).as('targeted_at'))
    .where('y.channel_key', '=', channelKeyQuery(db, place)),
)

// `+ 0` keeps the planner from walking everything in all app instances to find the few that have an
// expiration at all, which an index of their own holds.
const listChannels = defineStatement((db, { after, limit }: PageParameters) =>
  db
    .selectFrom('channel as c')
    .innerJoin('app_instance as a', 'a.app_instance_key', 'c.app_instance_key')
    .leftJoin('channel_activity as y', 'y.channel_key', 'c.channel_key')
    .select([
      'c.channel_key',
      'c.arn',
      'c.created_at',
      'c.expiration_days',
      'c.expiration_criterion',
      'y.last_message_at',
    ])
    .select(newestTargeted(db).as('targeted_at'))
    .where(sql<boolean>`c.expiration_days is not null`)
    .where('c.channel_key', '>', after)
    .where('c.removal', '=', 0)
    .where(sql<boolean>`a.removal + 0 = 0`)
    .orderBy('c.channel_key')
    .limit(limit),
)

const listUsers = defineStatement((db, { after, limit }: PageParameters) =>
  db
    .selectFrom('member as m')
    .innerJoin('app_instance as a', 'a.app_instance_key', 'm.app_instance_key')
    .select(['m.member_key', 'm.arn', 'm.created_at', 'm.expiration_days'])
    .where(sql<boolean>`m.expiration_days is not null`)
    .where('m.member_key', '>', after)
    .where('m.removal', '=', 0)
    .where('m.kind', '=', 'user')
    .where(sql<boolean>`a.removal + 0 = 0`)
    .orderBy('m.member_key')
    .limit(limit),
)

export async function findNewestMessageAt(
  context: ReadContext,
  channelArn: ChannelArn,
): Promise<number | undefined> {
  const row = await context.first(findNewest, channelPlaceOf(channelArn))
  return row && newestOf(row)
}

export async function listExpiredChannels(
  context: ReadContext,
  now: number,
  page: PageRequest,
): Promise<Page<ChannelArn>> {
  const rows = await context.all(listChannels, pageParameters(page))
  const { items, next } = pageOf(
    rows,
    page.limit,
    (row) => row,
    (row) => [row.channel_key],
  )
  const expired = items.filter((row) => {
    const expiration = {
      days: row.expiration_days ?? 0,
      criterion: row.expiration_criterion as ChannelExpiration['criterion'],
    }
    return channelExpiresAt(expiration, row.created_at, newestOf(row)) <= now
  })
  return { items: expired.map((row) => row.arn as ChannelArn), next }
}

export async function listExpiredUsers(
  context: ReadContext,
  now: number,
  page: PageRequest,
): Promise<Page<AppInstanceUserArn>> {
  const rows = await context.all(listUsers, pageParameters(page))
  const { items, next } = pageOf(
    rows,
    page.limit,
    (row) => row,
    (row) => [row.member_key],
  )
  const expired = items.filter((row) => row.created_at + (row.expiration_days ?? 0) * DAY_MS <= now)
  return { items: expired.map((row) => row.arn as AppInstanceUserArn), next }
}

function newestOf(row: {
  readonly last_message_at: number | null
  readonly targeted_at: number | null
}): number | undefined {
  const newest = Math.max(row.last_message_at ?? 0, row.targeted_at ?? 0)
  return newest === 0 ? undefined : newest
}

function pageParameters(page: PageRequest): PageParameters {
  return { after: Number(page.after?.[0] ?? 0), limit: page.limit + 1 }
}
