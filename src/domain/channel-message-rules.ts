// What a channel message may hold, and how editing and redacting change it. Who may do so is
// decided in policies/channel-message.ts.
import type { ChannelMessage, ChannelMessageType, MessageAttributes } from './channel-message.ts'
import { BadRequestException, ConflictException } from './errors.ts'
import { requireBytesWithin } from './byte-limit.ts'

/** Bytes of UTF-8 in the content of a STANDARD message. */
// evidence: docs quotas page (behaviour 3.6)
export const STANDARD_CONTENT_BYTES_MAX = 4096
/** Bytes of UTF-8 in the content of a CONTROL message, which has no metadata at all. */
// evidence: docs quotas page (behaviour 3.6)
const CONTROL_CONTENT_BYTES_MAX = 30
/** Bytes of UTF-8 in the metadata of a message. */
// evidence: docs quotas page (behaviour 3.6)
const MESSAGE_METADATA_BYTES_MAX = 1024
/** Bytes of UTF-8 in the names and values of all attributes of a message together. */
// evidence: docs quotas page (behaviour 8.1)
const MESSAGE_ATTRIBUTES_BYTES_MAX = 1024

// evidence: field (behaviour 3.6), how AWS's text begins
const SIZE_EXCEEDED_TEXT = 'Channel Messages size limit exceeded'

/** The parts of a message whose size is limited. */
export interface SizedMessageParts {
  readonly type: ChannelMessageType
  readonly content?: string | undefined
  readonly metadata?: string | undefined
  readonly messageAttributes?: MessageAttributes | undefined
}

/** Throws BadRequestException, naming member, limit and size, unless every part fits. */
export function requireMessageFits(parts: SizedMessageParts): void {
  const { type, content = '', metadata = '', messageAttributes } = parts
  if (type === 'CONTROL' && metadata !== '') {
    throw new BadRequestException('Metadata is not allowed in a message of type CONTROL')
  }
  const contentMax = type === 'CONTROL' ? CONTROL_CONTENT_BYTES_MAX : STANDARD_CONTENT_BYTES_MAX
  requireBytesWithin(contentMax, content, `Content of a ${type} message`, SIZE_EXCEEDED_TEXT)
  requireBytesWithin(MESSAGE_METADATA_BYTES_MAX, metadata, 'Metadata', SIZE_EXCEEDED_TEXT)
  if (messageAttributes === undefined) return
  const text = Object.entries(messageAttributes).flat(2).join('')
  const name = 'MessageAttributes (names and values)'
  requireBytesWithin(MESSAGE_ATTRIBUTES_BYTES_MAX, text, name, SIZE_EXCEEDED_TEXT)
}

/** What an edit sets; absent members stay as they are. */
export interface ChannelMessageEdit {
  readonly content: string
  readonly metadata?: string | undefined
  readonly contentType?: string | undefined
}

/**
 * The message after its sender edited it at `now`. Throws BadRequestException for a redacted
 * message or one that no longer fits, ConflictException while it is not SENT.
 */
export function editMessage(
  message: ChannelMessage,
  edit: ChannelMessageEdit,
  now: number,
): ChannelMessage {
  // evidence: inferred (behaviour 3.8)
  if (message.redacted) {
    throw new BadRequestException('A redacted message cannot be updated')
  }
  requireSent(message)
  const editedAt = stampAfter(message, now)
  const edited: ChannelMessage = {
    ...message,
    content: edit.content,
    metadata: edit.metadata ?? message.metadata,
    contentType: edit.contentType ?? message.contentType,
    lastEditedAt: editedAt,
    lastUpdatedAt: editedAt,
  }
  requireMessageFits(edited)
  return edited
}

/**
 * The message without what it said, or undefined when it was redacted before and nothing changes.
 * Attributes go, too, because they may quote the content. Throws ConflictException while not SENT.
 */
// evidence: docs RedactChannelMessage; attributes and the repetition inferred (behaviour 3.8)
export function redactMessage(message: ChannelMessage, now: number): ChannelMessage | undefined {
  if (message.redacted) return undefined
  requireSent(message)
  return {
    ...message,
    content: undefined,
    metadata: undefined,
    messageAttributes: undefined,
    redacted: true,
    lastUpdatedAt: stampAfter(message, now),
  }
}

/** An instant that is never before the message's last one, whatever the machine's clock did. */
export function stampAfter(message: Pick<ChannelMessage, 'lastUpdatedAt'>, now: number): number {
  return Math.max(now, message.lastUpdatedAt)
}

function requireSent(message: ChannelMessage): void {
  if (message.status !== 'SENT') {
    throw new ConflictException(`The message is ${message.status}, not SENT`)
  }
}
