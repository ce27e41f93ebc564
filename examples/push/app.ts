// What an app on a phone does with a push: existing apps look for these keys.

/** The data of a notification, as an Android app gets it in onMessageReceived. */
export type PushData = Readonly<Record<string, string>>

export interface ShownNotification {
  readonly title: string
  readonly body: string
  /** Where a tap leads. */
  readonly channelArn: string
  readonly messageId: string
}

export function readPush(data: PushData): ShownNotification {
  const chime = JSON.parse(data['pinpoint.jsonBody'] ?? '{}') as Readonly<Record<string, string>>
  return {
    title: data['pinpoint.notification.title'] ?? '',
    body: data['pinpoint.notification.body'] ?? '',
    channelArn: chime['chime.channel_arn'] ?? '',
    messageId: chime['chime.message_id'] ?? '',
  }
}
