// The request tokens of messages: those of persistent ones lead to the stored message, those of
// others to a copy in memory.
import { setImmediate } from 'node:timers/promises'
import type { MemberArn } from '../../base/arn.ts'
import type { Clock } from '../../base/clock.ts'
import { messageIdTimePrefix, newSecretBytes } from '../../base/ids.ts'
import type { ChannelMessage } from '../../domain/channel-message.ts'
import type { ConversationReference } from '../../ports/conversation-reference.ts'
import { REQUEST_TOKEN_WINDOW_MS } from '../../ports/store.ts'
import type { ReadContext } from '../sql/contexts.ts'
import { findMessageByToken, listRecentTokens } from '../sql/messages/message-statements.ts'
import { channelKeyOf, memberKeyOf } from '../sql/messages/messages.ts'
import { messageOf } from '../sql/rows.ts'
import { RequestTokenIndex } from './request-token-index.ts'
import { TransientMessages, type RememberedMessage } from './transient-messages.ts'

/** Rows read at a time when the tokens of a conversation are loaded, about a millisecond. */
const ROWS_PER_STEP = 500
/** Conversations remembered as loaded; a forgotten one is loaded again. */
const CONVERSATIONS_LOADED_MAX = 100_000
export class MessageTokens {
  readonly #clock: Clock
  /** Outside any transaction: a load may outlive the transaction that began it. */
  readonly #reader: ReadContext
  readonly #startedAt: number
  readonly #index: RequestTokenIndex
  readonly #loads = new Map<string, Promise<void>>()
  readonly #transients = new TransientMessages()

  constructor(clock: Clock, reader: ReadContext) {
    this.#clock = clock
    this.#reader = reader
    this.#startedAt = clock.now()
    this.#index = new RequestTokenIndex(clock, newSecretBytes(4).readInt32LE())
  }

  /** A message with a token was committed. */
  remember(key: string, message: ChannelMessage, requestHash: string): void {
    if (message.persistence === 'PERSISTENT') this.#index.add(key, message.createdAt)
    else {
      const oldest = this.#clock.now() - REQUEST_TOKEN_WINDOW_MS
      this.#transients.add(key, message, requestHash, oldest)
    }
  }

  async find(
    context: ReadContext,
    conversation: ConversationReference,
    senderArn: MemberArn,
    token: string,
  ): Promise<RememberedMessage | undefined> {
    context.dependOn(tokenDependency(conversation, senderArn, token))
    const channelKey = await channelKeyOf(context, conversation.channelArn)
    const senderKey = await memberKeyOf(context, senderArn)
    if (channelKey === undefined || senderKey === undefined) return undefined
    const { subChannelId } = conversation
    const oldest = this.#clock.now() - REQUEST_TOKEN_WINDOW_MS
    const key = tokenKey(channelKey, subChannelId, senderKey, token)
    const transient = this.#transients.find(key)
    if (transient !== undefined) {
      const { message, requestHash } = transient
      return message.createdAt < oldest ? undefined : { message, requestHash }
    }
    if (oldest < this.#startedAt) await this.#load(channelKey, subChannelId)
    const instant = this.#index.find(key)
    if (instant === undefined || instant < oldest) return undefined
    const row = await context.first(findMessageByToken, {
      channelKey,
      subChannelId,
      from: messageIdTimePrefix(instant),
      before: messageIdTimePrefix(instant + 1),
      senderKey,
      token,
    })
    if (row === undefined) return undefined
    return {
      message: messageOf(conversation.channelArn, row),
      requestHash: row.request_hash ?? '',
    }
  }

  /** Once per conversation: what an earlier process stored within the window. */
  async #load(channelKey: number, subChannelId: string): Promise<void> {
    const conversation = conversationPlace(channelKey, subChannelId)
    let load = this.#loads.get(conversation)
    if (load === undefined) {
      if (this.#loads.size >= CONVERSATIONS_LOADED_MAX) {
        for (const oldest of this.#loads.keys()) {
          this.#loads.delete(oldest)
          break
        }
      }
      load = this.#loadRows(channelKey, subChannelId)
      this.#loads.set(conversation, load)
      load.catch(() => this.#loads.delete(conversation))
    }
    await load
  }

  async #loadRows(channelKey: number, subChannelId: string): Promise<void> {
    let behind = messageIdTimePrefix(this.#clock.now() - REQUEST_TOKEN_WINDOW_MS)
    for (;;) {
      const rows = await this.#reader.all(listRecentTokens, {
        channelKey,
        subChannelId,
        behind,
        limit: ROWS_PER_STEP,
      })
      for (const row of rows) {
        behind = row.message_id
        if (row.request_token === null) continue
        const key = tokenKey(channelKey, subChannelId, row.sender_key, row.request_token)
        this.#index.add(key, row.created_at)
      }
      if (rows.length < ROWS_PER_STEP) return
      // Lets everything else have its turn; no time needs to pass.
      await setImmediate()
    }
  }
}

/** Names a conversation by internal keys, as `tokenKey` does a token. */
export function conversationPlace(channelKey: number, subChannelId: string): string {
  return `${channelKey}/${subChannelId}`
}

/** By internal keys, so that a later channel or user of the same ARN has tokens of its own. */
export function tokenKey(
  channelKey: number,
  subChannelId: string,
  senderKey: number,
  token: string,
): string {
  return `${channelKey}/${subChannelId}/${senderKey}/${token}`
}

/** What a transaction depends on that looked for a token. */
export function tokenDependency(
  { channelArn, subChannelId }: ConversationReference,
  senderArn: MemberArn,
  token: string,
): string {
  return `${channelArn}/${subChannelId} ${senderArn} ${token}`
}
