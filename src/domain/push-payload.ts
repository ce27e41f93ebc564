// What a device is told of a message, in the form that each push provider takes and that existing
// apps read: the keys are those of Amazon Pinpoint, which carries the pushes of AWS.
import { DAY_MS } from './expiration.ts'
import type { AppInstanceUserEndpoint } from './identity.ts'
import type { PushedMessage } from './outbox.ts'

/** How long a provider keeps a push for a device that is switched off. */
// evidence: inferred; whoever is away for a night is told in the morning
const KEPT_FOR_MS = DAY_MS
/** The same for a call, which nobody is behind any more after that. */
// evidence: docs PushKit, a call that is over must not ring; the number inferred
const CALL_KEPT_FOR_MS = 30 * 1000

/** A push on its way to one device. */
export interface DevicePush {
  /** A UUID, the same for each attempt: by it a repetition is known. */
  readonly pushId: string
  readonly endpoint: AppInstanceUserEndpoint
  readonly message: PushedMessage
  /** Epoch milliseconds; useless to the user from then on. */
  readonly expiresAt: number
}

/** When a push that was made at `madeAt` becomes useless. Both are epoch milliseconds. */
export function expiryOf({ push }: Pick<PushedMessage, 'push'>, madeAt: number): number {
  return madeAt + (push.type === 'VOIP' ? CALL_KEPT_FOR_MS : KEPT_FOR_MS)
}

/**
 * The token that a push of this kind goes to, and whether it goes as a call. A device that has no
 * token for calls is told of them as of a message: that is better than nothing.
 */
// evidence: inferred (behaviour 7.1)
export function addressOf({ endpoint, message }: DevicePush): {
  readonly deviceToken: string
  readonly isCall: boolean
} {
  const { deviceToken, voipDeviceToken } = endpoint
  return message.push.type === 'VOIP' && voipDeviceToken !== undefined
    ? { deviceToken: voipDeviceToken, isCall: true }
    : { deviceToken, isCall: false }
}

/**
 * The keys that AWS documents, flat. A text that the sender left out is empty: apps look for both.
 */
// evidence: docs receiving push notifications (behaviour 7.1)
function pinpointKeysOf(message: PushedMessage): Readonly<Record<string, string>> {
  return {
    'pinpoint.openApp': 'true',
    'pinpoint.notification.title': message.push.title ?? '',
    'pinpoint.notification.body': message.push.body ?? '',
    'pinpoint.notification.silentPush': '0',
    'pinpoint.campaign.campaign_id': '_DIRECT',
    'pinpoint.jsonBody': JSON.stringify(chimeKeysOf(message)),
  }
}

/**
 * The payload for Apple's service: what iOS shows, then what Pinpoint adds for apps on iOS, nested,
 * then the flat keys.
 */
// evidence: docs receiving push notifications; field (Amplify's apps on iOS read `data.jsonBody`)
export function apnsPayloadOf(message: PushedMessage): object {
  const { title, body } = message.push
  return {
    // An app may complete what is shown, from the message itself, in an extension of its own.
    aps: { alert: { title, body }, 'mutable-content': 1 },
    data: {
      pinpoint: { campaign: { campaign_id: '_DIRECT' } },
      jsonBody: chimeKeysOf(message),
    },
    ...pinpointKeysOf(message),
  }
}

/**
 * The message for Google's service: data alone, so that the app decides what is shown. Whatever is
 * pushed shows, so it may wake the device.
 */
// evidence: docs FCM v1 Message, AndroidConfig (behaviour 7.1)
export function fcmMessageOf(push: DevicePush, now: number): object {
  const secondsLeft = Math.max(0, Math.floor((push.expiresAt - now) / 1000))
  return {
    message: {
      token: addressOf(push).deviceToken,
      data: pinpointKeysOf(push.message),
      android: { priority: 'HIGH', ttl: `${secondsLeft}s` },
    },
  }
}

/** What a webhook is asked to push: everything that a provider of its own may need. */
// evidence: inferred (behaviour 7.1), own providers
export function webhookPushOf({ endpoint, message, expiresAt }: DevicePush): object {
  return {
    AppInstanceUserArn: endpoint.appInstanceUserArn,
    EndpointId: endpoint.endpointId,
    EndpointType: endpoint.type,
    ResourceArn: endpoint.resourceArn,
    DeviceToken: endpoint.deviceToken,
    VoipDeviceToken: endpoint.voipDeviceToken,
    PushType: message.push.type,
    Title: message.push.title,
    Body: message.push.body,
    ChannelArn: message.channelArn,
    SubChannelId: message.subChannelId === '' ? undefined : message.subChannelId,
    MessageId: message.messageId,
    SenderArn: message.senderArn,
    ExpirationTimestamp: new Date(expiresAt).toISOString(),
  }
}

/** What an app needs to load the message. */
function chimeKeysOf({ messageId, channelArn }: PushedMessage) {
  return { 'chime.message_id': messageId, 'chime.channel_arn': channelArn }
}
