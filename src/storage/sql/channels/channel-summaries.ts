// What every list shows of a channel, and of a membership to the member itself.
import type { ChannelSummary, MembershipType, OwnMembership } from '../../../domain/channel.ts'
import { channelOf, lastOf, type ChannelRow } from '../rows.ts'
import { LISTED_CHANNEL_COLUMNS } from './channel-columns.ts'

/** What a channel's summary is made of. */
export interface SummaryRow extends ChannelRow {
  readonly last_message_at: number | null
  readonly targeted_at: number | null
}

/** A channel as every list shows it, but for the messages that everybody may see. */
export const SUMMARY_COLUMNS = [
  ...LISTED_CHANNEL_COLUMNS,
  't.last_message_at as targeted_at',
] as const

/** A channel with what only the member itself sees. */
export function ownMembershipOf(
  row: SummaryRow & {
    readonly membership_type: string
    readonly sub_channel_id: string
    readonly read_marker_at: number | null
  },
): OwnMembership {
  return {
    ...summaryOf(row),
    type: row.membership_type as MembershipType,
    subChannelId: row.sub_channel_id,
    readMarkerAt: row.read_marker_at ?? undefined,
  }
}

export function summaryOf(row: SummaryRow): ChannelSummary {
  return {
    channel: channelOf(row),
    lastMessageAt: lastOf(row.last_message_at, row.targeted_at),
  }
}
