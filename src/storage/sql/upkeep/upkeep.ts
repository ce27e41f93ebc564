// What background work reads and purges; the statements are beside it.
import type { AppInstanceUserArn, ChannelArn } from '../../../base/arn.ts'
import type { Page, PageRequest } from '../../../ports/paging.ts'
import type {
  RetainedConversation,
  UpkeepReader as Reads,
  UpkeepWriter as Writes,
} from '../../../ports/store-upkeep.ts'
import type { ReadContext, WriteContext } from '../contexts.ts'
import { purgeRequestTokens } from '../request-tokens.ts'
import { findNewestMessageAt, listExpiredChannels, listExpiredUsers } from './expired.ts'
import { purgeRemovedAppInstances } from './removed-app-instances.ts'
import { purgeRemovedChannels } from './removed-channels.ts'
import { purgeRemovedSubChannels } from './removed-sub-channels.ts'
import { listRetainedConversations, purgeMessages, purgeTombstones } from './retained-messages.ts'

export class UpkeepReader implements Reads {
  readonly #context: ReadContext

  constructor(context: ReadContext) {
    this.#context = context
  }

  listExpiredChannels(now: number, page: PageRequest): Promise<Page<ChannelArn>> {
    return listExpiredChannels(this.#context, now, page)
  }

  findNewestMessageAt(channelArn: ChannelArn): Promise<number | undefined> {
    return findNewestMessageAt(this.#context, channelArn)
  }

  listExpiredUsers(now: number, page: PageRequest): Promise<Page<AppInstanceUserArn>> {
    return listExpiredUsers(this.#context, now, page)
  }

  listRetainedConversations(now: number, page: PageRequest): Promise<Page<RetainedConversation>> {
    return listRetainedConversations(this.#context, now, page)
  }
}

export class UpkeepWriter extends UpkeepReader implements Writes {
  readonly #context: WriteContext

  constructor(context: WriteContext) {
    super(context)
    this.#context = context
  }

  async purgeRemoved(limit: number): Promise<number> {
    // Each before what it belongs to.
    const purges = [purgeRemovedSubChannels, purgeRemovedChannels, purgeRemovedAppInstances]
    for (const purge of purges) {
      const count = await purge(this.#context, limit)
      if (count > 0) return count
    }
    return 0
  }

  purgeMessages(conversation: RetainedConversation, limit: number): Promise<number> {
    return purgeMessages(this.#context, conversation, limit)
  }

  purgeTombstones(now: number, limit: number): Promise<number> {
    return purgeTombstones(this.#context, now, limit)
  }

  purgeRequestTokens(now: number, limit: number): Promise<number> {
    return purgeRequestTokens(this.#context, now, limit)
  }
}
