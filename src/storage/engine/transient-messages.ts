// Non-persistent messages that a repeated request may ask for again: in memory, for as long as
// their tokens are good, within a bound of bytes. They do not outlive the process.
import type { ChannelMessage } from '../../domain/channel-message.ts'

/** Memory for all of them; the oldest go first. */
const BYTES_MAX = 32 * 1024 * 1024
/** What a message takes besides its texts, which take two bytes a character at most. */
const OVERHEAD_BYTES = 1_024
/** Forgotten places at the head of the order are given back once there are this many. */
const FORGOTTEN_MAX = 4_096

export interface RememberedMessage {
  readonly message: ChannelMessage
  readonly requestHash: string
}

interface Remembered extends RememberedMessage {
  readonly key: string
  readonly bytes: number
}

export class TransientMessages {
  readonly #byKey = new Map<string, Remembered>()
  /**
   * The oldest first, from `#head` on. Not the map's own order: finding its first entry after many
   * deletions walks over all of them.
   */
  #order: Remembered[] = []
  #head = 0
  #bytes = 0

  /** Remembers one, and forgets those from before `oldest` (epoch milliseconds). */
  add(key: string, message: ChannelMessage, requestHash: string, oldest: number): void {
    const remembered = { key, message, requestHash, bytes: bytesOf(message) }
    this.#byKey.set(key, remembered)
    this.#order.push(remembered)
    this.#bytes += remembered.bytes
    for (;;) {
      const first = this.#order[this.#head]
      if (first === undefined) break
      if (first.message.createdAt >= oldest && this.#bytes <= BYTES_MAX) break
      this.#forget(first)
    }
    if (this.#head < FORGOTTEN_MAX) return
    this.#order = this.#order.slice(this.#head)
    this.#head = 0
  }

  find(key: string): RememberedMessage | undefined {
    return this.#byKey.get(key)
  }

  /** For tests. */
  get messagesCount(): number {
    return this.#byKey.size
  }

  #forget(first: Remembered): void {
    this.#head += 1
    this.#bytes -= first.bytes
    if (this.#byKey.get(first.key) === first) this.#byKey.delete(first.key)
  }
}

function bytesOf({ content, metadata, messageAttributes }: ChannelMessage): number {
  const characters =
    (content?.length ?? 0) +
    (metadata?.length ?? 0) +
    (messageAttributes === undefined ? 0 : JSON.stringify(messageAttributes).length)
  return 2 * characters + OVERHEAD_BYTES
}
