// Messages that are past their retention, and what deleted messages leave behind.
import { sql } from 'kysely'
import type { ChannelArn } from '../../../base/arn.ts'
import { messageIdTimePrefix } from '../../../base/ids.ts'
import type { MessageId } from '../../../domain/channel-message.ts'
import { DAY_MS } from '../../../domain/expiration.ts'
import type { Page, PageRequest } from '../../../ports/paging.ts'
import type { RetainedConversation } from '../../../ports/store-upkeep.ts'
import { REQUEST_TOKEN_WINDOW_MS } from '../../../ports/store.ts'
import type { ReadContext, WriteContext } from '../contexts.ts'
import { channelKeyQuery, channelPlaceOf, type ChannelPlace } from '../keys.ts'
import { messageKey } from '../messages/messages.ts'
import { defineStatement } from '../statement.ts'

interface RetainingFrom {
  readonly now: number
  readonly fromKey: number
}

/** The next app instance in which retention purges; `+ 0` leaves only the index of these few. */
const findRetaining = defineStatement((db, { now, fromKey }: RetainingFrom) =>
  db
    .selectFrom('app_instance')
    .select(['app_instance_key', 'retention_days'])
    .where(sql<boolean>`retention_days is not null`)
    .where('app_instance_key', '>=', fromKey)
    .where('initiate_deletion_at', '<=', now)
    .where(sql<boolean>`removal + 0 = 0`)
    .orderBy('app_instance_key')
    .limit(1),
)

interface ChannelsBehind {
  readonly appInstanceKey: number
  readonly behindId: string
  readonly limit: number
}

const listChannels = defineStatement((db, place: ChannelsBehind) =>
  db
    .selectFrom('channel')
    .select(['channel_key', 'channel_id', 'arn'])
    .where('app_instance_key', '=', place.appInstanceKey)
    .where('channel_id', '>', place.behindId)
    .where('removal', '=', 0)
    .orderBy('channel_id')
    .limit(place.limit),
)

/** The next conversation of a channel: a step through the index, however many messages it has. */
const findNextConversation = defineStatement(
  (db, place: { readonly channelKey: number; readonly behind: string }) =>
    db
      .selectFrom('message')
      .select('sub_channel_id')
      .where('channel_key', '=', place.channelKey)
      .where('sub_channel_id', '>', place.behind)
      .orderBy('sub_channel_id')
      .limit(1),
)

interface ConversationRange extends ChannelPlace {
  readonly subChannelId: string
  readonly before: string
  readonly limit: number
}

const listIdsBefore = defineStatement((db, range: ConversationRange) =>
  db
    .selectFrom('message')
    .select('message_id')
    .where('channel_key', '=', channelKeyQuery(db, range))
    .where('sub_channel_id', '=', range.subChannelId)
    .where('message_id', '<', range.before)
    .orderBy('message_id')
    .limit(range.limit),
)

const removeUpTo = defineStatement((db, range: Omit<ConversationRange, 'limit'>) =>
  db
    .deleteFrom('message')
    .where('channel_key', '=', channelKeyQuery(db, range))
    .where('sub_channel_id', '=', range.subChannelId)
    .where('message_id', '<=', range.before),
)

const listTombstones = defineStatement((db, { before, limit }: { before: string; limit: number }) =>
  db
    .selectFrom('message')
    .select(['channel_key', 'sub_channel_id', 'message_id'])
    .where(sql<boolean>`removed = 1`)
    .where('message_id', '<', before)
    .orderBy('message_id')
    .limit(limit),
)

const removeOne = defineStatement(
  (db, place: { channelKey: number; subChannelId: string; messageId: string }) =>
    db
      .deleteFrom('message')
      .where('channel_key', '=', place.channelKey)
      .where('sub_channel_id', '=', place.subChannelId)
      .where('message_id', '=', place.messageId),
)

/** A page never holds channels of two app instances, so that each follows one index. */
export async function listRetainedConversations(
  context: ReadContext,
  now: number,
  page: PageRequest,
): Promise<Page<RetainedConversation>> {
  const [fromKey, fromId] = page.after ?? [0, '']
  const owner = await context.first(findRetaining, { now, fromKey: Number(fromKey) })
  if (owner === undefined) return { items: [] }
  const { app_instance_key: appInstanceKey, retention_days: days } = owner
  const behindId = appInstanceKey === Number(fromKey) ? String(fromId) : ''
  const rows = await context.all(listChannels, { appInstanceKey, behindId, limit: page.limit })
  const purgeBefore = now - (days ?? 0) * DAY_MS
  const items: RetainedConversation[] = []
  for (const { channel_key: channelKey, arn } of rows) {
    for (let subChannelId: string | undefined = ''; subChannelId !== undefined;) {
      items.push({ channelArn: arn as ChannelArn, subChannelId, purgeBefore })
      const behind: string = subChannelId
      const row = await context.first(findNextConversation, { channelKey, behind })
      subChannelId = row?.sub_channel_id
    }
  }
  const last = rows.length < page.limit ? undefined : rows.at(-1)
  return { items, next: last ? [appInstanceKey, last.channel_id] : [appInstanceKey + 1, ''] }
}

export async function purgeMessages(
  context: WriteContext,
  { channelArn, subChannelId, purgeBefore }: RetainedConversation,
  limit: number,
): Promise<number> {
  const place = { ...channelPlaceOf(channelArn), subChannelId }
  const before = messageIdTimePrefix(Math.max(0, purgeBefore))
  const rows = await context.all(listIdsBefore, { ...place, before, limit })
  const last = rows.at(-1)
  if (last === undefined) return 0
  // Whoever changes one of them at this moment must find out that it is gone.
  for (const { message_id: id } of rows) context.changeKey(messageKey(id as MessageId))
  context.change(removeUpTo, { ...place, before: last.message_id })
  return rows.length
}

export async function purgeTombstones(
  context: WriteContext,
  now: number,
  limit: number,
): Promise<number> {
  const before = messageIdTimePrefix(Math.max(0, now - REQUEST_TOKEN_WINDOW_MS))
  const rows = await context.all(listTombstones, { before, limit })
  for (const row of rows) {
    context.change(removeOne, {
      channelKey: row.channel_key,
      subChannelId: row.sub_channel_id,
      messageId: row.message_id,
    })
  }
  return rows.length
}
