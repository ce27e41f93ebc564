// The instants of messages: strictly increasing within each conversation, in the order of commits.
import type { Clock } from '../../base/clock.ts'

/** Conversations whose last instant is kept; some 10 MB. Others are read again when they speak. */
const CONVERSATIONS_KEPT = 65_536

interface Conversation {
  /** The last instant that was given out, perhaps to a transaction that did not commit. */
  given: number
  /** The last instant that has its place in the order of commits. */
  committed: number
}

export class ConversationClock {
  readonly #clock: Clock
  readonly #kept: number
  /** The one that spoke least recently first. */
  readonly #conversations = new Map<string, Conversation>()

  constructor(clock: Clock, kept = CONVERSATIONS_KEPT) {
    this.#clock = clock
    this.#kept = kept
  }

  /** An instant later than all that were given before; `loadLast` tells what the database has. */
  async next(conversation: string, loadLast: () => Promise<number | undefined>): Promise<number> {
    if (!this.#conversations.has(conversation)) {
      const last = (await loadLast()) ?? 0
      // Another transaction may have loaded it meanwhile, and given out more.
      if (!this.#conversations.has(conversation)) {
        this.#conversations.set(conversation, { given: last, committed: last })
      }
    }
    const known = this.#conversations.get(conversation) ?? { given: 0, committed: 0 }
    known.given = Math.max(this.#clock.now(), known.given + 1)
    this.#conversations.delete(conversation)
    this.#conversations.set(conversation, known)
    this.#forget()
    return known.given
  }

  /** Whether a message of `instant` may commit next. */
  mayCommit(conversation: string, instant: number): boolean {
    const known = this.#conversations.get(conversation)
    return known !== undefined && instant > known.committed
  }

  commit(conversation: string, instant: number): void {
    const known = this.#conversations.get(conversation)
    if (known !== undefined) known.committed = instant
  }

  /** Only what the clock has passed: the clock alone keeps those increasing. */
  #forget(): void {
    if (this.#conversations.size <= this.#kept) return
    const [oldest] = this.#conversations
    if (oldest !== undefined && oldest[1].given < this.#clock.now()) {
      this.#conversations.delete(oldest[0])
    }
  }
}
