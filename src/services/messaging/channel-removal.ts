// How a channel ends, whoever ends it: an operation, or its expiration.
import type { ChannelArn } from '../../base/arn.ts'
import { channelEvent } from '../../domain/channel-event.ts'
import type { Channel } from '../../domain/channel.ts'
import { channelExpiresAt } from '../../domain/expiration.ts'
import type { StoreTransaction } from '../../ports/store.ts'
import { presentChannel, presentWholeChannel } from '../presenters/channel-presenters.ts'

/** Removes the channel with everything in it, and tells its members by one event. */
// evidence: inferred (behaviour 3.1), no event tells of each membership
export async function removeChannel(
  tx: Pick<StoreTransaction, 'channels' | 'publish'>,
  channel: Channel,
): Promise<void> {
  const lastMessageAt = await tx.channels.findLastMessageAt(channel.arn)
  tx.channels.remove(channel.arn)
  const shown = { channel, lastMessageAt }
  tx.publish(
    channelEvent('DELETE_CHANNEL', channel.arn, presentChannel(shown), presentWholeChannel(shown)),
  )
}

/**
 * Removes the channel if its expiration has passed at `now`: resolves with 1, or with 0 when it was
 * removed, prolonged or used since it was found.
 */
// evidence: inferred (behaviour 3.11), the event is that of DeleteChannel
export async function removeExpiredChannel(
  tx: StoreTransaction,
  channelArn: ChannelArn,
  now: number,
): Promise<number> {
  const channel = await tx.channels.find(channelArn)
  if (channel?.expiration === undefined) return 0
  const lastMessageAt = await tx.upkeep.findNewestMessageAt(channelArn)
  if (channelExpiresAt(channel.expiration, channel.createdAt, lastMessageAt) > now) return 0
  await removeChannel(tx, channel)
  return 1
}
