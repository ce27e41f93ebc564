// Messages in a transaction: where a new one gets its instant and id, and where its token is kept.
import type { MemberArn } from '../../base/arn.ts'
import { assert } from '../../base/assert.ts'
import type {
  ChannelMessage,
  ChannelMessageDraft,
  MessageId,
} from '../../domain/channel-message.ts'
import type { ConversationReference } from '../../ports/conversation-reference.ts'
import type { Page } from '../../ports/paging.ts'
import type { MessageListRequest, StoreReader, StoreTransaction } from '../../ports/store.ts'
import type { ReadContext } from '../sql/contexts.ts'
import {
  findLastInstant,
  insertMessage,
  moveTargetedActivity,
} from '../sql/messages/message-statements.ts'
import {
  attributesText,
  channelKeyOf,
  findMessage,
  listMessages,
  memberKeyOf,
  removeMessage,
  replaceMessage,
} from '../sql/messages/messages.ts'
import type { ConversationClock } from './conversation-clock.ts'
import {
  conversationPlace,
  tokenDependency,
  tokenKey,
  type MessageTokens,
} from './message-tokens.ts'
import type { TransactionContext } from './transaction-context.ts'
import type { RememberedMessage } from './transient-messages.ts'

/** What the messages of one store share. */
export interface MessageServices {
  readonly tokens: MessageTokens
  readonly conversations: ConversationClock
  readonly newMessageId: (createdAt: number) => string
}

export class MessageReader {
  readonly #context: ReadContext
  readonly #tokens: MessageTokens

  constructor(context: ReadContext, tokens: MessageTokens) {
    this.#context = context
    this.#tokens = tokens
  }

  find(
    conversation: ConversationReference,
    messageId: MessageId,
  ): Promise<ChannelMessage | undefined> {
    return findMessage(this.#context, conversation, messageId)
  }

  list(
    conversation: ConversationReference,
    request: MessageListRequest,
  ): Promise<Page<ChannelMessage>> {
    return listMessages(this.#context, conversation, request)
  }

  findByRequestToken(
    conversation: ConversationReference,
    senderArn: MemberArn,
    token: string,
  ): Promise<RememberedMessage | undefined> {
    return this.#tokens.find(this.#context, conversation, senderArn, token)
  }
}

type Writes = Omit<StoreTransaction['messages'], keyof StoreReader['messages']>

export class MessageWriter extends MessageReader implements Writes {
  readonly #context: TransactionContext
  readonly #services: MessageServices

  constructor(context: TransactionContext, services: MessageServices) {
    super(context, services.tokens)
    this.#context = context
    this.#services = services
  }

  async append(
    draft: ChannelMessageDraft,
    status: ChannelMessage['status'],
    request?: { readonly token: string; readonly requestHash: string },
  ): Promise<ChannelMessage> {
    const context = this.#context
    const { channelArn, subChannelId, sender, target } = draft
    const channelKey = await channelKeyOf(context, channelArn)
    const senderKey = await memberKeyOf(context, sender.arn)
    const targetKey = target === undefined ? null : await memberKeyOf(context, target)
    assert(channelKey !== undefined, 'a message goes to a channel that exists')
    assert(senderKey !== undefined, 'a message comes from a member that exists')
    assert(targetKey !== undefined, 'a message is targeted at a member that exists')
    const createdAt = await this.#stamp(channelKey, subChannelId)
    context.assertOpen()
    const message: ChannelMessage = {
      ...draft,
      messageId: this.#services.newMessageId(createdAt) as MessageId,
      createdAt,
      lastUpdatedAt: createdAt,
      redacted: false,
      status,
    }
    if (draft.persistence === 'PERSISTENT') {
      this.#insert(message, { channelKey, senderKey, targetKey }, request)
    }
    if (request !== undefined) {
      const { token, requestHash } = request
      const key = tokenKey(channelKey, subChannelId, senderKey, token)
      context.changeKey(tokenDependency(draft, sender.arn, token))
      const { tokens } = this.#services
      context.effects.push(() => tokens.remember(key, message, requestHash))
    }
    return message
  }

  replace(message: ChannelMessage): void {
    replaceMessage(this.#context, message)
  }

  async release(message: ChannelMessage): Promise<void> {
    const { channelArn, sender, target } = message
    const channelKey = await channelKeyOf(this.#context, channelArn)
    assert(channelKey !== undefined, 'a message is released in a channel that exists')
    replaceMessage(this.#context, message)
    if (target === undefined) {
      this.#countActivity(message, { channelKey, senderKey: undefined, targetKey: null })
      return
    }
    // Of members that were removed meanwhile nobody asks when they last saw something.
    const keyOf = (arn: MemberArn, isRemoved: true | undefined) =>
      isRemoved === true ? Promise.resolve(undefined) : memberKeyOf(this.#context, arn)
    const senderKey = await keyOf(sender.arn, message.isSenderRemoved)
    const targetKey = await keyOf(target, message.isTargetRemoved)
    this.#countActivity(message, { channelKey, senderKey, targetKey })
  }

  remove(conversation: ConversationReference, messageId: MessageId): void {
    removeMessage(this.#context, conversation, messageId)
  }

  async #stamp(channelKey: number, subChannelId: string): Promise<number> {
    const conversation = conversationPlace(channelKey, subChannelId)
    const instant = await this.#services.conversations.next(conversation, async () => {
      const last = await this.#context.first(findLastInstant, { channelKey, subChannelId })
      return last?.created_at
    })
    this.#context.stamps.push({ conversation, instant })
    return instant
  }

  #insert(
    message: ChannelMessage,
    keys: { channelKey: number; senderKey: number; targetKey: number | null },
    request: { readonly token: string; readonly requestHash: string } | undefined,
  ): void {
    const context = this.#context
    const { channelKey, senderKey, targetKey } = keys
    const { createdAt } = message
    context.change(insertMessage, {
      channelKey,
      subChannelId: message.subChannelId,
      messageId: message.messageId,
      senderKey,
      targetKey,
      type: message.type,
      status: message.status,
      content: message.content ?? null,
      metadata: message.metadata ?? null,
      contentType: message.contentType ?? null,
      attributes: attributesText(message),
      createdAt,
      requestToken: request?.token ?? null,
      requestHash: request?.requestHash ?? null,
    })
    // What only its sender may see is no activity of the channel.
    if (message.status === 'SENT') this.#countActivity(message, keys)
  }

  #countActivity({ createdAt, subChannelId }: ChannelMessage, keys: ActivityKeys): void {
    const context = this.#context
    const { channelKey, senderKey, targetKey } = keys
    const before = context.activities.get(channelKey) ?? 0
    // That of an elastic channel shows nowhere: it stands for all messages, for the expiration.
    const isOfAll = targetKey === null || subChannelId !== ''
    context.activities.set(channelKey, isOfAll ? Math.max(before, createdAt) : before)
    if (targetKey === null) {
      if (subChannelId === '') return
      context.subChannelActivities.push({ channelKey, subChannelId, lastMessageAt: createdAt })
      return
    }
    for (const memberKey of new Set([senderKey, targetKey])) {
      if (memberKey === undefined) continue
      context.change(moveTargetedActivity, { channelKey, subChannelId, memberKey, createdAt })
    }
  }
}

/** Whose lists a targeted message moves; undefined for who was removed, null for no target. */
interface ActivityKeys {
  readonly channelKey: number
  readonly senderKey: number | undefined
  readonly targetKey: number | null | undefined
}
