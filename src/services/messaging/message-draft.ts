// From the members of a SendChannelMessage request to the message that the store will keep.
import type { ChannelArn, MemberArn } from '../../base/arn.ts'
import { requireMessageFits } from '../../domain/channel-message-rules.ts'
import type {
  ChannelMessageDraft,
  ChannelMessagePersistence,
  ChannelMessageType,
  MessageAttributes,
  PushNotification,
} from '../../domain/channel-message.ts'
import { BadRequestException } from '../../domain/errors.ts'
import type { Identity } from '../../domain/identity.ts'

/** What a sender chooses, as on the wire. */
export interface MessageInput {
  readonly Content: string
  readonly Type: ChannelMessageType
  readonly Persistence: ChannelMessagePersistence
  readonly SubChannelId?: string | undefined
  readonly Metadata?: string | undefined
  readonly ContentType?: string | undefined
  readonly MessageAttributes?: WireAttributes | undefined
  readonly PushNotification?: WirePushNotification | undefined
}

interface WirePushNotification {
  readonly Title?: string | undefined
  readonly Body?: string | undefined
  readonly Type?: PushNotification['type'] | undefined
}

type WireAttributes = Readonly<
  Record<string, { readonly StringValues?: readonly string[] | undefined }>
>

/** What the server knows of the message before it is written. */
export interface MessageAddress {
  readonly channelArn: ChannelArn
  readonly sender: Identity
  readonly target: MemberArn | undefined
}

/**
 * The draft of a message, for the conversation that `input` names: whether the sender belongs there
 * is not checked here. Throws BadRequestException when it breaks a rule of behaviour 3.6.
 */
export function draftMessage(input: MessageInput, address: MessageAddress): ChannelMessageDraft {
  const draft: ChannelMessageDraft = {
    ...address,
    subChannelId: input.SubChannelId ?? '',
    type: input.Type,
    persistence: input.Persistence,
    content: input.Content,
    metadata: input.Metadata,
    contentType: input.ContentType,
    messageAttributes: attributesOf(input.MessageAttributes),
    pushNotification: pushNotificationOf(input.PushNotification),
  }
  requireMessageFits(draft)
  return draft
}

/** What devices are to show. Throws BadRequestException when it says nothing. */
// evidence: inferred (behaviour 7.1)
export function pushNotificationOf(
  push: WirePushNotification | undefined,
): PushNotification | undefined {
  if (push === undefined) return undefined
  const { Title: title, Body: body, Type: type = 'DEFAULT' } = push
  if (title === undefined && body === undefined) {
    throw new BadRequestException('PushNotification needs a Title or a Body')
  }
  return { title, body, type }
}

/** The attributes of a message as the store keeps them. */
export function attributesOf(
  attributes: WireAttributes | undefined,
): MessageAttributes | undefined {
  if (attributes === undefined) return undefined
  return Object.fromEntries(
    Object.entries(attributes).map(([name, { StringValues }]) => [name, StringValues ?? []]),
  )
}
