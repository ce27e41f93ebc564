// What leaves the server because of channel flows: what processors are asked, and what is told of
// those that cannot be.
import { appInstanceArnWithin } from '../../base/arn.ts'
import type { WaitingCallback } from '../../domain/channel-flow-steps.ts'
import type { ChannelMessage } from '../../domain/channel-message.ts'
import { presentMessage } from './message-presenters.ts'

/** The event that a processor is invoked with. */
// evidence: docs channel flows; what else is set, and that only an edit has LastEditedTimestamp, is
// field or inferred (behaviour 5)
export function presentProcessorEvent({ callbackId, step: { message } }: WaitingCallback) {
  const presented = presentMessage(message)
  return {
    EventType: 'CHANNEL_MESSAGE_EVENT',
    CallbackId: callbackId,
    ChannelMessage: {
      MessageId: presented.MessageId,
      ChannelArn: presented.ChannelArn,
      Content: presented.Content,
      Metadata: presented.Metadata,
      Sender: presented.Sender,
      Persistence: presented.Persistence,
      Type: presented.Type,
      CreatedTimestamp: presented.CreatedTimestamp,
      LastEditedTimestamp: presented.LastEditedTimestamp,
      MessageAttributes: presented.MessageAttributes,
      ContentType: presented.ContentType,
      Target: presented.Target,
      SubChannelId: presented.SubChannelId,
      PushNotification: presentPushNotification(message),
    },
  }
}

function presentPushNotification({ pushNotification: push }: ChannelMessage) {
  return push && { Title: push.title, Body: push.body, Type: push.type }
}

/** What EventBridge would be told of a processor that could not be invoked. */
// evidence: docs channel flows (behaviour 5)
export function presentInvocationFailure(
  { channelArn, messageId, step }: WaitingCallback,
  failureReason: string,
) {
  return {
    eventType: 'ProcessorInvocationFailure',
    appInstanceArn: appInstanceArnWithin(channelArn),
    channelArn,
    messageId,
    processorResourceArn: step.processor.lambdaArn,
    failureReason,
  }
}

/** Under which EventBridge would tell it. */
export const FLOW_STATUS_DETAIL_TYPE = 'Chime ChannelFlow Processing Status'
