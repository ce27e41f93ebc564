// Shows new sessions the channels that they asked for, a few sessions at a time and channel by
// channel, so that a storm of connects holds up nothing else. What is shown: channel-details.ts.
//
// The session hears its channels before the first one is read. So every message is in the details,
// or comes as an event, or both: an event that was published before the reading may still be on its
// way. Details are never older than an event that went before them, unless their channel is so busy
// that it changes during every attempt to read it; then they may lack what was just sent.
import type { Logger } from '../base/logger.ts'
import type { Limits } from '../domain/limits.ts'
import type { ConversationReference } from '../ports/conversation-reference.ts'
import type { PrefetchOrder } from '../ports/store-moderation.ts'
import { readChannelDetails, type ChannelDetailsOptions } from './channel-details.ts'
import { CLOSE_CODES } from './close-codes.ts'
import { channelDetailsFrame } from './frame.ts'
import type { Hub, HubSession } from './hub.ts'

/** Sessions that are shown channels at the same time: each reads one channel a turn. */
// evidence: measured (a channel of 20 messages takes some 0.5 ms of the event loop)
export const PREFETCHES_RUNNING_MAX = 4

/**
 * Most bytes that wait for a session before it is shown another channel. With the largest details
 * on top, some 900 KB of escaped content, they still fit what may wait for a session at all.
 */
const PREFETCH_QUEUED_BYTES_MAX = 64 * 1024

/** Readings of a channel that changes while it is read. */
const ATTEMPTS_MAX = 3

/** A session as far as prefetch needs it. */
export interface PrefetchSession extends HubSession {
  readonly requestId: string
  readonly queuedBytes: number
  whenTaken(action: () => void): void
}

export interface PrefetcherOptions extends ChannelDetailsOptions {
  readonly hub: Pick<Hub, 'lastEventHeard'>
  readonly limits: ChannelDetailsOptions['limits'] & Pick<Limits, 'prefetchedChannels'>
  readonly logger: Logger
  /** Told how many frames were handed to sessions. */
  readonly delivered: (framesCount: number) => void
}

interface Prefetch {
  readonly session: PrefetchSession
  readonly order: PrefetchOrder
  /** What is still to be shown; absent before the list was read. */
  conversations: ConversationReference[] | undefined
}

export class Prefetcher {
  readonly #options: PrefetcherOptions
  /** In the order of arrival. */
  readonly #waiting = new Set<Prefetch>()
  #runningCount = 0
  #settledWaiters: (() => void)[] = []

  constructor(options: PrefetcherOptions) {
    this.#options = options
  }

  /** Shows the session its channels, beginning in a later turn. It must be established. */
  begin(session: PrefetchSession, order: PrefetchOrder): void {
    this.#enqueue({ session, order, conversations: undefined })
  }

  /** Resolves when nothing is left to show, except to sessions that do not take what they have. */
  settled(): Promise<void> {
    if (this.#runningCount === 0) return Promise.resolve()
    return new Promise((resolve) => this.#settledWaiters.push(resolve))
  }

  #enqueue(prefetch: Prefetch): void {
    this.#waiting.add(prefetch)
    this.#startNext()
  }

  #startNext(): void {
    for (const prefetch of this.#waiting) {
      if (this.#runningCount >= PREFETCHES_RUNNING_MAX) return
      this.#waiting.delete(prefetch)
      this.#runningCount += 1
      void this.#run(prefetch)
    }
  }

  async #run(prefetch: Prefetch): Promise<void> {
    const { session } = prefetch
    try {
      await this.#show(prefetch)
    } catch (error) {
      // A client that asked for its channels and misses some would show an old world: it returns.
      if (session.isOpen) {
        this.#options.logger.error({ requestId: session.requestId, err: error }, 'prefetch failed')
        session.end(CLOSE_CODES.internalError)
      }
    }
    this.#runningCount -= 1
    this.#startNext()
    if (this.#runningCount > 0) return
    for (const resolve of this.#settledWaiters.splice(0)) resolve()
  }

  async #show(prefetch: Prefetch): Promise<void> {
    const { session, order } = prefetch
    const { store, limits, delivered } = this.#options
    await nextTurn()
    if (!session.isOpen) return
    prefetch.conversations ??= [
      ...(await store.ownMemberships.listForPrefetch(
        session.memberArn,
        order,
        limits.prefetchedChannels,
      )),
    ]
    while (prefetch.conversations.length > 0) {
      await nextTurn()
      if (!session.isOpen) return
      if (session.queuedBytes > PREFETCH_QUEUED_BYTES_MAX) {
        // Others go first; a session that never takes anything is closed by its unanswered pings.
        session.whenTaken(() => this.#enqueue(prefetch))
        return
      }
      const conversation = prefetch.conversations.shift()
      const details = conversation && (await this.#read(session, conversation))
      if (details === undefined || !session.isOpen) continue
      session.deliver(channelDetailsFrame(details))
      delivered(1)
    }
  }

  /** Undefined for a channel that the member has left meanwhile. */
  async #read(session: PrefetchSession, conversation: ConversationReference) {
    const { hub } = this.#options
    for (let attempt = 1; ; attempt += 1) {
      const before = hub.lastEventHeard(session, conversation)
      if (before === undefined) return undefined
      const details = await readChannelDetails(conversation, session.memberArn, this.#options)
      const after = hub.lastEventHeard(session, conversation)
      if (details === undefined || after === undefined) return undefined
      if (after === before || attempt === ATTEMPTS_MAX) return details
    }
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
