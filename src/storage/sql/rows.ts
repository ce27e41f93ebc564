// From rows to what the domain speaks of: the one place that knows how columns become members.
import type {
  AppInstanceArn,
  AppInstanceBotArn,
  AppInstanceUserArn,
  ChannelArn,
  ChannelFlowArn,
  MemberArn,
} from '../../base/arn.ts'
import { assert } from '../../base/assert.ts'
import type {
  ChannelMessage,
  ChannelMessageDraft,
  MessageAttributes,
  MessageId,
} from '../../domain/channel-message.ts'
import type {
  Channel,
  ChannelExpiration,
  ChannelMode,
  ChannelPrivacy,
  ElasticChannelConfiguration,
} from '../../domain/channel.ts'
import type {
  AppInstance,
  AppInstanceBot,
  AppInstanceUser,
  Identity,
  LexConfiguration,
} from '../../domain/identity.ts'

export interface NamedRow {
  readonly arn: string
  readonly name: string
  readonly metadata: string | null
  readonly created_at: number
  readonly last_updated_at: number
}

export interface ChannelRow extends NamedRow {
  readonly mode: string
  readonly privacy: string
  readonly creator_arn: string
  readonly creator_name: string
  /** The settings are read only where they show or matter: lists leave them out. */
  readonly expiration_days?: number | null
  readonly expiration_criterion?: string | null
  readonly elastic_configuration?: string | null
  readonly flow_arn?: string | null
}

export interface MessageRow {
  readonly message_id: string
  readonly sub_channel_id: string
  readonly sender_arn: string
  readonly sender_name: string
  readonly sender_removal: number
  readonly target_arn: string | null
  readonly target_removal: number | null
  readonly type: string
  readonly status: string
  readonly content: string | null
  readonly metadata: string | null
  readonly content_type: string | null
  readonly attributes: string | null
  readonly created_at: number
  readonly last_updated_at: number
  readonly last_edited_at: number | null
  readonly redacted: number
}

export function appInstanceOf(row: NamedRow): AppInstance {
  return { ...namedThingOf(row), arn: row.arn as AppInstanceArn }
}

export function appInstanceUserOf(
  row: NamedRow & { readonly expiration_days: number | null },
): AppInstanceUser {
  return {
    ...namedThingOf(row),
    arn: row.arn as AppInstanceUserArn,
    expirationDays: row.expiration_days ?? undefined,
  }
}

export function appInstanceBotOf(
  row: NamedRow & { readonly configuration: string | null },
): AppInstanceBot {
  assert(row.configuration !== null, 'a bot has a configuration')
  return {
    ...namedThingOf(row),
    arn: row.arn as AppInstanceBotArn,
    configuration: JSON.parse(row.configuration) as LexConfiguration,
  }
}

export function identityOf(arn: string, name: string): Identity {
  return { arn: arn as MemberArn, name }
}

export function channelOf(row: ChannelRow): Channel {
  return {
    arn: row.arn as ChannelArn,
    name: row.name,
    mode: row.mode as ChannelMode,
    privacy: row.privacy as ChannelPrivacy,
    metadata: row.metadata ?? undefined,
    createdBy: identityOf(row.creator_arn, row.creator_name),
    createdAt: row.created_at,
    lastUpdatedAt: row.last_updated_at,
    channelFlowArn: (row.flow_arn as ChannelFlowArn | null | undefined) ?? undefined,
    expiration: expirationOf(row),
    elasticChannelConfiguration:
      typeof row.elastic_configuration === 'string'
        ? (JSON.parse(row.elastic_configuration) as ElasticChannelConfiguration)
        : undefined,
  }
}

function expirationOf(row: ChannelRow): ChannelExpiration | undefined {
  if (typeof row.expiration_days !== 'number') return undefined
  return {
    days: row.expiration_days,
    criterion: row.expiration_criterion as ChannelExpiration['criterion'],
  }
}

export function messageOf(channelArn: ChannelArn, row: MessageRow): ChannelMessage {
  return {
    channelArn,
    subChannelId: row.sub_channel_id,
    messageId: row.message_id as MessageId,
    sender: identityOf(row.sender_arn, row.sender_name),
    type: row.type as ChannelMessageDraft['type'],
    persistence: 'PERSISTENT',
    content: row.content ?? undefined,
    metadata: row.metadata ?? undefined,
    contentType: row.content_type ?? undefined,
    messageAttributes:
      row.attributes === null ? undefined : (JSON.parse(row.attributes) as MessageAttributes),
    target: (row.target_arn as MemberArn | null) ?? undefined,
    createdAt: row.created_at,
    lastUpdatedAt: row.last_updated_at,
    lastEditedAt: row.last_edited_at ?? undefined,
    redacted: row.redacted !== 0,
    status: row.status as ChannelMessage['status'],
    isSenderRemoved: row.sender_removal === 0 ? undefined : true,
    isTargetRemoved: (row.target_removal ?? 0) === 0 ? undefined : true,
  }
}

function namedThingOf(row: NamedRow) {
  return {
    name: row.name,
    metadata: row.metadata ?? undefined,
    createdAt: row.created_at,
    lastUpdatedAt: row.last_updated_at,
  }
}

/** The later of two instants, either of which may be missing. */
export function lastOf(one: number | null, other: number | null): number | undefined {
  if (one === null) return other ?? undefined
  return other === null ? one : Math.max(one, other)
}
