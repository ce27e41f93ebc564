// When channels and users are deleted by themselves.
import type { ChannelExpiration } from './channel.ts'

/** Milliseconds of a day as expiration and retention count it. */
export const DAY_MS = 24 * 60 * 60 * 1000

/**
 * The instant from which on a channel may be deleted, epoch milliseconds. A channel without any
 * message counts from its creation.
 */
// evidence: docs channel expiration; without a message inferred (behaviour 3.11)
export function channelExpiresAt(
  expiration: ChannelExpiration,
  createdAt: number,
  lastMessageAt: number | undefined,
): number {
  const since =
    expiration.criterion === 'LAST_MESSAGE_TIMESTAMP' ? (lastMessageAt ?? createdAt) : createdAt
  return since + expiration.days * DAY_MS
}
