// The tables as TypeScript sees them, for the typed queries beside this file. The tables themselves
// are made in migrations/. Instants are epoch milliseconds.
import type { Generated } from 'kysely'
import type { AccessTables } from './schema-access.ts'

/**
 * `removal` is 0 while a thing exists and its own key from its removal on, so that its id can be
 * used again: one unique index covers the living one and all that had the id before.
 */
interface Removable {
  readonly removal: Generated<number>
}

interface AppInstanceTable extends Removable {
  readonly app_instance_key: Generated<number>
  readonly arn: string
  readonly name: string
  readonly metadata: string | null
  readonly created_at: number
  readonly last_updated_at: number
  readonly users_count: Generated<number>
  readonly admins_count: Generated<number>
  readonly channels_count: Generated<number>
  readonly bots_count: Generated<number>
  readonly channel_flows_count: Generated<number>
  readonly elastic_channels_count: Generated<number>
  /** JSON, an array of [key, value]. */
  readonly tags: Generated<string | null>
  readonly retention_days: Generated<number | null>
  readonly initiate_deletion_at: Generated<number | null>
  /** JSON, an array. */
  readonly streaming_configurations: Generated<string | null>
}

/** Users and bots. A removed one stays as the name under its messages. */
interface MemberTable extends Removable {
  readonly member_key: Generated<number>
  readonly app_instance_key: number
  readonly kind: string
  readonly member_id: string
  readonly arn: string
  readonly name: string
  readonly metadata: string | null
  readonly created_at: number
  readonly last_updated_at: number
  readonly memberships_count: Generated<number>
  readonly endpoints_count: Generated<number>
  /** JSON, an array of [key, value]. */
  readonly tags: Generated<string | null>
  readonly expiration_days: Generated<number | null>
  /** JSON; of bots only. */
  readonly configuration: Generated<string | null>
  /** 1 from the removal on until its memberships, moderator roles and bans have ended. */
  readonly relations_left: Generated<number>
}

/** A device of a user. Gone with its user. */
interface EndpointTable {
  readonly member_key: number
  readonly endpoint_id: string
  readonly name: string | null
  readonly type: string
  readonly resource_arn: string
  readonly device_token: string
  readonly voip_device_token: string | null
  readonly allow_messages: string
  readonly status: string
  readonly status_reason: string | null
  readonly created_at: number
  readonly last_updated_at: number
}

interface ChannelFlowTable {
  readonly channel_flow_key: Generated<number>
  readonly app_instance_key: number
  readonly flow_id: string
  readonly arn: string
  readonly name: string
  /** JSON, an array. */
  readonly processors: string
  /** JSON, an array of [key, value]. */
  readonly tags: Generated<string | null>
  readonly created_at: number
  readonly last_updated_at: number
}

interface AppInstanceAdminTable {
  readonly app_instance_key: number
  readonly member_key: number
  readonly created_at: number
}

interface ChannelTable extends Removable {
  readonly channel_key: Generated<number>
  readonly app_instance_key: number
  readonly channel_id: string
  readonly arn: string
  readonly name: string
  readonly mode: string
  readonly privacy: string
  readonly metadata: string | null
  readonly created_by_key: number
  readonly created_at: number
  readonly last_updated_at: number
  readonly memberships_count: Generated<number>
  readonly moderators_count: Generated<number>
  /** JSON, an array of [key, value]. */
  readonly tags: Generated<string | null>
  readonly channel_flow_key: Generated<number | null>
  readonly expiration_days: Generated<number | null>
  readonly expiration_criterion: Generated<string | null>
  /** JSON. */
  readonly elastic_configuration: Generated<string | null>
}

/**
 * What moves with every message, apart from the wide channel row. Gone with its channel.
 * `last_activity` is the sequence number of a commit, not an instant: it never moves backwards, so
 * that a list in its order can be paged without losing a channel that moves.
 */
interface ChannelActivityTable {
  readonly channel_key: number
  readonly app_instance_key: number
  readonly privacy: string
  readonly last_activity: number
  /**
   * Of the last persistent message that every member may see; of an elastic channel, of any
   * message, and shown to nobody.
   */
  readonly last_message_at: number | null
}

