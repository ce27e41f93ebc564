// Queries of persistent messages and the changes of those that exist. How a message gets its
// instant and where its request token is looked up differs between databases and is not here.
import { appInstanceArnWithin, type ChannelArn, type MemberArn } from '../../../base/arn.ts'
import { messageIdTimePrefix } from '../../../base/ids.ts'
import type { ChannelMessage, MessageId } from '../../../domain/channel-message.ts'
import {
  conversationKey,
  type ConversationReference,
} from '../../../ports/conversation-reference.ts'
import type { Page } from '../../../ports/paging.ts'
import type { MessageListRequest } from '../../../ports/store.ts'
import { findRetainedSince } from '../app-instances/retention.ts'
import type { ReadContext, WriteContext } from '../contexts.ts'
import { channelPlaceOf, memberPlaceOf } from '../keys.ts'
import { messageOf } from '../rows.ts'
import {
  findChannelKey,
  findMemberKey,
  findMessageById,
  listMessagesAscending,
  listMessagesDescending,
  removeMessageRow,
  replaceMessageRow,
} from './message-statements.ts'

/**
 * Rows that one page looks at: a long stretch of deleted messages or of messages to others makes a
 * short page, not a long stall.
 */
const ROWS_SCANNED_MAX = 1_000

/** Sorts behind every id, all of which are hexadecimal. */
const BEHIND_ALL_IDS = 'g'

export async function findMessage(
  context: ReadContext,
  { channelArn, subChannelId }: ConversationReference,
  messageId: MessageId,
): Promise<ChannelMessage | undefined> {
  context.dependOn(messageKey(messageId))
  if (subChannelId !== '') context.dependOn(conversationKey({ channelArn, subChannelId }))
  const since = await findRetainedSince(context, appInstanceArnWithin(channelArn))
  const channelKey = await recallChannelKey(context, channelArn)
  if (channelKey === undefined) return undefined
  const row = await context.first(findMessageById, { channelKey, subChannelId, messageId })
  if (row === undefined || (since !== undefined && row.created_at < since)) return undefined
  return messageOf(channelArn, row)
}

export async function listMessages(
  context: ReadContext,
  { channelArn, subChannelId }: ConversationReference,
  request: MessageListRequest,
): Promise<Page<ChannelMessage>> {
  const ascending = request.order === 'ASCENDING'
  const place = {
    ...channelPlaceOf(channelArn),
    subChannelId,
    ...memberPlaceOf(request.viewer),
  }
  const since = await findRetainedSince(context, place.appInstanceArn)
  let { from, before } = rangeOf(request, since)
  const items: ChannelMessage[] = []
  for (let scanned = 0; ;) {
    const limit = request.limit - items.length + 1
    const statement = ascending ? listMessagesAscending : listMessagesDescending
    const rows = await context.all(statement, { ...place, from, before, limit })
    const taken = rows.slice(0, limit - 1)
    for (const row of taken) {
      if (row.removed === 0 && Number(row.visible) === 1) items.push(messageOf(channelArn, row))
    }
    const last = taken.at(-1)
    if (rows.length < limit || last === undefined) return { items }
    scanned += taken.length
    if (items.length >= request.limit || scanned >= ROWS_SCANNED_MAX) {
      return { items, next: [last.message_id] }
    }
    if (ascending) from = behindId(last.message_id)
    else before = last.message_id
  }
}

/**
 * Ids from `from` on and before `before`: the range of time, cut off where the last page ended.
 * Nothing from before `retainedSince` is in it.
 */
function rangeOf(request: MessageListRequest, retainedSince = 0): { from: string; before: string } {
  const { notAfter } = request
  const notBefore = Math.max(request.notBefore ?? 0, retainedSince)
  const range = {
    from: messageIdTimePrefix(Math.ceil(notBefore)),
    before:
      notAfter === undefined
        ? BEHIND_ALL_IDS
        : // Nothing was created before the epoch, where the prefix ends.
          notAfter < 0
          ? ''
          : messageIdTimePrefix(Math.floor(notAfter) + 1),
  }
  const after = request.after?.[0]
  if (after === undefined) return range
  return request.order === 'ASCENDING'
    ? { ...range, from: laterOf(range.from, behindId(String(after))) }
    : { ...range, before: String(after) }
}

/** A page may end before what has passed its period meanwhile. */
function laterOf(one: string, other: string): string {
  return one < other ? other : one
}

/** The smallest text that sorts behind `messageId`. */
function behindId(messageId: string): string {
  return `${messageId}!`
}

export function messageKey(messageId: MessageId): string {
  return `message ${messageId}`
}

export function replaceMessage(context: WriteContext, message: ChannelMessage): void {
  context.changeKey(messageKey(message.messageId))
  context.change(replaceMessageRow, {
    ...channelPlaceOf(message.channelArn),
    subChannelId: message.subChannelId,
    messageId: message.messageId,
    status: message.status,
    content: message.content ?? null,
    metadata: message.metadata ?? null,
    contentType: message.contentType ?? null,
    attributes: attributesText(message),
    lastUpdatedAt: message.lastUpdatedAt,
    lastEditedAt: message.lastEditedAt ?? null,
    redacted: message.redacted ? 1 : 0,
  })
}

export function removeMessage(
  context: WriteContext,
  { channelArn, subChannelId }: ConversationReference,
  messageId: MessageId,
): void {
  context.changeKey(messageKey(messageId))
  context.change(removeMessageRow, { ...channelPlaceOf(channelArn), subChannelId, messageId })
}

export function attributesText(message: Pick<ChannelMessage, 'messageAttributes'>): string | null {
  return message.messageAttributes === undefined ? null : JSON.stringify(message.messageAttributes)
}

/** The key of a living channel: remembered by this transaction, or read. */
export async function channelKeyOf(
  context: ReadContext,
  arn: ChannelArn,
): Promise<number | undefined> {
  const remembered = context.rememberedKey(arn)
  if (remembered !== undefined) return remembered
  const place = channelPlaceOf(arn)
  context.dependOn(place.appInstanceArn)
  context.dependOn(arn)
  const key = (await context.first(findChannelKey, place))?.channel_key
  if (key !== undefined) context.rememberKey(arn, key)
  return key
}

/** The same, but from memory until the channel changes. */
async function recallChannelKey(
  context: ReadContext,
  channelArn: ChannelArn,
): Promise<number | undefined> {
  const place = channelPlaceOf(channelArn)
  const { result } = await context.recall(`key of ${channelArn}`, async () => ({
    result: (await context.first(findChannelKey, place))?.channel_key,
    keys: [place.appInstanceArn, channelArn],
  }))
  if (result !== undefined) context.rememberKey(channelArn, result)
  return result
}

/** Likewise for a member. */
export async function memberKeyOf(
  context: ReadContext,
  arn: MemberArn,
): Promise<number | undefined> {
  const remembered = context.rememberedKey(arn)
  if (remembered !== undefined) return remembered
  context.dependOn(arn)
  const key = (await context.first(findMemberKey, memberPlaceOf(arn)))?.member_key
  if (key !== undefined) context.rememberKey(arn, key)
  return key
}
