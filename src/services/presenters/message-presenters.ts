// Messages as the wire shows them. Answers and event payloads look the same, so both come from
// here.
import type { ChannelMessage } from '../../domain/channel-message.ts'
import { presentIdentity } from './identity-presenters.ts'

/** What lists and prefetched channels show of a message. */
// evidence: sdk sample chat app (behaviour 1.10): Status and Sender always, LastEditedTimestamp
// only when edited, because its presence makes clients print "edited"
export function presentMessageSummary(message: ChannelMessage) {
  return {
    MessageId: message.messageId,
    Content: message.content,
    Metadata: message.metadata,
    Type: message.type,
    CreatedTimestamp: new Date(message.createdAt),
    LastUpdatedTimestamp: new Date(message.lastUpdatedAt),
    LastEditedTimestamp:
      message.lastEditedAt === undefined ? undefined : new Date(message.lastEditedAt),
    Sender: presentIdentity(message.sender),
    Redacted: message.redacted,
    Status: presentMessageStatus(message),
    MessageAttributes: presentAttributes(message),
    ContentType: message.contentType,
    Target: message.target === undefined ? undefined : [{ MemberArn: message.target }],
  }
}

export function presentMessage(message: ChannelMessage) {
  return {
    ...presentMessageSummary(message),
    ChannelArn: message.channelArn,
    Persistence: message.persistence,
    SubChannelId: presentSubChannelId(message),
  }
}

/** Absent unless the channel is elastic. */
export function presentSubChannelId({ subChannelId }: { readonly subChannelId: string }) {
  return subChannelId === '' ? undefined : subChannelId
}

/** Why a message was not sent, unless something else is said. */
// evidence: inferred (behaviour 1.10)
const STATUS_DETAILS: Partial<Record<ChannelMessage['status'], string>> = {
  FAILED: 'Processor could not be invoked',
  DENIED: 'Denied by processor',
}

export function presentMessageStatus(
  { status }: Pick<ChannelMessage, 'status'>,
  detail = STATUS_DETAILS[status],
) {
  return { Value: status, Detail: detail }
}

/** The payload of what becomes of a message in a flow, with the reason if it is not the usual. */
export function presentProcessedMessage(message: ChannelMessage, detail?: string) {
  return { ...presentMessage(message), Status: presentMessageStatus(message, detail) }
}

/** The answer to whoever sent or edited a message. */
export function presentSentMessage(message: ChannelMessage) {
  return {
    ChannelArn: message.channelArn,
    MessageId: message.messageId,
    Status: presentMessageStatus(message),
    SubChannelId: presentSubChannelId(message),
  }
}

/** The payload of DELETE_CHANNEL_MESSAGE: who and when, but no longer what. */
// evidence: inferred (behaviour 1.10), clients dereference Sender and Status of every message
export function presentDeletedMessage(message: ChannelMessage, deletedAt: number) {
  return {
    ...presentMessage(message),
    Content: undefined,
    Metadata: undefined,
    MessageAttributes: undefined,
    LastUpdatedTimestamp: new Date(deletedAt),
  }
}

function presentAttributes({ messageAttributes }: ChannelMessage) {
  if (messageAttributes === undefined) return undefined
  return Object.fromEntries(
    Object.entries(messageAttributes).map(([name, values]) => [name, { StringValues: values }]),
  )
}