/** The last persistent targeted message that a member sent or received in a conversation. */
interface TargetedActivityTable {
  readonly channel_key: number
  readonly sub_channel_id: string
  readonly member_key: number
  readonly last_message_at: number
}

/**
 * A part of an elastic channel. A removed one (`removal` 1) stays until its messages are purged;
 * its id is never used again.
 */
interface SubChannelTable {
  readonly channel_key: number
  readonly sub_channel_id: string
  readonly created_at: number
  readonly removal: Generated<number>
  /** Without those of moderators. */
  readonly memberships_count: Generated<number>
  readonly moderators_count: Generated<number>
  /** The commit that changed `memberships_count` last: what later ones change is not in it. */
  readonly counted_sequence: Generated<number>
  /** Of the last persistent message that every member may see. */
  readonly last_message_at: Generated<number | null>
}

interface MembershipTable {
  readonly channel_key: number
  /** Empty unless the channel is elastic. */
  readonly sub_channel_id: Generated<string>
  readonly member_key: number
  readonly type: string
  /** 1 for the membership of a moderator in a sub-channel. */
  readonly of_moderator: Generated<number>
  readonly invited_by_key: number
  readonly created_at: number
  readonly last_updated_at: number
  readonly read_marker_at: Generated<number | null>
  /** JSON. */
  readonly preferences: Generated<string | null>
}

interface RoleTable {
  readonly channel_key: number
  readonly member_key: number
  readonly created_by_key: number
  readonly created_at: number
}

/** Persistent messages. A removed one stays as a tombstone without its content. */
interface MessageTable {
  readonly channel_key: number
  readonly sub_channel_id: string
  readonly message_id: string
  readonly sender_key: number
  readonly target_key: number | null
  readonly type: string
  readonly status: string
  readonly content: string | null
  readonly metadata: string | null
  readonly content_type: string | null
  /** JSON. */
  readonly attributes: string | null
  readonly created_at: number
  readonly last_updated_at: number
  readonly last_edited_at: number | null
  readonly redacted: number
  readonly removed: number
  readonly request_token: string | null
  readonly request_hash: string | null
}

interface RequestTokenTable {
  readonly scope: string
  readonly token: string
  readonly request_hash: string
  readonly response: string
  readonly expires_at: number
}

/** What is to leave the server, and with `died_at` what was given up. */
interface OutboxTable {
  readonly entry_id: Generated<number>
  readonly kind: string
  readonly target: string
  readonly ordering_key: string
  /** JSON. */
  readonly content: string
  readonly created_at: number
  readonly attempts_count: Generated<number>
  readonly due_at: number
  readonly failure: Generated<string | null>
  readonly died_at: Generated<number | null>
}

/** What a processor was asked; kept after the answer, so that a repetition is known. */
interface FlowCallbackTable {
  readonly callback_id: string
  readonly channel_arn: string
  readonly message_id: string
  /** CREATE or UPDATE. */
  readonly change: string
  /** WAITING, ANSWERED or ENDED. */
  readonly state: string
  /** JSON: the message as it is so far, the processor that is asked, and those after it. */
  readonly step: string
  readonly answer_hash: Generated<string | null>
  readonly expires_at: number
}

interface CounterTable {
  readonly name: string
  readonly value: number
}

/** All tables, for Kysely. */
export interface Database extends AccessTables {
  readonly app_instance: AppInstanceTable
  readonly member: MemberTable
  readonly app_instance_admin: AppInstanceAdminTable
  readonly channel: ChannelTable
  readonly channel_activity: ChannelActivityTable
  readonly targeted_activity: TargetedActivityTable
  readonly sub_channel: SubChannelTable
  readonly membership: MembershipTable
  readonly moderator: RoleTable
  readonly ban: RoleTable
  readonly endpoint: EndpointTable
  readonly channel_flow: ChannelFlowTable
  readonly message: MessageTable
  readonly request_token: RequestTokenTable
  readonly outbox: OutboxTable
  readonly flow_callback: FlowCallbackTable
  readonly counter: CounterTable
}
