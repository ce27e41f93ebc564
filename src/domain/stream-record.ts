// What of the events of a channel goes into data streams, and how it is written there. Where it
// goes is decided by src/outbound/routing/stream-routing.ts.
import type { ChannelEvent, ChannelEventType } from './channel-event.ts'
import type { StreamingConfiguration } from './identity.ts'

type DataType = StreamingConfiguration['dataType']

/** Absent: not streamed. */
// evidence: docs data streaming (behaviour 6). UPDATE_CHANNEL_MEMBERSHIP: field. What became of a
// message in a flow concerns its sender alone, and of a batch each membership has its own record.
const DATA_TYPES: Readonly<Record<ChannelEventType, DataType | undefined>> = {
  CREATE_CHANNEL_MESSAGE: 'ChannelMessage',
  UPDATE_CHANNEL_MESSAGE: 'ChannelMessage',
  REDACT_CHANNEL_MESSAGE: 'ChannelMessage',
  DELETE_CHANNEL_MESSAGE: 'ChannelMessage',
  PENDING_CREATE_CHANNEL_MESSAGE: undefined,
  PENDING_UPDATE_CHANNEL_MESSAGE: undefined,
  FAILED_CREATE_CHANNEL_MESSAGE: undefined,
  FAILED_UPDATE_CHANNEL_MESSAGE: undefined,
  DENIED_CREATE_CHANNEL_MESSAGE: undefined,
  DENIED_UPDATE_CHANNEL_MESSAGE: undefined,
  CREATE_CHANNEL: 'Channel',
  UPDATE_CHANNEL: 'Channel',
  UPDATE_CHANNEL_EXPIRATION_SETTINGS: 'Channel',
  DELETE_CHANNEL: 'Channel',
  CREATE_CHANNEL_MEMBERSHIP: 'Channel',
  BATCH_CREATE_CHANNEL_MEMBERSHIP: undefined,
  UPDATE_CHANNEL_MEMBERSHIP: 'Channel',
  DELETE_CHANNEL_MEMBERSHIP: 'Channel',
  CREATE_CHANNEL_BAN: 'Channel',
  DELETE_CHANNEL_BAN: 'Channel',
  CREATE_CHANNEL_MODERATOR: 'Channel',
  DELETE_CHANNEL_MODERATOR: 'Channel',
  CREATE_SUB_CHANNEL: 'Channel',
  DELETE_SUB_CHANNEL: 'Channel',
}

/** Which streams hear of events of this type; undefined when none does. */
export function streamDataTypeOf(type: ChannelEventType): DataType | undefined {
  return DATA_TYPES[type]
}

/**
 * The record: one JSON object whose `Payload` is an object, not a text as on the socket. Instants
 * are ISO text, absent members are left out.
 */
// evidence: docs data streaming, field (behaviour 6)
export function streamRecordOf({
  type,
  payload,
  streamPayload = payload,
}: Pick<ChannelEvent, 'type' | 'payload' | 'streamPayload'>): string {
  return JSON.stringify({ EventType: type, Payload: streamPayload })
}

/** The parts of a Kinesis stream's ARN. */
export interface StreamName {
  readonly region: string
  readonly name: string
}

/**
 * A name of 1 to 128 characters behind the type of the resource. The region becomes part of a
 * host's name.
 */
// evidence: docs Kinesis CreateStream
const STREAM = /^arn:[a-z0-9-]+:kinesis:([a-z0-9-]{1,63}):[^:]*:stream\/([a-zA-Z0-9_.-]{1,128})$/

/** Undefined for what is not the ARN of a Kinesis data stream. */
export function parseStreamArn(arn: string): StreamName | undefined {
  const [, region, name] = STREAM.exec(arn) ?? []
  return region === undefined || name === undefined ? undefined : { region, name }
}
