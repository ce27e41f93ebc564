// Pushes for the tests of those that send them.
import { appInstanceArnOf, arnWithin } from '../../src/base/arn.ts'
import type { MessageId, PushNotification } from '../../src/domain/channel-message.ts'
import type { AppInstanceUserEndpoint } from '../../src/domain/identity.ts'
import type { DevicePush } from '../../src/domain/push-payload.ts'

export const appInstanceArn = appInstanceArnOf(
  { region: 'us-east-1', accountId: '000000000000' },
  'app',
)
export const pushAppArn = 'arn:aws:mobiletargeting:us-east-1:000000000000:apps/shop'

/** A token as Apple's devices have them. */
export function appleToken(): string {
  return (crypto.randomUUID() + crypto.randomUUID()).replaceAll('-', '')
}

export function devicePush(
  endpoint: Partial<AppInstanceUserEndpoint> = {},
  push: Partial<PushNotification> = {},
): DevicePush {
  return {
    pushId: crypto.randomUUID(),
    endpoint: {
      appInstanceUserArn: arnWithin(appInstanceArn, 'user', 'ana'),
      endpointId: 'endpoint',
      type: 'APNS',
      resourceArn: pushAppArn,
      deviceToken: appleToken(),
      allowMessages: 'ALL',
      status: 'ACTIVE',
      createdAt: 0,
      lastUpdatedAt: 0,
      ...endpoint,
    },
    message: {
      channelArn: arnWithin(appInstanceArn, 'channel', 'lobby'),
      channelCreatedAt: 0,
      subChannelId: '',
      messageId: '0123456789ab' as MessageId,
      senderArn: arnWithin(appInstanceArn, 'user', 'bob'),
      push: { title: 'Bob', body: 'Lunch?', type: 'DEFAULT', ...push },
    },
    expiresAt: Date.now() + 60_000,
  }
}
