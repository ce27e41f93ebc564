// A small kit for processors of channel flows: say what becomes of a message, and it is answered.
// The same function runs as a Lambda function and behind a webhook.
import type { ChannelMessageCallback, ChimeSDKMessaging } from '@aws-sdk/client-chime-sdk-messaging'
import { startWebhook, type Webhook } from '../shared/webhook.ts'

/** What a processor is asked. */
export interface ProcessorEvent {
  readonly EventType: 'CHANNEL_MESSAGE_EVENT'
  /** The same when the question comes again: then the same answer must be given. */
  readonly CallbackId: string
  readonly ChannelMessage: ProcessedMessage
}

export interface ProcessedMessage {
  readonly ChannelArn: string
  readonly MessageId: string
  readonly Content: string
  readonly Metadata?: string
  readonly Sender: { readonly Arn: string; readonly Name: string }
  readonly SubChannelId?: string
  /** Only of an edited message. */
  readonly LastEditedTimestamp?: string
}

/** 'accept' as it is, 'deny', or accept with these parts changed. */
export type Verdict = 'accept' | 'deny' | Omit<ChannelMessageCallback, 'MessageId' | 'SubChannelId'>

export type Judge = (message: ProcessedMessage) => Verdict | Promise<Verdict>

/** Carillon, as the processor reaches it. */
export type Client = () => ChimeSDKMessaging | Promise<ChimeSDKMessaging>

/** A Lambda function that answers every event by ChannelFlowCallback. */
export function createHandler(
  judge: Judge,
  client: Client,
): (event: ProcessorEvent) => Promise<void> {
  return async ({ CallbackId, ChannelMessage }) => {
    const verdict = await judge(ChannelMessage)
    const { ChannelArn, MessageId, SubChannelId } = ChannelMessage
    const messaging = await client()
    await messaging.channelFlowCallback({
      ChannelArn,
      CallbackId,
      DeleteResource: verdict === 'deny',
      ChannelMessage: {
        MessageId,
        SubChannelId,
        ...(typeof verdict === 'string' ? {} : verdict),
      },
    })
  }
}

/** The same behind a webhook: the answer to the question itself says nothing. */
export function startProcessor(judge: Judge, client: Client, secret: string): Promise<Webhook> {
  const handle = createHandler(judge, client)
  return startWebhook(secret, async (event) => {
    await handle(event as ProcessorEvent)
  })
}
